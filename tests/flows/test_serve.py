"""The long-running command as a person starts it: real processes, real sockets, real signals."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

FRAM = Path(sys.executable).with_name("fram")
KEY = "snowflake://warehouse.marts/fct_orders"


class Server:
    """A running `fram serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = process.stdout.readline()
        self.url = line.split()[-1] if line else pytest.fail(f"exited with {process.wait()}")

    def ask(self, path: str, method: str = "GET", body: object = None) -> tuple[int, object]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@contextmanager
def serving(*arguments: str) -> Iterator[Server]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    process = subprocess.Popen(
        [FRAM, *arguments, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        yield Server(process)
    finally:
        process.kill()
        process.communicate()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    return subprocess.run([FRAM, *arguments], capture_output=True, text=True, timeout=120, check=False, env=environment)


def test_demo_loads_the_catalogue_once_and_serves_it(tmp_path: Path):
    with serving("demo", "--data", str(tmp_path)) as server:
        status, table = server.ask(f"/table/{KEY}")
        assert (status, table["name"]) == (200, "fct_orders")
        assert server.ask(f"/table/{KEY}/description", "PUT", {"description": "Mine."}) == (200, None)
        assert len(server.ask("/popular_resources/?types=table,dashboard")[1]["Table"]) == 10
    with serving("demo", "--data", str(tmp_path)) as server:
        assert server.ask(f"/table/{KEY}/description") == (200, {"description": "Mine."})


@pytest.mark.parametrize("command", [("serve",), ("serve", "metadata")])
def test_sigterm_ends_it_cleanly(tmp_path: Path, command: tuple[str, ...]):
    with serving(*command, "--data", str(tmp_path)) as server:
        assert server.ask("/healthcheck")[1]["status"] == "ok"
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
        assert server.process.stderr is not None
        assert "Traceback" not in server.process.stderr.read()


def test_request_that_was_begun_is_answered_before_it_stops(tmp_path: Path):
    with serving("serve", "--data", str(tmp_path)) as server:
        answers: list[int] = []

        def write(number: int) -> None:
            answers.append(server.ask("/user", "PUT", {"email": f"u{number}@example.com"})[0])

        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0
    assert answers == [201] * 6


def test_sigkill_loses_nothing_that_was_answered(tmp_path: Path):
    written: list[str] = []
    with serving("serve", "--data", str(tmp_path)) as server:
        until = time.monotonic() + 2
        killer = threading.Timer(1.0, server.process.kill)
        killer.start()
        while time.monotonic() < until:
            email = f"user{len(written)}@example.com"
            try:
                status, _ = server.ask("/user", "PUT", {"email": email})
            except (OSError, HTTPException):  # the second: killed in the middle of its answer
                break
            assert status == 201
            written.append(email)
        killer.join()
    assert written
    with serving("serve", "--data", str(tmp_path)) as server:
        known = {user["email"] for user in server.ask("/user")[1]}
        assert set(written) <= known


def test_public_address_is_refused_with_what_it_would_open(tmp_path: Path):
    refused = run("serve", "--host", "0.0.0.0", "--port", "0", "--data", str(tmp_path))
    assert refused.returncode != 0
    assert "--expose" in refused.stderr
    assert "whole catalogue" in refused.stderr
    assert not list(tmp_path.iterdir())


def test_public_address_is_announced_when_it_is_wanted(tmp_path: Path):
    with serving("serve", "--host", "0.0.0.0", "--expose", "--data", str(tmp_path)) as server:
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert server.ask("/tags/") == (200, {"tag_usages": []})
        server.process.terminate()
        server.process.wait(10)
        assert server.process.stderr is not None
        assert "whole catalogue" in server.process.stderr.read()


def test_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path):
    with serving("serve", "--data", str(tmp_path)) as server:
        port = server.url.rpartition(":")[2]
        second = run("serve", "--data", str(tmp_path), "--port", port)
        assert second.returncode != 0
        assert f"port {port}" in second.stderr
        assert "Traceback" not in second.stderr


def test_service_answers_503_until_its_graph_is_there(tmp_path: Path):
    with serving("serve", "--data", str(tmp_path), "--graph", "bolt://127.0.0.1:1") as server:
        assert server.ask("/healthcheck")[0] == 503
        status, problem = server.ask("/tags/")
        assert (status, problem["code"]) == (503, "store_unavailable")


def test_unknown_setting_is_refused(tmp_path: Path):
    refused = subprocess.run(
        [FRAM, "serve"], capture_output=True, text=True, check=False, env={**os.environ, "FRAM_PROT": "1"}, cwd=tmp_path
    )
    assert refused.returncode != 0
    assert "FRAM_PROT" in refused.stderr
