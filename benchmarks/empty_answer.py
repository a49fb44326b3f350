"""An HTTP server that answers nothing at all, by the server that Fram runs on: `python -m benchmarks.empty_answer`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def answer(_: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with nothing."""
    start_response("200 OK", [("Content-Length", "0")])
    return (b"",)


if __name__ == "__main__":
    server = create_server(answer, host="127.0.0.1", port=0)
    port = getattr(server, "effective_port")  # noqa: B009  # missing from its types
    print(f"http://127.0.0.1:{port}", flush=True)
    server.run()
