"""A rebuild of the embedded index that is committed again and again is one of a piece."""

from pathlib import Path

import pytest
from entries import a_table, a_tombstone, build, fill, found

from search_service.index import tantivy
from search_service.index.factory import open_index
from search_service.index.tantivy_writing import GenerationWriter


def test_the_newer_revision_wins_over_what_was_committed_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tantivy, "COMMIT_EVERY", 2)
    index = open_index(f"tantivy:///{tmp_path / 'search'}")
    build(index)
    fill(index, a_table("old"))
    entries = [a_table(f"t{place}", 50) for place in range(7)]
    with index.rebuild(since=100) as rebuild:
        for entry in entries:
            rebuild.write([index.prepare(entry)])
        again = [a_table("t0", 40), a_table("t1", 60, description="newest"), a_tombstone(entries[2], 60)]
        written = rebuild.write([again[0], *map(index.prepare, again[1:])])
        assert [item.outcome.value for item in written] == ["stale", "written", "written"]
        rebuild.swap({"table": 6})
    assert found(index) == {f"t{place}" for place in range(7)} - {"t2"}
    assert found(index, "description:newest") == {"t1"}
    assert index.find("table", entries[0].key) == entries[0]
    index.close()


def test_little_is_left_to_commit_when_the_last_has_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tantivy, "COMMIT_EVERY", 8)
    monkeypatch.setattr(tantivy, "LAST_COMMIT", 2)
    index = open_index(f"tantivy:///{tmp_path / 'search'}")
    index.ensure()
    committed: list[int] = []
    real = GenerationWriter.commit

    def commit(writer: GenerationWriter) -> None:
        committed.append(writer.uncommitted)
        real(writer)

    monkeypatch.setattr(GenerationWriter, "commit", commit)
    with index.rebuild(since=100) as rebuild:
        rebuild.expect(24)
        for place in range(25):  # one has come meanwhile
            rebuild.write([a_table(f"t{place}")])
        assert committed == [8, 8, 4, 2, 2]
        rebuild.swap({"table": 25})
    assert committed == [8, 8, 4, 2, 2, 1, 0]
    index.close()
