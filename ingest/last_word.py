"""Foresee what a run says last, where its files say different things of the same node or relation.

Without it such files would undo and redo each other's words on every run: a tag of one type in one file and of
another in the next, a person's reads of a table given once a column. All rows are told the last word, so that a
second run finds nothing to change. Memory is fixed: what has been seen is kept in a Bloom filter, and only nodes and
relations with several versions by name. Past these limits a contradiction may be missed, which costs a rewrite.
"""

from dataclasses import replace

from ingest.records import NOTHING, Props, Put
from metadata_service.store.mutations import EdgeRef, NodeRef

MAX_CONTRADICTIONS = 50_000

_FILTER_BITS = 1 << 27  # 16 MB: one in a hundred is mistaken after about ten million properties
_MASK = _FILTER_BITS - 1


class LastWord:
    """Is shown every mutation of a run beforehand, then settles each as it comes."""

    def __init__(self) -> None:
        self._filter = bytearray(_FILTER_BITS // 8)
        self._last: dict[NodeRef | EdgeRef, Props] = {}

    def observe(self, put: Put) -> None:
        """Take note of a mutation; they come in the order in which they will be applied."""
        ref, props = put.ref, put.props
        # Every property is marked, also beyond the first that contradicts, so that no later word escapes.
        contradicting = [name for name, value in props.items() if self._contradicts(ref, name, value)]
        held = self._last.get(ref)
        if held is not None or (contradicting and len(self._last) < MAX_CONTRADICTIONS):
            self._last[ref] = {**(held or NOTHING), **props}

    def settle(self, put: Put) -> Put:
        """Return the mutation with the last word on each of its properties."""
        last = self._last.get(put.ref)
        if last is None:
            return put
        return replace(put, props={name: last.get(name, value) for name, value in put.props.items()})

    def _contradicts(self, ref: NodeRef | EdgeRef, name: str, value: object) -> bool:
        known = self._mark(hash((ref, name)))
        return not self._mark(hash((ref, name, value))) and known

    def _mark(self, value: int) -> bool:
        """Add to the filter; say whether it was there, or seems so."""
        bits = self._filter
        first, second = value & _MASK, (value >> 29) & _MASK
        one, other = 1 << (first & 7), 1 << (second & 7)
        found = bits[first >> 3] & one and bits[second >> 3] & other
        bits[first >> 3] |= one
        bits[second >> 3] |= other
        return bool(found)
