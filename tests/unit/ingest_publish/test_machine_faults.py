"""The publishing machine fails when the publisher, or a store under it, does what it must not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from test_machine import Publishing

from ingest.publish import reconcile as reconciling
from ingest.publish.reconcile import EXTRA
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Change
from search_service.index import memory
from search_service.index.memory import MemoryRebuild
from search_service.index.port import Entry

SEARCH = settings(
    max_examples=1000,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # the first failure will do
    suppress_health_check=list(HealthCheck),
)
Patch = pytest.MonkeyPatch


def acknowledges_before_it_writes(patch: Patch) -> None:
    take = MemoryGraphStore.changes

    def changes(self: MemoryGraphStore, limit: int = 1000) -> list[Change]:
        taken = take(self, limit)
        self.acknowledge(taken)
        return taken

    patch.setattr(MemoryGraphStore, "changes", changes)


def acknowledges_what_changed_again(patch: Patch) -> None:
    acknowledge = MemoryGraphStore.acknowledge

    def whatever(self: MemoryGraphStore, changes: Iterable[Change]) -> None:
        acknowledge(self, [replace(change, revision=2**60) for change in changes])

    patch.setattr(MemoryGraphStore, "acknowledge", whatever)


def writes_over_what_is_newer(patch: Patch) -> None:
    put = memory.put

    def over(stored: dict[Any, Any], entry: Entry, **_: bool) -> Any:
        stored.pop((entry.kind, entry.key), None)
        return put(stored, entry)

    patch.setattr(memory, "put", over)


def swaps_without(patch: Patch, lost: Callable[[MemoryRebuild, Entry], bool]) -> None:
    swap = MemoryRebuild.swap

    def lossy(self: MemoryRebuild, expected: Mapping[str, int], accept_refused: int = 0) -> None:
        before = self._serving._stored
        self._serving._stored = {name: held for name, held in before.items() if not lost(self, held[0])}
        try:
            swap(self, expected, accept_refused)
        except BaseException:
            self._serving._stored = before
            raise

    patch.setattr(MemoryRebuild, "swap", lossy)


def swaps_without_what_is_gone(patch: Patch) -> None:
    swaps_without(patch, lambda _, entry: entry.document is None)


def swaps_without_what_is_new(patch: Patch) -> None:
    swaps_without(patch, lambda new, entry: entry.document is not None and entry.revision >= new._since)


def never_misses_what_is_extra(patch: Patch) -> None:
    differences = reconciling._differences

    def fewer(window: reconciling.Window) -> dict[str, reconciling.Difference]:
        return {key: found for key, found in differences(window).items() if found.kind != EXTRA}

    patch.setattr(reconciling, "_differences", fewer)


def never_reads_documents_again(patch: Patch) -> None:
    patch.setattr(reconciling, "_differing_documents", lambda *_: {})


FAULTS = [
    acknowledges_before_it_writes,
    acknowledges_what_changed_again,
    writes_over_what_is_newer,
    swaps_without_what_is_gone,
    swaps_without_what_is_new,
    never_misses_what_is_extra,
    never_reads_documents_again,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_finds_a_fault(fault: Callable[[Patch], None], monkeypatch: Patch):
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Publishing, settings=SEARCH)
