"""Foresee what a run says last, where its files say different things of the same properties.

Without it such files would undo and redo each other's words on every run: a tag of one type in one file and of
another in the next, a person's reads of a table given once a column. All rows are told the last word, so that a
second run finds nothing to change. Memory is fixed: what was said is kept in a Bloom filter, and by name only what
was said in several ways. Past these limits a contradiction may be missed, which costs no more than a rewrite.
"""

from dataclasses import replace

from ingest.records import NOTHING, Props, Put
from metadata_service.store.mutations import EdgeRef, NodeRef

MAX_REMEMBERED = 20_000_000  # characters of contradictions

_FILTER_BITS = 1 << 27  # 16 MB: one in a hundred is mistaken after about seven million mutations
_MASK = _FILTER_BITS - 1


class LastWord:
    """Is shown every mutation of a run beforehand, then settles each as it comes."""

    def __init__(self) -> None:
        self._filter = bytearray(_FILTER_BITS // 8)
        self._last: dict[NodeRef | EdgeRef, Props] = {}
        self._room = MAX_REMEMBERED

    def observe(self, put: Put) -> None:
        """Take note of a mutation; they come in the order in which they will be applied."""
        ref, props = put.ref, put.props
        if not props:
            return
        statement = hash((ref, *props))
        met = self._mark(statement)
        repeated = self._mark(hash((statement, *props.values())))
        held = self._last.get(ref)
        if held is None and met and not repeated and self._room > 0:
            self._room -= len(repr(put))
            held = NOTHING
        if held is not None:
            self._last[ref] = {**held, **props}

    def settle(self, put: Put) -> Put:
        """Return the mutation with the last word on each of its properties."""
        last = self._last.get(put.ref)
        if last is None:
            return put
        return replace(put, props={name: last.get(name, value) for name, value in put.props.items()})

    def _mark(self, value: int) -> bool:
        """Add to the filter; say whether it was there, or seems so."""
        bits = self._filter
        first, second = value & _MASK, (value >> 29) & _MASK
        one, other = 1 << (first & 7), 1 << (second & 7)
        first >>= 3
        second >>= 3
        if bits[first] & one and bits[second] & other:
            return True
        bits[first] |= one
        bits[second] |= other
        return False
