"""An HTTP server that answers as MLflow 3.17.2 does, with what a test tells it: for pages, refusals and trouble.

The shapes of the replies were taken from a real server; tests/flows/test_mlflow_server.py asks one.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PREFIX = "/api/2.0/mlflow/"
PAGED = {
    "experiments/search": "experiments",
    "runs/search": "runs",
    "registered-models/search": "registered_models",
    "model-versions/search": "model_versions",
}
MLMODEL = """\
artifact_path: model
flavors:
  python_function:
    loader_module: mlflow.sklearn
  sklearn:
    sklearn_version: 1.9.0
model_size_bytes: 1234
signature:
  inputs: '[{"type": "long", "name": "age", "required": true}, {"type": "double", "name": "spent", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
"""


@dataclass
class Server:
    """What is answered. `troubles`: (status, headers) to answer a route with first, one after the other."""

    items: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PAGED})
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    logged: dict[str, Any] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    troubles: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    page: int = 1000
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, asked: Mapping[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        """Answer one request."""
        self.asked.append((path, asked))
        route = path.removeprefix(PREFIX)
        if self.troubles.get(route):
            status, headers = self.troubles[route].pop(0)
            return status, b'{"error_code": "X", "message": "not now"}', headers
        if path == "/model-versions/get-artifact":
            found = self.files.get((asked["name"], asked["version"]))
            return (200, found.encode(), {}) if found is not None else (500, b"no such file", {})
        if route.startswith("logged-models/") and route.removeprefix("logged-models/") in self.logged:
            return 200, json.dumps(self.logged[route.removeprefix("logged-models/")]).encode(), {}
        if route not in PAGED or route in self.missing:
            return 404, b"<!doctype html><title>404 Not Found</title>", {}
        items = self.items[route]
        if route == "runs/search":
            items = [run for run in items if run["info"]["experiment_id"] in asked["experiment_ids"]]
        start = int(asked.get("page_token", 0))
        body: dict[str, Any] = {PAGED[route]: items[start : start + self.page]} if items else {}
        if len(items) > start + self.page:
            body["next_page_token"] = str(start + self.page)
        return 200, json.dumps(body).encode(), {}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve until the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(
                parts.path, {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            )

        def do_POST(self) -> None:
            self._answer(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, path: str, asked: Mapping[str, Any]) -> None:
            server.headers.append(dict(self.headers))
            status, body, headers = server.answer(path, asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_port}"
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def tags(**named: str) -> list[dict[str, str]]:
    return [{"key": name.replace("__", "."), "value": value} for name, value in named.items()]


def an_experiment(id_: str = "7", name: str = "churn", **more: Any) -> dict[str, Any]:
    return {
        "experiment_id": id_,
        "name": name,
        "artifact_location": f"mlflow-artifacts:/{id_}",
        "lifecycle_stage": "active",
        "last_update_time": 1_700_000_000_123,
        "creation_time": 1_690_000_000_456,
        **more,
    }


def a_run(id_: str = "r1", experiment: str = "7", start: int = 1_700_000_001_000, **more: Any) -> dict[str, Any]:
    info = {
        "run_id": id_,
        "run_uuid": id_,
        "run_name": f"name of {id_}",
        "experiment_id": experiment,
        "user_id": "ada",
        "status": "FINISHED",
        "start_time": start,
        "end_time": start + 60_000,
        "artifact_uri": f"mlflow-artifacts:/{experiment}/{id_}/artifacts",
        "lifecycle_stage": "active",
    }
    return {"info": info, "data": more.pop("data", {}), **more}


def an_input(name: str = "customers", digest: str = "d1", **more: Any) -> dict[str, Any]:
    dataset = {"name": name, "digest": digest, "source_type": "local", "source": '{"uri": "/data/customers.csv"}'}
    return {"tags": more.pop("tags", []), "dataset": {**dataset, **more}}


def a_model(name: str = "churn", **more: Any) -> dict[str, Any]:
    times = {"creation_timestamp": 1_700_000_100_000, "last_updated_timestamp": 1_700_000_200_000}
    return {"name": name, **times, **more}


def a_version(version: str = "1", name: str = "churn", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "creation_timestamp": 1_700_000_150_000 + int(version),
        "last_updated_timestamp": 1_700_000_200_000,
        "current_stage": "None",
        "source": "models:/m-12ab",
        "run_id": "r1",
        "status": "READY",
        **more,
    }
