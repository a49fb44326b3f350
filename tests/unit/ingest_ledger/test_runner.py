"""Runs from beginning to end over files of statements: what is counted, marked, refused, undone and purged."""

from pathlib import Path
from typing import Any

import pytest
from job_files import KEY, a_job, some_jobs, table, write

from ingest.claim import Claim
from ingest.jobs import Job
from ingest.runner import DAY, Runner
from ingest.runs import get_run, list_runs, save
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode, RemoveEdge
from schemas.errors import Conflict, InvalidSetting, NotFound
from schemas.graph import GONE
from schemas.ingest_runs import Run

T0 = 1_800_000_000


class Catalogue:
    """A graph, a file of statements and the job that reads it, with a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryGraphStore()
        self.file = folder / "statements.ndjson"
        self.now = T0
        self._ticks = 0
        self.job = a_job(self.file)

    def run(self, *statements: Any, job: Job | None = None, **options: Any) -> Run:
        write(self.file, statements)
        return self.runner.run(job or self.job, **options)

    @property
    def runner(self) -> Runner:
        return Runner(self.store, some_jobs(self.job), clock=self.clock)

    def clock(self) -> int:
        self._ticks += 1
        return self.now * 1_000_000 + self._ticks

    def by_person(self, *mutations: Mutation) -> None:
        self.store.apply(Batch(mutations, Authority.PERSON, actor="ann"))

    def tables(self) -> dict[str, bool]:
        """Return every table by name, and whether it is marked."""
        return {node.ref.key.removeprefix(KEY): GONE in node.props for node in self.store.list_nodes("Table")}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path)


def counts(run: Run) -> tuple[int, ...]:
    return run.read, run.written, run.unchanged, run.refused, run.removed


TEN = [table(f"t{number}") for number in range(10)]
ONLY_T = NodeRef("Table", f"{KEY}t0")


def test_run_is_counted_and_kept(catalogue: Catalogue):
    run = catalogue.run(*TEN, table("t3"), "{", table(""))
    assert (run.status, counts(run)) == ("succeeded", (13, 10, 0, 3, 0))
    twice, bad, empty = run.refusals
    assert twice == f"table/{KEY}t3: It was said twice in one run; the first stands."
    assert bad.startswith("statements.ndjson, line 12: It is not JSON: ")
    assert empty == "Table: A key has an empty part; every part needs at least one character."
    assert list_runs(catalogue.store, 10, T0) == ([run], None)
    assert run.message == "The source refused something, so that nothing could be told to be gone."


def test_unchanged_source_writes_nothing_and_says_so(catalogue: Catalogue):
    catalogue.run(*TEN)
    catalogue.store.acknowledge(catalogue.store.changes())
    run = catalogue.run(*TEN)
    assert (run.status, counts(run)) == ("succeeded", (10, 0, 10, 0, 0))
    assert catalogue.store.changes() == []


def test_complete_run_marks_what_it_no_longer_sees(catalogue: Catalogue):
    catalogue.run(*TEN)
    run = catalogue.run(*TEN[1:])
    assert (run.status, counts(run)) == ("succeeded", (9, 0, 9, 0, 1))
    assert [name for name, gone in catalogue.tables().items() if gone] == ["t0"]
    again = catalogue.run(*TEN)
    assert counts(again) == (10, 1, 9, 0, 0)
    assert not any(catalogue.tables().values())


@pytest.mark.parametrize(("left", "gone"), [(TEN[3:], 3), ([], 10), (["{}"], 10)])
def test_too_much_silence_is_not_believed(catalogue: Catalogue, left: list[Any], gone: int):
    catalogue.run(*TEN)
    run = catalogue.run(*left, job=a_job(catalogue.file, despite_refusals=True))
    assert run.status == "refused-removal"
    assert run.message == f"{gone} of 10 statements were not made again, more than 20%: nothing was marked as gone."
    assert not any(catalogue.tables().values())


def test_silence_is_accepted_when_asked_to(catalogue: Catalogue):
    catalogue.run(*TEN)
    assert catalogue.run(*TEN[5:], accept_removal=True).removed == 5


def test_kind_that_vanishes_is_not_believed_even_where_it_is_a_small_share(catalogue: Catalogue):
    usage = [{"type": "usage", "kind": "table", "key": f"{KEY}t{n}", "readers": []} for n in range(20)]
    many = [table(f"t{number}") for number in range(200)]
    catalogue.run(*many, *usage)
    run = catalogue.run(*many)
    assert run.message.startswith("20 of 20 statements of kind usage were not made again")


@pytest.mark.parametrize(
    "job", [{"mark": False}, {"settings": {"complete": False}}], ids=["not to mark", "source is not complete"]
)
def test_silence_means_nothing_where_it_was_told_so(catalogue: Catalogue, job: dict[str, Any]):
    catalogue.run(*TEN)
    run = catalogue.run(*TEN[1:], job=a_job(catalogue.file, **job))
    assert (run.status, run.removed) == ("succeeded", 0)
    assert not any(catalogue.tables().values())


def test_run_that_refused_something_marks_nothing_unless_told_to(catalogue: Catalogue):
    catalogue.run(*TEN)
    assert catalogue.run("{", *TEN[1:]).removed == 0
    assert catalogue.run("{", *TEN[1:], job=a_job(catalogue.file, despite_refusals=True)).removed == 1


def test_statement_refused_now_counts_as_seen(catalogue: Catalogue):
    catalogue.run(*TEN)
    run = catalogue.run(table("t0", columns=[{"name": "a"}, {"name": "a"}]), *TEN[1:])
    assert (run.status, counts(run)) == ("succeeded", (10, 0, 9, 1, 0))
    assert catalogue.tables()["t0"] is False


def test_missing_file_fails_and_takes_nothing_away(catalogue: Catalogue):
    catalogue.run(*TEN)
    catalogue.file.unlink()
    run = catalogue.runner.run(catalogue.job)
    assert (run.status, run.removed) == ("failed", 0)
    assert "is neither a file nor a folder" in run.message
    assert not any(catalogue.tables().values())


def test_another_source_is_not_silenced(catalogue: Catalogue):
    catalogue.run(*TEN)
    catalogue.run(table("other"), job=a_job(catalogue.file, "another"), accept_removal=True)
    assert not any(catalogue.tables().values())


def test_dry_run_changes_nothing_and_tells_what_it_would(catalogue: Catalogue):
    catalogue.run(*TEN)
    before = catalogue.store.list_nodes("Fram_Statement")
    told: list[str] = []
    run = catalogue.run(
        table("t1", tags=["x"]), *TEN[2:], table("new"), dry=True, on_change=lambda name, _: told.append(name)
    )
    assert counts(run) == (10, 2, 8, 0, 1)
    assert told == [f"table/{KEY}t1", f"table/{KEY}new", f"table/{KEY}t0"]
    assert catalogue.store.list_nodes("Fram_Statement") == before
    assert len(list_runs(catalogue.store, 10, T0)[0]) == 1


def test_job_runs_once_at_a_time(catalogue: Catalogue):
    write(catalogue.file, TEN)
    with Claim(catalogue.store, "warehouse"), pytest.raises(Conflict, match="is being run already"):
        catalogue.runner.run(catalogue.job)
    assert catalogue.runner.run(catalogue.job).status == "succeeded"


def test_run_whose_lease_ran_out_was_interrupted(catalogue: Catalogue):
    run = Run("20270101T000000000000Z-abcdef", "warehouse", "file", "running", T0)
    save(catalogue.store, run, alive_until=T0 + 10)
    assert get_run(catalogue.store, run.id, T0 + 10).status == "running"
    assert get_run(catalogue.store, run.id, T0 + 11).status == "interrupted"
    catalogue.now = T0 + 99
    catalogue.run(*TEN)
    assert get_run(catalogue.store, run.id, T0 + 11).ended == T0 + 99


def test_unknown_run_is_not_found(catalogue: Catalogue):
    with pytest.raises(NotFound, match="There is no run 'x'"):
        catalogue.runner.restore("x")


def test_settings_are_checked_before_anything_runs(catalogue: Catalogue):
    with pytest.raises(InvalidSetting, match=r"^jobs.toml: job warehouse: settings.pth: Unknown field.$"):
        catalogue.runner.run(Job("warehouse", "file", {"path": "x", "pth": 1}, where="jobs.toml: job warehouse"))
    assert list_runs(catalogue.store, 10, T0) == ([], None)


class TestRestore:
    def test_undoes_changed_new_and_silent_statements(self, catalogue: Catalogue):
        catalogue.run(*TEN)
        before = catalogue.store.list_nodes("Fram_Statement")
        bad = catalogue.run(table("t1", tags=["bad"]), *TEN[2:], table("new"))
        assert counts(bad) == (10, 2, 8, 0, 1)

        undone = catalogue.runner.restore(bad.id)
        assert (undone.status, undone.restores, counts(undone)) == ("succeeded", bad.id, (3, 2, 0, 0, 1))
        assert catalogue.tables() == {**{f"t{n}": False for n in range(10)}, "new": True}
        assert catalogue.store.list_edges("TAGGED_BY", "Table", "Tag") == []
        after = catalogue.store.list_nodes("Fram_Statement")
        assert [(node.ref, node.props["hash"]) for node in after] == [(n.ref, n.props["hash"]) for n in before]

    def test_leaves_and_names_what_a_later_run_changed_again(self, catalogue: Catalogue):
        catalogue.run(*TEN)
        bad = catalogue.run(table("t0", tags=["bad"]), table("t1", tags=["bad"]), *TEN[2:])
        catalogue.run(table("t0", tags=["good"]), table("t1", tags=["bad"]), *TEN[2:])
        left: list[str] = []
        catalogue.runner.restore(bad.id, left.append)
        assert left == [f"table/{KEY}t0"]
        assert [edge.ref.target.key for edge in catalogue.store.list_edges("TAGGED_BY", "Table", "Tag")] == ["good"]

    def test_can_be_undone_itself(self, catalogue: Catalogue):
        catalogue.run(*TEN)
        run = catalogue.run(table("t0", tags=["x"]), *TEN[1:], table("new"))
        undone = catalogue.runner.restore(run.id)
        catalogue.runner.restore(undone.id)
        assert not any(catalogue.tables().values())
        assert len(catalogue.store.list_edges("TAGGED_BY", "Table", "Tag")) == 1
        assert counts(catalogue.run(table("t0", tags=["x"]), *TEN[1:], table("new"))) == (11, 0, 11, 0, 0)


class TestPurge:
    def gone(self, catalogue: Catalogue, *, days: float) -> set[str]:
        """Let t0 fall silent, and run again so much later; return the tables that are left."""
        catalogue.run(*TEN[1:])
        catalogue.now += int(days * DAY)
        catalogue.run(*TEN[1:])
        return set(catalogue.tables())

    def test_what_is_gone_for_long_is_removed_with_all_that_hangs_under_it(self, catalogue: Catalogue):
        columns = [{"name": "a", "type": "struct<x:int>", "description": "A"}]
        catalogue.run(table("t0", columns=columns, description="T"), *TEN[1:])
        assert "t0" in self.gone(catalogue, days=29)
        catalogue.now += 2 * DAY
        catalogue.run(*TEN[1:])
        assert "t0" not in catalogue.tables()
        for label in ("Column", "Type_Metadata", "Description"):
            assert catalogue.store.list_nodes(label) == []
        assert len(catalogue.store.list_nodes("Fram_Statement")) == 9
        assert counts(catalogue.run(*TEN)) == (10, 1, 9, 0, 0)

    @pytest.mark.parametrize("what", ["tag", "bookmark", "description", "column description", "taken back", "property"])
    def test_what_carries_a_persons_word_stays(self, catalogue: Catalogue, what: str):
        catalogue.run(table("t0", columns=[{"name": "a"}], tags=["x"], description="source"), *TEN[1:])
        column, mine, ann = NodeRef("Column", f"{KEY}t0/a"), NodeRef("Tag", "mine"), NodeRef("User", "ann")
        described = NodeRef("Description", f"{KEY}t0/_description")
        of_column = NodeRef("Description", f"{KEY}t0/a/_description")
        words: dict[str, list[Mutation]] = {
            "tag": [PutNode(mine), PutEdge(EdgeRef("TAGGED_BY", ONLY_T, mine))],
            "bookmark": [PutNode(ann), PutEdge(EdgeRef("FOLLOWED_BY", ONLY_T, ann))],
            "description": [PutNode(described, {"description": "person"})],
            "column description": [
                PutNode(of_column, {"description": "person"}),
                PutEdge(EdgeRef("DESCRIPTION", column, of_column)),
            ],
            "taken back": [RemoveEdge(EdgeRef("TAGGED_BY", ONLY_T, NodeRef("Tag", "x")))],
            "property": [PutNode(ONLY_T, {"name": "T zero"})],
        }
        catalogue.by_person(*words[what])
        assert "t0" in self.gone(catalogue, days=400)

    def test_what_related_to_it_is_said_again_when_it_is_back(self, catalogue: Catalogue):
        lineage = {"type": "lineage", "kind": "table", "key": f"{KEY}t1", "upstream": [f"{KEY}t0"]}
        catalogue.run(*TEN, lineage)
        catalogue.run(*TEN[1:], lineage)
        assert len(catalogue.store.list_edges("HAS_DOWNSTREAM", "Table", "Table")) == 1
        catalogue.now += 31 * DAY
        catalogue.run(*TEN[1:], lineage)
        assert "t0" not in catalogue.tables()
        run = catalogue.run(*TEN[1:], lineage)
        assert run.unresolved == 1
        catalogue.run(*TEN, lineage)
        catalogue.run(*TEN, lineage)
        assert len(catalogue.store.list_edges("HAS_DOWNSTREAM", "Table", "Table")) == 1

    def test_runs_and_what_they_changed_are_forgotten(self, catalogue: Catalogue):
        catalogue.run(*TEN)
        catalogue.run(table("t0", tags=["x"]), *TEN[1:])
        assert len(catalogue.store.list_nodes("Fram_Undo")) == 1
        catalogue.now += 31 * DAY
        last = catalogue.run(table("t0", tags=["x"]), *TEN[1:])
        assert catalogue.store.list_nodes("Fram_Undo") == []
        assert list_runs(catalogue.store, 10, catalogue.now) == ([last], None)
