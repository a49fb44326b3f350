"""Services on real sockets, and a client of the web page in front of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from waitress.server import create_server

from schemas.settings import Settings
from web.app import create_app

NOWHERE = "http://127.0.0.1:1"  # nothing listens there


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """Serve a WSGI app on a free port of loopback; yield its URL."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        server.asyncore.close_all(sockets, ignore_all=True)
        server.task_dispatcher.shutdown()
        thread.join(5)


def page_of(built: Path, **services: str) -> FlaskClient:
    """Return a client of the web page over these services, Flask's testing flag off."""
    app = create_app(Settings(max_body_bytes=1000), services, built)
    assert not app.testing
    return app.test_client()
