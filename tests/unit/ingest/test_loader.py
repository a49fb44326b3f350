"""Batches of bounded size, and a verdict on each row."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from ingest import records
from ingest.extract.amundsen.folder import SourceRow
from ingest.extract.csv_records import Fault
from ingest.load import MAX_CHARACTERS, Loader
from ingest.records import Put
from ingest.report import Verdict
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, NodeRef, PutEdge, PutNode, Receipt, RemoveEdge
from metadata_service.store.shapes import Record, Shape
from schemas.graph import GONE
from schemas.keys import UPDATED_TIMESTAMP

TABLE, OTHER = NodeRef("Table", "hive://gold.s/t"), NodeRef("Table", "hive://gold.s/u")


class RecordingStore(MemoryGraphStore):
    """The memory store, keeping what it was asked to apply."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[Batch] = []

    def apply(self, batch: Batch) -> Receipt:
        self.batches.append(batch)
        return super().apply(batch)

    def stamp(self) -> object:
        shape = Shape("Updatedtimestamp", None)
        record = self.fetch(UPDATED_TIMESTAMP, shape)
        return record and record.props.get("latest_timestamp")


@pytest.fixture
def store() -> RecordingStore:
    return RecordingStore()


def load(store: MemoryGraphStore, rows: Iterable[list[Put] | Fault], **options: int) -> list[tuple[str, str]]:
    """Load rows, numbered from 1, at epoch 1700000000; return (verdict, reason) of each."""
    accounts: list[tuple[int, str, str]] = []
    sized = (row if isinstance(row, Fault) else SourceRow(line, 10, row) for line, row in enumerate(rows, start=1))
    loader = Loader(store, "test", epoch=lambda: 1_700_000_000, **options)
    loader.load(sized, lambda line, verdict, reason: accounts.append((line, verdict.value, reason)))
    loader.finish()
    assert [line for line, *_ in accounts] == list(range(1, len(accounts) + 1))
    return [(verdict, reason) for _, verdict, reason in accounts]


def verdicts(found: list[tuple[str, str]]) -> list[str]:
    return [verdict for verdict, _ in found]


def tables(*names: str) -> list[list[Put]]:
    return [records.table("hive", "gold", "s", name) for name in names]


def test_rows_go_in_on_a_sources_word_and_a_second_time_change_nothing(store: RecordingStore):
    rows = [*tables("t", "u"), records.downstream("Table", TABLE.key, OTHER.key)]

    assert verdicts(load(store, rows, max_mutations=1)) == ["written"] * 3
    assert {(batch.authority, batch.source, batch.lenient) for batch in store.batches} == {
        (Authority.SOURCE, "test", True)
    }
    assert len({batch.run for batch in store.batches}) == 1
    assert verdicts(load(store, rows)) == ["unchanged"] * 3
    assert len({batch.run for batch in store.batches}) == 2


def test_batches_are_bounded_by_count_and_what_rows_share_is_put_once(store: RecordingStore):
    load(store, tables(*(f"t{n}" for n in range(100))), max_mutations=70)

    sizes = [len(batch.mutations) for batch in store.batches if batch.mutations[0].ref[0] == "Database"]
    assert sizes == [5 + 2 * 10] * 10


