"""Whatever is wrong anywhere in what a source reads: it is refused with a reason, and nothing ends the run."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from dbt_project import catalog, manifest, run_results, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openlineage_events import BASE, Told, a_job, columns, dataset, fields, run_event

from ingest.extract.dbt.source import Dbt, DbtSettings
from ingest.extract.openlineage.source import OpenLineage, OpenLineageSettings
from ingest.extract.people.source import People, PeopleSettings
from ingest.extract.source import Refused
from ingest.ledger.said import said
from schemas.errors import Invalid, InvalidSource, TooLarge

WRONG: tuple[Any, ...] = (
    *(None, "", [], {}, 0, -1, 1.5, True, 10**25, "x", "a.b", "표", "\x00", "$", '"', "/", "x" * 400),
    *([1], [None], [[]], {"a": None}, {"a": 1}, {"_deleted": True}, "DROP", "TABLE", "2026-01-01T00:00:00Z"),
)
SEARCH = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything within a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield (*way, name)
        yield from places(member, (*way, name))


def mutilate(data: st.DataObject, document: Any, most: int) -> Any:
    """Put something else in the place of some of a document, or nothing."""
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(0, most))):
        if ways := list(places(document)):
            *above, last = data.draw(st.sampled_from(ways))
            inner = document
            for name in above:
                inner = inner[name]
            wrong = data.draw(st.sampled_from((*WRONG, KeyError)))
            if wrong is KeyError:
                del inner[last]
            else:
                inner[last] = copy.deepcopy(wrong)
    return document


def check(extracted: Iterator[Any]) -> None:
    """Hold what is extracted to being statements that can be kept, or refused by a reason."""
    for one in extracted:
        if isinstance(one, Refused):
            assert one.where
            assert one.reason
        else:
            try:
                assert said(one).key
            except (Invalid, TooLarge) as error:
                assert error.message  # noqa: PT017  # what the run refuses it with


@SEARCH
@given(st.data())
def test_dbt_reads_the_rest_of_what_is_wrong(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    folder = tmp_path_factory.mktemp("dbt")
    files = {
        "manifest": mutilate(data, manifest(data.draw(st.sampled_from((4, 9, 12)))), 2),
        "catalog": mutilate(data, catalog(), 1),
        "run_results": mutilate(data, run_results(), 1),
    }
    told = {name: write(folder, f"{name}.json", artifact) for name, artifact in files.items()}
    try:
        check(Dbt(**DbtSettings().load({**told, "source_url": "https://x", "docs_url": "https://x"})).extract())
    except InvalidSource as error:
        assert ".json" in error.message  # noqa: PT017  # it names the file


FACETS: dict[str, dict[str, Any]] = {
    "schema": fields("x", "y"),
    "columnLineage": columns(x=[("a", "y")]),
    "lineage": {"inputs": [{"type": "DATASET", **dataset("a")}], "fields": {}},
    "documentation": {"description": "What it is."},
    "ownership": {"owners": [{"name": "user:ann", "type": "OWNER"}]},
    "tags": {"tags": [{"key": "pii", "value": "true", "field": "x"}, {"key": "core", "value": "true", "source": "x"}]},
    "symlinks": {"identifiers": [{"namespace": "hive://m:1", "name": "db.t", "type": "TABLE"}]},
    "lifecycleStateChange": {"lifecycleStateChange": "RENAME", "previousIdentifier": dataset("z")},
    "datasetType": {"datasetType": "VIEW"},
    "storage": {"storageLayer": "delta", "fileFormat": "parquet"},
    "outputStatistics": {"rowCount": 3, "size": 4},
    "dataQualityMetrics": {"rowCount": 3, "columnMetrics": {"x": {"nullCount": 1, "quantiles": {"0.5": 2}}}},
    "dataQualityAssertions": {"assertions": [{"assertion": "not_null", "success": True, "column": "x"}]},
    "jobType": {"processingType": "STREAMING", "integration": "FLINK", "jobType": "TASK"},
    "sourceCodeLocation": {"type": "git", "url": "https://x/y"},
}
PLACES = ("facets", "inputFacets", "outputFacets")


@SEARCH
@given(st.data())
def test_openlineage_reads_the_rest_of_what_is_wrong(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    """Facets of one place may stand in another, where the schemas of OpenLineage ask nothing of them."""
    event = run_event("COMPLETE", 1, [dataset("a")], [dataset("b")])
    for name in data.draw(st.lists(st.sampled_from(sorted(FACETS)), max_size=4)):
        of = data.draw(st.sampled_from((event["run"], event["job"], *event["inputs"], *event["outputs"])))
        own = mutilate(data, {**BASE, **FACETS[name]}, 1)
        of.setdefault(data.draw(st.sampled_from(PLACES)), {})[name] = own
    events = [mutilate(data, event, 1), run_event("COMPLETE", 2, [dataset("b")], [dataset("c")], run=2)]
    path = tmp_path_factory.mktemp("events") / "events.ndjson"
    path.write_text("\n".join(map(json.dumps, events)))
    check(OpenLineage(**OpenLineageSettings().load({"path": str(path)})).extract())


@pytest.mark.parametrize(
    ("place", "name", "wrong"),
    [
        ("outputFacets", "schema", {"fields": "x"}),
        ("outputFacets", "tags", {"tags": [{}]}),
        ("outputFacets", "dataQualityAssertions", {"assertions": "x"}),
        ("facets", "outputStatistics", {"rowCount": [1]}),
    ],
)
def test_facet_in_another_place_than_its_own_counts_only_if_it_is_right(place: str, name: str, wrong: dict[str, Any]):
    """The schemas of OpenLineage ask nothing of it there, so that it ended a run, or was an internal error."""

    def told(facet: dict[str, Any]) -> Told:
        return Told(run_event("COMPLETE", 1, [], [dataset("b") | {place: {name: {**BASE, **facet}}}]))

    bare = Told(run_event("COMPLETE", 1, [], [dataset("b")])).tables()
    assert told(wrong).tables() == bare
    assert told(FACETS[name]).tables() != bare


def test_lineage_of_a_job_that_has_the_shape_of_a_datasets_is_none():
    job = a_job("j", lineage={"entries": "x", "inputs": []})
    told = Told(run_event("COMPLETE", 1, [dataset("a")], [dataset("b")], job=job))
    assert told.upstream() == {"b": ["a"]}


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON = {
    "id": "1",
    "userName": "u@x.org",
    "name": {"givenName": "A", "familyName": "B"},
    "emails": [{"value": "a@x.org", "primary": True, "type": "work"}],
    "active": True,
    ENTERPRISE: {"department": "D", "manager": {"value": "2"}},
}


@SEARCH
@given(st.data())
def test_people_of_scim_read_the_rest_of_what_is_wrong(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    path = tmp_path_factory.mktemp("people") / "people.json"
    page = {"Resources": [PERSON, {**PERSON, "id": "2"}]}
    path.write_text(json.dumps(mutilate(data, data.draw(st.sampled_from((page, [page], PERSON))), 2)))
    try:
        check(People(**PeopleSettings().load({"path": str(path)})).extract())
    except InvalidSource as error:
        assert "people.json" in error.message  # noqa: PT017


LDIF = b"""version: 1

dn:: Y249YQ==
objectClass: person
mail: a@x.org
userAccountControl: 514
cn:: w4Q=
 folded

# c
 d
changetype: add
mail;lang-x: b@x

search: 2
"""
TEXTS = {
    "people.csv": b'Email;Name;Manager;Active\r\n"a@x.org";"A; B";b@x.org;yes\r\nb@x.org;B;;no\r\n',
    "people.ldif": LDIF,
}


@SEARCH
@given(changes=st.lists(st.tuples(st.integers(0, 200), st.sampled_from(b'\x00\n\r :;#="\xffa')), max_size=6))
@pytest.mark.parametrize("name", TEXTS)
def test_people_of_broken_files_are_refused_by_their_line(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[int, int]]
):
    broken = bytearray(TEXTS[name])
    for place, byte in changes:
        broken[place % len(broken)] = byte
    path = tmp_path_factory.mktemp("people") / name
    path.write_bytes(bytes(broken))
    try:
        check(People(**PeopleSettings().load({"path": str(path)})).extract())
    except InvalidSource as error:
        assert name in error.message  # noqa: PT017
