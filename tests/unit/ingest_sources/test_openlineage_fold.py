"""What events tell together: in any order, more than once, of runs that fail, of datasets with several names."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openlineage_events import (
    Told,
    a_job,
    columns,
    dataset,
    dataset_event,
    epoch,
    facets,
    fields,
    job_event,
    key,
    run_event,
    run_id,
)

from ingest.extract.openlineage.known import MAX_OPEN, MAX_RUNS

WROTE = {"outputFacets": facets(outputStatistics={"rowCount": 3})}
NOTHING = {"outputFacets": facets(outputStatistics={"rowCount": 0, "size": 0})}
STREAM = a_job(jobType={"processingType": "STREAMING", "integration": "FLINK"})

ONE_RUN = (
    run_event("START", 0, [dataset("a")]),
    run_event("RUNNING", 1, [dataset("b")]),
    run_event("OTHER", 3, [], [dataset("c", schema=fields("x"))]),
    run_event("COMPLETE", 2, [], [dataset("d")]),
)


@pytest.mark.parametrize("order", list(permutations(ONE_RUN)))
def test_a_run_is_put_together_from_its_events_in_any_order(order: tuple[dict[str, Any], ...]):
    assert Told(*order).upstream() == {"c": ["a", "b"], "d": ["a", "b"]}


@pytest.mark.parametrize("state", ["START", "RUNNING", "OTHER", "FAIL", "ABORT"])
def test_a_run_that_has_not_completed_makes_no_lineage_and_no_outputs(state: str):
    told = Told(run_event("START", 0, [dataset("a")], [dataset("b")]), run_event(state, 1, [], [dataset("b")]))
    assert told.upstream() == {}
    assert list(told.tables()) == [key("a")]  # what it read is there


@pytest.mark.parametrize("state", ["FAIL", "ABORT"])
def test_a_failed_run_makes_lineage_of_what_it_wrote(state: str):
    told = Told(run_event(state, 1, [dataset("a")], [dataset("b") | WROTE, dataset("c") | NOTHING, dataset("d")]))
    assert told.upstream() == {"b": ["a"]}


def test_a_stream_makes_lineage_while_it_runs():
    told = Told(run_event("START", 0, [dataset("a")], [dataset("b")], job=STREAM))
    assert told.upstream() == {}
    told.take(run_event("RUNNING", 1, job=STREAM))
    assert told.upstream() == {"b": ["a"]}


def test_a_run_that_fails_behind_its_completion_stays_complete():
    told = Told(run_event("COMPLETE", 1, [dataset("a")], [dataset("b")]), run_event("FAIL", 2))
    assert told.upstream() == {"b": ["a"]}


def test_a_later_run_of_a_job_replaces_what_an_earlier_one_read():
    first = run_event("COMPLETE", 1, [dataset("a")], [dataset("o")], run=1)
    second = run_event("COMPLETE", 2, [dataset("b")], [dataset("o")], run=2)
    assert Told(first, second).upstream() == Told(second, first).upstream() == {"o": ["b"]}


def test_what_a_job_wrote_once_stays_when_it_writes_something_else():
    told = Told(
        run_event("COMPLETE", 1, [dataset("a")], [dataset("o")], run=1),
        run_event("COMPLETE", 2, [dataset("b")], [dataset("p")], run=2),
    )
    assert told.upstream() == {"o": ["a"], "p": ["b"]}


def test_jobs_that_write_one_table_add_up():
    told = Told(
        run_event("COMPLETE", 1, [dataset("a")], [dataset("o")], run=1),
        run_event("COMPLETE", 2, [dataset("b")], [dataset("o")], run=2, job=a_job("other")),
    )
    assert told.upstream() == {"o": ["a", "b"]}


def test_a_job_may_say_what_it_does_without_a_run():
    assert Told(job_event(1, [dataset("a")], [dataset("o")])).upstream() == {"o": ["a"]}


def test_a_dataset_may_say_what_it_is_made_from():
    told = Told(dataset_event(1, dataset("o", columnLineage=columns(x=[("a", "y")]))))
    assert told.upstream() == {"o": ["a"]}
    assert [column.name for column in told.tables()[key("o")].columns] == ["x"]


def test_the_last_said_facet_stands_and_one_that_is_taken_back_goes():
    def about(minute: int, text: str, **more: Any) -> dict[str, Any]:
        return dataset_event(minute, dataset("a", documentation={"description": text, **more}))

    early, late = about(1, "early"), about(2, "late")
    for events in ((early, late), (late, early)):
        assert Told(*events).tables()[key("a")].description == "late"
    gone = about(3, "", _deleted=True)
    for events in ((early, gone, late), (gone, late, early)):
        assert Told(*events).tables()[key("a")].description is None


def test_what_changes_with_every_run_is_not_said_at_once():
    told = Told(run_event("COMPLETE", 1, [dataset("a")], [dataset("o") | WROTE], run=1))
    again = told.take(run_event("COMPLETE", 2, [dataset("a")], [dataset("o") | WROTE], run=2))
    assert again == {key("o"): False}
    assert told.tables()[key("o")].updated_at == epoch(2)
    assert told.take(run_event("COMPLETE", 3, [dataset("b")], [dataset("o")], run=3))[key("o")]


def test_the_same_event_again_is_nothing_new():
    event = run_event("START", 1, [dataset("a", schema=fields("x"))])
    told = Told(event)
    before = dict(told.kept)
    assert told.take(event) == {}
    assert told.kept == before


def test_of_a_job_some_last_runs_are_remembered():
    told = Told(*(run_event("COMPLETE", n, run=n) for n in range(1, MAX_RUNS + 4)))
    job = told.known().job("scheduler", "job")
    assert [run for run, *_ in job.runs] == [run_id(n) for n in range(4, MAX_RUNS + 4)]
    assert sum(name.startswith("run/") for name in told.kept) == MAX_RUNS


def test_a_run_that_goes_on_is_remembered_whatever_others_do():
    told = Told(run_event("START", 1, [dataset("a")], run=1))
    for run in range(2, MAX_RUNS + 9):
        told.take(run_event("COMPLETE", 2, [], [], run=run))
    told.take(run_event("COMPLETE", 3, [], [dataset("o")], run=1))
    assert told.upstream() == {"o": ["a"]}


def test_of_runs_that_never_end_some_are_forgotten():
    told = Told(*(run_event("START", n, run=n) for n in range(1, MAX_OPEN + 4)))
    assert sum(name.startswith("run/") for name in told.kept) == MAX_OPEN


def test_a_table_that_is_dropped_or_renamed_is_not_told_of():
    def changed(name: str, minute: int, **said: Any) -> dict[str, Any]:
        return run_event("COMPLETE", minute, [], [dataset(name, lifecycleStateChange=said)], run=minute)

    told = Told(run_event("COMPLETE", 1, [dataset("a")], [dataset("o")]))
    told.take(changed("o", 2, lifecycleStateChange="DROP"))
    assert key("o") not in told.tables()
    assert told.upstream() == {}
    told.take(run_event("COMPLETE", 3, [dataset("a")], [dataset("o")], run=3))
    assert told.upstream() == {"o": ["a"]}  # made anew
    told.take(changed("p", 4, lifecycleStateChange="RENAME", previousIdentifier=dataset("o")))
    assert set(told.tables()) == {key("a"), key("p")}


def test_a_job_may_say_lineage_outright():
    entries = [
        {"type": "DATASET", **dataset("o"), "inputs": [{"type": "DATASET", **dataset("a"), "field": "k"}]},
        {"type": "DATASET", **dataset("p"), "inputs": []},
        {"type": "JOB", "inputs": [{"type": "DATASET", **dataset("z")}]},
    ]
    job = a_job(lineage={"entries": entries})
    told = Told(run_event("COMPLETE", 1, [dataset("a"), dataset("b")], [dataset("o"), dataset("q")], job=job))
    assert told.upstream() == {"o": ["a"], "q": ["a", "b", "z"]}
    assert key("p") in told.tables()


def test_a_dataset_without_a_name_is_left_out():
    told = Told(run_event("COMPLETE", 1, [{"namespace": "", "name": ""}, dataset("a")], [dataset("o")]))
    assert told.upstream() == {"o": ["a"]}


# Several names

S3 = "s3://bucket"
AS_TABLE = {"identifiers": [{"namespace": "hive://meta:9083", "name": "db.t", "type": "TABLE"}]}
HIVE = "hive://default.db/t"


def test_files_that_are_a_table_go_by_its_name_whoever_names_them():
    named = run_event("COMPLETE", 1, [dataset("a")], [dataset("wh/t", S3, symlinks=AS_TABLE)], run=1)
    plain = run_event("COMPLETE", 2, [dataset("wh/t", S3)], [dataset("o")], run=2, job=a_job("reader"))
    for events in ((named, plain), (plain, named)):
        told = Told(*events)
        assert {one: said.upstream for one, said in told.lineage().items()} == {HIVE: [key("a")], key("o"): [HIVE]}
        assert set(told.tables()) == {key("a"), HIVE, key("o")}


def test_what_was_known_of_an_alias_moves():
    told = Told(
        run_event("COMPLETE", 1, [dataset("a")], [dataset("wh/t", S3, schema=fields("x"))], run=1),
        dataset_event(2, dataset("wh/t", S3, symlinks=AS_TABLE)),
    )
    assert [column.name for column in told.tables()[HIVE].columns] == ["x"]
    assert told.lineage()[HIVE].upstream == [key("a")]


def test_a_table_in_the_folder_of_a_warehouse_is_one_of_the_warehouse():
    symlinks = {"identifiers": [{"namespace": "/srv/warehouse", "name": "default.people", "type": "TABLE"}]}
    told = Told(dataset_event(1, dataset("/srv/warehouse/people", "file", symlinks=symlinks)))
    assert list(told.tables()) == ["hive://default.default/people"]


def test_where_a_table_lies_is_another_name_of_it():
    symlinks = {"identifiers": [{"namespace": S3, "name": "wh/t", "type": "LOCATION"}]}
    told = Told(
        dataset_event(1, dataset("t", symlinks=symlinks)),
        run_event("COMPLETE", 2, [dataset("wh/t", S3)], [dataset("o")]),
    )
    assert told.upstream() == {"o": ["t"]}


# Laws

FAST = (Phase.explicit, Phase.reuse, Phase.generate)  # of seven events the smallest would take minutes
NAMES = st.sampled_from("abcd")
STATES = st.sampled_from(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"])


@st.composite
def outputs(draw: st.DrawFn) -> dict[str, Any]:
    said = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "schema": st.lists(NAMES, unique=True, max_size=3).map(lambda some: fields(*some)),
                "documentation": NAMES.map(lambda text: {"description": text}),
                "columnLineage": st.dictionaries(NAMES, st.lists(st.tuples(NAMES, NAMES), max_size=2), max_size=2).map(
                    lambda made: columns(**made)
                ),
            },
        )
    )
    return dataset(draw(NAMES), **said) | draw(st.sampled_from([{}, WROTE, NOTHING]))


EVENTS = st.builds(
    run_event,
    STATES,
    st.integers(0, 5),
    st.lists(NAMES.map(dataset), max_size=2),
    st.lists(outputs(), max_size=2),
    run=st.integers(1, 3),
    job=st.sampled_from("xy").map(a_job),
)


def _no_tie(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each event its own moment: what is said of one thing at one moment may differ."""
    return [{**event, "eventTime": f"2026-01-01T00:{place:02}:00Z"} for place, event in enumerate(events)]


@settings(deadline=None, max_examples=60, phases=FAST)
@given(st.lists(EVENTS, max_size=7).map(_no_tie), st.data())
def test_the_order_of_events_does_not_matter(events: list[dict[str, Any]], data: st.DataObject):
    shuffled = data.draw(st.permutations(events))
    assert Told(*events).statements() == Told(*shuffled).statements()


@settings(deadline=None, max_examples=60, phases=FAST)
@given(st.lists(EVENTS, max_size=7).map(_no_tie), st.data())
def test_events_may_come_more_than_once(events: list[dict[str, Any]], data: st.DataObject):
    again = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    assert Told(*events).statements() == Told(*events, *again).statements()