def test_batches_are_bounded_by_characters(store: RecordingStore):
    rows = [SourceRow(n, MAX_CHARACTERS // 4, [records.tag(f"t{n}")]) for n in range(10)]

    Loader(store, "test").load(rows, lambda *_: None)

    assert [len(batch.mutations) for batch in store.batches if batch.mutations[0].ref[0] == "Tag"] == [4, 4, 2]


def test_rows_are_taken_as_they_are_needed():
    taken = 0

    def rows() -> Iterator[SourceRow]:
        nonlocal taken
        for number in range(1_000):
            taken += 1
            yield SourceRow(number, 1, [records.tag("t")])

    most = 0

    def account(line: int, verdict: Verdict, reason: str) -> None:
        nonlocal most
        most = max(most, taken - line)

    Loader(MemoryGraphStore(), "test", max_mutations=10).load(rows(), account)

    assert most <= 10


def test_last_of_several_rows_in_a_batch_wins_and_all_of_them_count(store: RecordingStore):
    rows = [*tables("t"), records.reader(TABLE, "a", 5), records.reader(TABLE, "a", 7)]

    assert verdicts(load(store, rows)) == ["written"] * 3
    (edge,) = store.list_edges("READ_BY", "Table", "User")
    assert edge.props == {"read_count": 7}
    assert store.list_nodes("Table")[0].props["fram_reads"] == 7


def test_row_that_relates_to_what_is_not_there_is_refused_and_leaves_nothing(store: RecordingStore):
    column = records.column(OTHER, "c", "int", 1)

    found = load(store, [*tables("t"), column, records.downstream("Table", TABLE.key, "gone"), *tables("v")])

    assert found == [
        ("written", ""),
        ("refused", f"There is no Table with key {OTHER.key}."),
        ("refused", "There is no Table with key gone."),
        ("written", ""),
    ]
    assert store.list_nodes("Column") == []


def test_row_may_relate_to_what_an_earlier_row_of_the_batch_puts(store: RecordingStore):
    assert verdicts(load(store, [*tables("t"), records.owners(TABLE, ["a"])])) == ["written"] * 2


def test_faults_keep_their_place_and_reason(store: RecordingStore):
    rows = [Fault(1, "one"), *tables("t"), Fault(3, "three")]

    assert load(store, rows) == [("refused", "one"), ("written", ""), ("refused", "three")]
    assert load(store, [Fault(n, "bad") for n in range(1, 11)], max_mutations=3) == [("refused", "bad")] * 10


def test_row_that_the_store_refuses_takes_no_other_down(store: RecordingStore):
    bad: list[list[Put]] = [
        [PutNode(NodeRef("Tag", "x" * 5_000), {})],
        [PutNode(NodeRef("Tag", "t"), {"tag_type": "x" * 1_000_001})],
        [PutNode(NodeRef("Tag", "t"), {"big": 2**70})],
    ]
    rows = [row for number in range(30) for row in ([records.tag(f"t{number}")], *bad[number % 10 : number % 10 + 1])]

    found = load(store, rows)

    assert verdicts(found).count("refused") == 9
    assert verdicts(found).count("written") == 30
    assert {reason.split(" is longer")[0].split(" holds")[0][:12] for _, reason in found if reason} == {
        "The Tag key ",
        "Property 'ta",
        "Property 'bi",
    }
    assert len(store.list_nodes("Tag")) == 30


def test_end_that_vanishes_while_it_is_written_refuses_the_row(store: RecordingStore):
    class Vanishing(RecordingStore):
        def fetch_many(self, keys: Sequence[str], _: Shape) -> dict[str, Record]:
            return {key: Record(key, {}, {}, {}) for key in keys}

    assert load(Vanishing(), [records.downstream("Table", "a", "b")]) == [
        ("refused", "What this row refers to was removed while the row was being written.")
    ]


def test_word_of_a_person_is_kept_and_said(store: RecordingStore):
    rows = [*tables("t"), records.description(TABLE, "theirs"), records.tags(TABLE, ["a", "b"])]
    load(store, rows)
    tagged = next(put.ref for put in rows[2] if isinstance(put, PutEdge))
    store.apply(Batch((records.description(TABLE, "ours")[0], RemoveEdge(tagged))))

    assert verdicts(load(store, rows)) == ["unchanged", "kept", "kept"]
    assert store.list_nodes("Description")[0].props["description"] == "ours"
    assert [edge.ref.target.key for edge in store.list_edges("TAGGED_BY", "Table", "Tag")] == ["b"]


def test_catalogue_is_stamped_when_something_changed_and_only_then(store: RecordingStore):
    load(store, [[]])
    assert store.stamp() is None

    load(store, tables("t"))
    assert store.stamp() == 1_700_000_000

    later = Loader(store, "test", epoch=lambda: 1_800_000_000)
    later.load([SourceRow(1, 1, tables("t")[0])], lambda *_: None)
    later.finish()
    assert store.stamp() == 1_700_000_000


def test_run_that_is_killed_has_stamped_the_catalogue(store: RecordingStore):
    times = iter([1_700_000_000])
    loader = Loader(store, "test", epoch=lambda: next(times), max_mutations=1)

    loader.load([SourceRow(n, 1, [records.tag(f"t{n}")]) for n in range(3)], lambda *_: None)

    assert store.stamp() == 1_700_000_000


def test_failure_of_the_store_comes_through_after_what_was_accounted_for(store: RecordingStore):
    class Failing(RecordingStore):
        def apply(self, batch: Batch) -> Receipt:
            if any(put.ref.key == "t3" for put in batch.mutations if isinstance(put, PutNode)):
                raise OSError("the disk is gone")
            return super().apply(batch)

    failing = Failing()
    lines: list[int] = []
    rows = [SourceRow(n, 1, [records.tag(f"t{n}")]) for n in range(5)]

    with pytest.raises(OSError, match="gone"):
        Loader(failing, "test", max_mutations=1).load(rows, lambda line, *_: lines.append(line))

    assert lines == [0, 1, 2]
    assert [node.ref.key for node in failing.list_nodes("Tag")] == ["t0", "t1", "t2"]


def test_what_had_gone_is_back_when_it_is_loaded_again_and_not_when_it_is_mentioned(store: RecordingStore):
    ann, bob = NodeRef("User", "ann"), NodeRef("User", "bob")
    load(store, [*tables("t"), records.user("ann", {}), records.user("bob", {})])
    store.apply(Batch(tuple(PutNode(ref, {GONE: 5}) for ref in (TABLE, ann, bob)), Authority.SOURCE))
    found = load(store, [*tables("t"), records.owners(TABLE, ["ann"]), records.user("bob", {})])
    assert verdicts(found) == ["written", "written", "written"]
    gone = [node.ref for label in ("Table", "User") for node in store.list_gone(label, 10)]
    assert gone == [ann]
