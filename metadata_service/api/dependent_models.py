"""Which models depend on something."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.lineage.models import Wanted, find_models
from schemas.errors import NotFound
from schemas.wire import replies, requests


class DependentModels(GraphEndpoint):
    @operation(replies.DependentModels, NotFound, query=requests.DependentModelsParameters)
    def get(self, call: Call) -> Answer:
        """Return the versions of models that are made from this, those in production first.

        Of a column, `known_by` says how it is known: by the `signature` of the version, by the `dataset` it learned
        from, or by the column's `table` alone.
        """
        asked = call.query
        wanted = Wanted(asked["stage"], asked["alias"], asked["production"])
        return find_models(self.store, self.kind.ref(call.path), wanted)
