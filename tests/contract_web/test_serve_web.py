"""`fram serve` with its page, and the page alone, as real processes."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FRAM = Path(sys.executable).with_name("fram")


@contextmanager
def running(*arguments: str, lines: int) -> Iterator[list[str]]:
    """Run a command of Fram; yield the addresses it prints, and see that it stops when it is told to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    with subprocess.Popen([FRAM, *arguments], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            yield [process.stdout.readline().split()[-1] for _ in range(lines)]
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_page_finds_the_services_where_they_really_listen(tmp_path: Path):
    with running("serve", "--data", str(tmp_path), "--port", "0", lines=4) as (metadata, search, page, ingest):
        assert len({metadata, search, page, ingest}) == 4
        assert get(f"{page}/api/ingest/ingest/jobs") == (200, b'{"jobs":[]}')
        assert get(f"{page}/api/metadata/tags/") == (200, b'{"tag_usages":[]}')
        assert json.loads(get(f"{page}/api/search/openapi.json")[1])["info"]["title"] == "Fram search service"
        assert get(f"{page}/api/ingest/healthcheck")[0] == 200


def test_page_is_served_alone_for_services_elsewhere(tmp_path: Path):
    with running("serve", "metadata", "--data", str(tmp_path), "--port", "0", lines=1) as (metadata,):
        options = ("--port", "0", "--metadata-service", f"{metadata}/", "--search-service", "http://127.0.0.1:1")
        with running("serve", "web", *options, lines=1) as (page,):
            assert get(f"{page}/api/metadata/tags/")[0] == 200
            assert get(f"{page}/api/search/healthcheck")[0] == 503
            assert get(f"{page}/healthcheck")[0] == 200
