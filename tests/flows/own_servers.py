"""A Neo4j and an OpenSearch of a test's own, which it may kill and start again; made as those of docker/local/ are."""

import importlib.util
import os
import signal
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from deployments import until

# One worker has them, so that they are started once.
ON_OWN_SERVERS = [pytest.mark.neo4j, pytest.mark.opensearch, pytest.mark.slow, pytest.mark.xdist_group("own_servers")]
LOCAL = Path(__file__).parents[2] / "docker" / "local" / "local_servers.py"


def _local_servers() -> ModuleType:
    """Import the script."""
    spec = importlib.util.spec_from_file_location("local_servers", LOCAL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look it up there
    spec.loader.exec_module(module)
    return module


local_servers: Any = _local_servers()


def kind_of(name: str) -> Any:
    """Return the facts of a server that docker/local/ starts."""
    return next(server for server in local_servers.SERVERS if server.name == name)


@dataclass(frozen=True)
class _InFolder(local_servers.Server):
    """A server that keeps its data in a folder of the test."""

    folder: Path = Path()

    @property
    def home(self) -> Path:
        return self.folder


class OwnServer:
    """A server with a port and data of its own."""

    def __init__(self, name: str, folder: Path, **differently: Any) -> None:
        """Make it as docker/local/ does but for some of its facts."""
        kind = kind_of(name)
        if reason := local_servers.what_is_missing(kind):
            pytest.skip(reason)
        port = _free_port()
        facts = {item.name: getattr(kind, item.name) for item in fields(kind)} | differently
        self._server = _InFolder(**facts | {"port": port, "folder": folder / f"{name}-{port}"})
        self.url: str = kind.url.replace(str(kind.port), str(port))

    def start(self) -> None:
        """Start it, or start it again, and wait until it answers. Idempotent."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # the script lets go of a process that goes on
            local_servers.up(self._server, borrowed=False)

    def kill(self) -> None:
        """End it as a crash would. Idempotent."""
        pid = local_servers.running(self._server)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            until(lambda: local_servers.running(self._server) is None)


@contextmanager
def own_server(name: str, folder: Path, **differently: Any) -> Iterator[OwnServer]:
    """Run a server; at the end it is killed."""
    server = OwnServer(name, folder, **differently)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
