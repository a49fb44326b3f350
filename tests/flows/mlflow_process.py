"""A real MLflow server for a test, in an environment of its own; where that cannot be made, the test is skipped."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

ROOT = Path(__file__).parents[2]
MAKE_SECONDS = 480  # for making the environment, once on a machine
START_SECONDS = 180
STEP_SECONDS = 180

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
}


@dataclass(frozen=True)
class Mlflow:
    """A server that runs, and the interpreter that its client is installed for."""

    url: str
    python: Path

    def do(self, step: str) -> None:
        """Do a step of mlflow_seed.py to the server."""
        command = [self.python, Path(__file__).with_name("mlflow_seed.py"), self.url, step]
        environment = {**os.environ, **_QUIET, "MLFLOW_TRACKING_URI": self.url}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=STEP_SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]


@contextmanager
def running_mlflow(folder: Path) -> Iterator[Mlflow]:
    """Start a server over a folder; stop it in the end."""
    environment = _environment()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(environment / "bin" / "mlflow", "server", "--workers", "1", "--host", "127.0.0.1", "--port", str(port)),
        *("--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--artifacts-destination", folder / "artifacts"),
    ]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, env={**os.environ, **_QUIET}, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, server, folder / "server.log")
            yield Mlflow(url, environment / "bin" / "python")
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, 9)
                server.wait()


def _environment() -> Path:
    """Return the environment that `docker/local/mlflow` makes."""
    try:
        made = subprocess.run(
            [ROOT / "docker" / "local" / "mlflow"], capture_output=True, text=True, timeout=MAKE_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = f"there is no environment for a real MLflow server: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(made.stdout.strip())


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            if urllib3.request("GET", f"{url}/health", timeout=2, retries=False).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.3)
    pytest.fail(f"MLflow does not start: {log.read_text(errors='replace')[-3000:]}")
