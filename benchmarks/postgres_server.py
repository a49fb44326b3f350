"""A PostgreSQL of one's own for a while: in a temporary folder, on a free port, as no privileged user."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "fram", "correct-horse"  # of a server that is gone in a moment
UNPRIVILEGED = "postgres"  # the user that the package brings: the server refuses to run as root
START_SECONDS = 60

_CONFIGURED = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "shared_buffers=32MB",
    "max_wal_size=256MB",
    "autovacuum=off",
    "client_min_messages=warning",
)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres", user: str = USER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where it is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: (len(str(path)), path))
    on_path = shutil.which("initdb")
    found = [*installed, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in reversed(found) if (path / "postgres").exists() and (path / "initdb").exists()), None)


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """Make a cluster, run it, and leave nothing behind. Raises RuntimeError with its log when it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="fram-postgres-"))
    user = _unprivileged(folder)
    try:
        _make(programs, folder, user)
        server = _start(programs, folder, user)
        try:
            _wait(programs, server, folder)
            yield server
        finally:
            server.process.send_signal(signal.SIGINT)  # at once, but in good order
            server.process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> Mapping[str, object]:
    """Say as whom programs are run, and give them the folder."""
    if os.geteuid():
        return {}
    shutil.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
    home = pwd.getpwnam(UNPRIVILEGED)
    return {"user": home.pw_uid, "group": home.pw_gid, "extra_groups": []}


def _make(programs: Path, folder: Path, user: Mapping[str, object]) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)  # in a folder that is nobody else's
    command = [programs / "initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}"]
    options = ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run([*command, *options], capture_output=True, cwd="/", check=False, **user)  # type: ignore[call-overload]  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))


def _start(programs: Path, folder: Path, user: Mapping[str, object]) -> PostgresServer:
    port = _free_port()
    settings = [argument for one in (*_CONFIGURED, f"unix_socket_directories={folder}") for argument in ("-c", one)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            [programs / "postgres", "-D", folder / "data", "-p", str(port), *settings],
            stdout=log,
            stderr=log,
            cwd="/",
            **user,
        )
    return PostgresServer(port, process)


def _wait(programs: Path, server: PostgresServer, folder: Path) -> None:
    asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    end = time.monotonic() + START_SECONDS
    while subprocess.run(asked, cwd="/", check=False).returncode:  # noqa: S603
        if server.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError((folder / "log").read_text(errors="replace"))
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
