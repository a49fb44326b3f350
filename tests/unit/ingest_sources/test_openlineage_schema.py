"""Events are checked as OpenLineage's own schemas would; the two are compared where those are at hand."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openlineage_events import BASE, a_job, columns, dataset, dataset_event, facets, fields, job_event, run_event

from ingest.extract.openlineage.events import kind_of
from schemas.errors import InvalidBody
from schemas.wire import openlineage_facets
from schemas.wire.checks import epoch_micros, uri

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "openlineage"
here = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official schemas are not beside the checkout")

FULL = run_event(
    "COMPLETE",
    5,
    [dataset("a", schema=fields("x", "y"), documentation={"description": "what"}) | {"inputFacets": {}}],
    [
        dataset("b", schema=fields("z"), columnLineage=columns(z=[("a", "x")]))
        | {"outputFacets": facets(outputStatistics={"rowCount": 1, "size": 2})}
    ],
    job=a_job(sql={"query": "select 1"}, jobType={"processingType": "BATCH", "integration": "SPARK"}),
)
FULL["run"]["facets"] = facets(nominalTime={"nominalStartTime": "2026-01-01T00:00:00Z"}, own={"anything": [1, None]})
EVENTS = {"run": FULL, "job": job_event(1, [dataset("a")], []), "dataset": dataset_event(1, dataset("a"))}


@pytest.mark.parametrize("kind", EVENTS)
def test_right_events_are_told_apart(kind: str):
    assert kind_of(EVENTS[kind]) == kind


WRONG: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "no time": (("eventTime",), None, "eventTime: It must be a text, not null."),
    "time without offset": (("eventTime",), "2026-01-01T00:00:00", "eventTime: '2026-01-01T00:00:00' is no date and"),
    "impossible time": (("eventTime",), "2026-02-30T00:00:00Z", "eventTime: '2026-02-30T00:00:00Z' is no date and"),
    "state": (("eventType",), "DONE", "eventType: It must be one of START, RUNNING,"),
    "producer": (("producer",), "not a uri", "producer: 'not a uri' is no URI."),
    "run id": (("run", "runId"), "7", "run.runId: '7' is no UUID."),
    "inputs": (("inputs",), {}, "inputs: It must be a list, not an object."),
    "namespace": (("inputs", 0, "namespace"), 1, "inputs[0].namespace: It must be a text, not a number."),
    "column": (
        ("inputs", 0, "facets", "schema", "fields", 1, "name"),
        False,
        "inputs[0].facets.schema.fields[1].name: It must be a text, not true or false.",
    ),
    "facet": (("run", "facets", "own"), {}, "run.facets.own._producer: It must be there."),
    "count": (
        ("outputs", 0, "outputFacets", "outputStatistics", "rowCount"),
        1.5,
        "outputs[0].outputFacets.outputStatistics.rowCount: It must be a whole number, not a number.",
    ),
    "transformation": (
        ("outputs", 0, "facets", "columnLineage", "fields", "z", "inputFields", 0, "transformations", 0, "type"),
        None,
        "outputs[0].facets.columnLineage.fields.z.inputFields[0].transformations[0].type: It must be a text, not null.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str):
    way, value, message = WRONG[name]
    with pytest.raises(InvalidBody) as raised:
        kind_of(_changed(FULL, way, value))
    assert raised.value.message.startswith(message)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([], "An event: It must be a JSON object."),
        ({}, "eventTime: It must be there."),
        ({**FULL, "job": None}, "job: It must be an object, not null."),
        ({**EVENTS["job"], "dataset": dataset("a")}, "dataset: An event is of a job or of a dataset, not of both."),
        ({**EVENTS["dataset"], "dataset": {"name": "x"}}, "dataset.namespace: It must be there."),
    ],
)
def test_what_is_no_event_is_refused(event: Any, message: str):
    with pytest.raises(InvalidBody) as raised:
        kind_of(event)
    assert raised.value.message == message


def test_a_facet_that_is_taken_back_needs_nothing_more():
    assert kind_of(dataset_event(1, dataset("a", documentation={"_deleted": True}))) == "dataset"


def test_what_is_nested_without_end_is_refused():
    deep: dict[str, Any] = {"name": "x"}
    for _ in range(2_000):
        deep = {"name": "x", "fields": [deep]}
    with pytest.raises(InvalidBody, match="nested too deeply"):
        kind_of(dataset_event(1, dataset("a", schema={"fields": [deep]})))


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01t00:00:01.5z", 1_500_000),
        ("1970-01-01T01:00:00.123456789+01:00", 123_456),
        ("1969-12-31T23:59:59Z", -1_000_000),
    ],
)
def test_moments_are_read_to_the_microsecond(text: str, micros: int):
    assert epoch_micros(text) == micros


# Beside the official schemas

EVENT = "2-0-2/OpenLineage.json"


def _changed(event: dict[str, Any], way: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    found: Any = (event := deepcopy(event))
    for step in way[:-1]:
        found = found[step]
    found[way[-1]] = value
    return event


@cache
def _validator(of: str) -> Any:
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry, Resource

    files = [OFFICIAL / "OpenLineage.json", *sorted((OFFICIAL / "facets_schema").glob("*.json"))]
    contents = [json.loads(file.read_text()) for file in files]
    registry = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in contents)
    checker = FormatChecker(("date-time", "uuid"))
    schema = {"$ref": f"https://openlineage.io/spec/{of}"}
    return Draft202012Validator(schema, registry=registry, format_checker=checker)


def _samples() -> Iterator[Any]:
    for file in sorted(OFFICIAL.glob("facet_samples/*/*.json")):
        yield pytest.param(file, id=f"{file.parent.name}/{file.stem}")


PLACES = (
    ("run", ("run", "facets"), openlineage_facets.RUN),
    ("job", ("job", "facets"), openlineage_facets.JOB),
    ("input", ("inputs", 0, "inputFacets"), openlineage_facets.INPUT),
    ("output", ("outputs", 0, "outputFacets"), openlineage_facets.OUTPUT),
    ("dataset", ("inputs", 0, "facets"), openlineage_facets.DATASET),
)


def _places(file: Path, name: str) -> list[tuple[str | int, ...]]:
    """Return where in an event a facet may stand, by the name of its schema."""
    of = file.parent.name.removesuffix("Facet")
    found = [way for kind, way, known in PLACES if name in known and of.lower().endswith(kind)]
    return found or [way for _, way, known in PLACES if name in known]


@here
@pytest.mark.parametrize("file", _samples())
def test_every_sample_of_a_facet_is_right(file: Path):
    for name, facet in json.loads(file.read_text()).items():
        places = _places(file, name)
        assert places, f"{name} is known"
        errors = []
        for way in places:
            try:
                kind_of(_changed(FULL, way, {name: facet}))
            except InvalidBody as error:
                errors.append(error.message)
        assert len(errors) < len(places), errors


@here
def test_the_example_of_an_event_is_right():
    event = json.loads((OFFICIAL / "facet_samples" / "example_full_event.json").read_text())
    assert _validator(EVENT).is_valid(event)
    assert kind_of(event) == "run"


def _ways(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in members:
        yield (*way, step)
        yield from _ways(one, (*way, step))


JSON = st.sampled_from([None, True, 0, 1.5, "", "text", [], {}, [{}], {"a": 1}, dict(BASE), "2026-01-01T00:00:00Z"])


@st.composite
def changed_events(draw: st.DrawFn) -> Any:
    """Draw an event with some things replaced or left out."""
    event = deepcopy(draw(st.sampled_from(list(EVENTS.values()))))
    for _ in range(draw(st.integers(0, 2))):
        way = draw(st.sampled_from(list(_ways(event)) or [("x",)]))
        found: Any = event
        for step in way[:-1]:
            found = found[step]
        if draw(st.booleans()) and isinstance(found, dict):
            found.pop(way[-1], None)
        else:
            found[way[-1]] = deepcopy(draw(JSON))
    return event


def _is_right(event: Any) -> bool:
    try:
        kind_of(event)
    except InvalidBody:
        return False
    return True


@here
@settings(deadline=None, max_examples=150)
@given(event=changed_events())
def test_events_are_judged_as_the_official_schemas_do(event: Any):
    """Ours looks into facets and at URIs, which the schema of events alone does not."""
    right = _is_right(event)
    if _validator(EVENT).is_valid(event):
        assert right or not _is_plain(event)
    else:
        assert not right


def _is_plain(event: Any) -> bool:
    """Say whether an event has nothing that ours alone looks at: URIs, and facets whose content is known."""
    text = json.dumps(event)
    return '"_producer"' not in text and not (uri(event["producer"]) or uri(event["schemaURL"]))


_OF_DATASETS = (
    *("schema", "columnLineage", "documentation", "ownership", "symlinks", "tags"),
    *("dataQualityMetrics", "dataQualityAssertions", "lifecycleStateChange"),
)
FACETS = {**{name: f"{name[0].upper()}{name[1:]}DatasetFacet" for name in _OF_DATASETS}, "lineage": "LineageFacet"}
SAMPLES = {
    name: [json.loads(file.read_text())[name] for file in sorted((OFFICIAL / "facet_samples" / schema).glob("*.json"))]
    for name, schema in FACETS.items()
}


@here
@pytest.mark.parametrize("name", FACETS)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_facets_are_judged_as_the_official_schemas_do(name: str, data: st.DataObject):
    facet = deepcopy(data.draw(st.sampled_from(SAMPLES[name])))
    way = data.draw(st.sampled_from([way for way in _ways(facet) if way[0] not in BASE]))
    found: Any = facet
    for step in way[:-1]:
        found = found[step]
    if data.draw(st.booleans()) and isinstance(found, dict):
        del found[way[-1]]
    else:
        found[way[-1]] = deepcopy(data.draw(JSON))
    validator = _validator(f"facets/{_version(name)}/{FACETS[name]}.json")
    assert _is_right(dataset_event(1, dataset("a") | {"facets": {name: facet}})) == validator.is_valid({name: facet})


@cache
def _version(name: str) -> str:
    schema = json.loads((OFFICIAL / "facets_schema" / f"{FACETS[name]}.json").read_text())
    return str(schema["$id"]).split("/")[-2]
