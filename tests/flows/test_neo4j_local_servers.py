"""`docker/local/with-servers` and `servers` where there is nothing to start them with, or nothing to start."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

LOCAL = Path(__file__).parents[2] / "docker" / "local"
TELL = [sys.executable, "-c", "import os; print(os.environ.get('FRAM_TEST_NEO4J_URL')); raise SystemExit(7)"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine with Python and a shell, and neither Java nor Maven."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "dirname", "mkdir"):
        (programs / name).symlink_to(shutil.which(name) or "")
    (programs / "python3").symlink_to(sys.executable)
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG")}
    ports = {name: str(free_port()) for name in ("FRAM_NEO4J_PORT", "FRAM_OPENSEARCH_PORT")}
    return kept | {"PATH": str(programs), "FRAM_CACHE": str(tmp_path / "cache"), **ports}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(script: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LOCAL / script, *arguments], env=environment, capture_output=True, text=True, check=False)


def program(environment: dict[str, str], name: str, text: str) -> None:
    path = Path(environment["PATH"], name)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_java_the_command_runs_without_a_server_and_it_is_told(environment: dict[str, str]):
    done = run("with-servers", *TELL, environment=environment)
    assert (done.returncode, done.stdout) == (7, "None\n")
    assert "neo4j needs Java 17" in done.stderr
    assert "SKIPPED" in done.stderr


def test_without_java_ci_fails(environment: dict[str, str]):
    done = run("with-servers", *TELL, environment=environment | {"CI": "true"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "neo4j needs Java 17" in done.stderr


@pytest.mark.parametrize(
    ("version", "told"), [("11.0.2", "found Java 11"), ("1.8.0", "found Java 1."), ("17.0.1", "no `mvn`")]
)
def test_an_old_java_or_no_maven_is_told(environment: dict[str, str], version: str, told: str):
    program(environment, "java", f"echo 'openjdk version \"{version}\"' >&2")
    assert told in run("with-servers", *TELL, environment=environment).stderr


def test_a_server_of_ones_own_is_used(environment: dict[str, str]):
    own = {"FRAM_TEST_NEO4J_URL": "bolt://mine", "FRAM_TEST_OPENSEARCH_URL": "opensearch://mine", "CI": "true"}
    done = run("with-servers", *TELL, environment=environment | own)
    assert (done.returncode, done.stdout, done.stderr) == (7, "bolt://mine\n", "")


def test_a_server_that_does_not_start_is_told_with_the_end_of_its_log(environment: dict[str, str]):
    program(environment, "java", "echo 'openjdk version \"17.0.1\"' >&2; echo no heap >&2; exit 1")
    program(environment, "mvn", 'for word; do case $word in -DoutputDirectory=*) mkdir -p "${word#*=}";; esac; done')
    done = run("with-servers", *TELL, environment=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert "neo4j did not start" in done.stderr
    assert done.stderr.endswith("no heap\n")


def test_a_download_that_fails_leaves_nothing_half_done(environment: dict[str, str]):
    program(environment, "java", "echo 'openjdk version \"17.0.1\"' >&2")
    program(environment, "mvn", "exit 1")
    done = run("servers", "up", environment=environment)
    assert done.returncode == 1
    assert "Maven could not fetch org.neo4j:neo4j:" in done.stderr
    assert [path.name for path in Path(environment["FRAM_CACHE"]).iterdir()] == ["run"]


def test_a_taken_port_is_told(environment: dict[str, str]):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["FRAM_NEO4J_PORT"])))
        other.listen()
        done = run("servers", "up", environment=environment)
    assert done.returncode == 1
    assert "is taken by another program" in done.stderr


def test_stopping_what_does_not_run_is_no_error(environment: dict[str, str]):
    home = Path(environment["FRAM_CACHE"], "run", f"neo4j-{environment['FRAM_NEO4J_PORT']}")
    home.mkdir(parents=True)
    (home / "pid").write_text(str(os.getpid()))  # a stale file, and its number is somebody else's now
    assert run("servers", "down", environment=environment).returncode == 0
    done = run("servers", "status", environment=environment)
    assert (done.returncode, done.stdout) == (1, "neo4j: does not run\nopensearch: does not run\n")


def test_a_call_that_makes_no_sense_is_refused(environment: dict[str, str]):
    for arguments in ([], ["restart"]):
        assert run("servers", *arguments, environment=environment).returncode == 2
    assert run("with-servers", environment=environment).returncode == 2
