"""Files of OpenLineage's events as a source."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError
from openlineage_events import dataset, key, run_event

from ingest.extract.openlineage.source import OpenLineage, OpenLineageSettings
from ingest.extract.source import Refused
from schemas.errors import InvalidSource
from schemas.statements import Lineage, Table

START = json.dumps(run_event("START", 0, [dataset("a")]))
COMPLETE = json.dumps(run_event("COMPLETE", 1, [], [dataset("o")]))


def _source(path: Path, **settings: Any) -> OpenLineage:
    return OpenLineage(**OpenLineageSettings().load({"path": str(path), **settings}))


def test_events_of_several_files_are_put_together(tmp_path: Path):
    (tmp_path / "1.ndjson").write_text(f"\ufeff{COMPLETE}\n\n")
    (tmp_path / "2.jsonl.gz").write_bytes(gzip.compress(f"{START}\r\n".encode()))
    (tmp_path / "other.txt").write_text("no event")
    source = _source(tmp_path)
    assert source.check() == "2 file(s), the first event is of a run"
    found = list(source.extract())
    assert [type(one) for one in found] == [Table, Table, Lineage]
    assert found[-1] == Lineage("table", key("o"), [key("a")], [])
    assert source.complete is False


def test_lines_that_are_no_events_are_refused_with_their_place(tmp_path: Path):
    wrong = json.dumps({**run_event(), "inputs": [{"name": "x"}]})
    (tmp_path / "e.ndjson").write_text(f"{START}\n{{\n{wrong}\n[]\n{COMPLETE}\n")
    found = list(_source(tmp_path / "e.ndjson").extract())
    refused = [one for one in found if isinstance(one, Refused)]
    assert [one.where for one in refused] == ["e.ndjson line 2", "e.ndjson line 3", "e.ndjson line 4"]
    assert refused[0].reason.startswith("The line is no JSON: ")
    assert refused[1].reason == "inputs[0].namespace: It must be there."
    assert refused[2].reason == "An event: It must be a JSON object."
    assert Lineage("table", key("o"), [key("a")], []) in found


def test_namespaces_are_told_by_settings(tmp_path: Path):
    (tmp_path / "e.json").write_text(COMPLETE)
    (table,) = [
        one
        for one in _source(tmp_path, namespaces={"postgres://db:*": "postgres/eu"}).extract()
        if isinstance(one, Table)
    ]
    assert (table.cluster, table.schema) == ("eu", "public")
    with pytest.raises(ValidationError, match="It must be DATABASE/CLUSTER"):
        _source(tmp_path, namespaces={"x": "a/b/c"})


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("e.ndjson", b"{", "e.ndjson line 1: The line is no JSON"),
        ("e.ndjson.gz", b"no gzip", "e.ndjson.gz cannot be read"),
        ("e.txt", b"", "names no file that ends in"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, reason: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidSource, match=reason):
        _source(tmp_path).check()
