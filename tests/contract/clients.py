"""A client of the metadata service over any store, without sockets."""

from documented import hold
from flask.testing import FlaskClient

from metadata_service.app import SERVICE, create_app
from metadata_service.store.port import GraphStore
from schemas.settings import Settings


def client_of(store: GraphStore, **options: object) -> FlaskClient:
    app = create_app(Settings(popular_minimum_readers=2).with_options(**options), store)
    assert not app.testing
    return hold(app, SERVICE)
