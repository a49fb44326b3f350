"""Reader counts of resources, kept with every write so that nothing is ever counted over all relations."""

import math

from metadata_service.store.shapes import Props
from schemas.graph import GONE, POPULARITY, READERS, READS, Value

TALLIED = "READ_BY"
TALLY = "read_count"
MAX_READS = 10**12  # of one reader: more is a mistake of the source, and sums must stay within 64 bits


def popularity(readers: int, reads: int) -> float:
    """Score a resource as Amundsen does: distinct readers times the natural logarithm of their reads."""
    return readers * math.log(reads) if reads > 0 else 0.0


def reads_of(read_count: Value | None) -> int:
    """Return what one reader adds to the reads: the relation's count, where that is a sensible one."""
    if not isinstance(read_count, int) or isinstance(read_count, bool):
        return 0
    return min(max(read_count, 0), MAX_READS)


def set_tally(props: Props, readers: int, reads: int) -> None:
    """Write the counts of a resource and the score that follows from them; a resource nobody reads has none."""
    if readers:
        props.update({READERS: readers, READS: reads})
    else:
        for name in (READERS, READS):
            props.pop(name, None)
    set_score(props)


def set_score(props: Props) -> None:
    """Write the score of a resource by its counts; one that is gone has none, and so is nowhere among the popular."""
    readers = _count(props, READERS)
    if readers and GONE not in props:
        props[POPULARITY] = popularity(readers, _count(props, READS))
    else:
        props.pop(POPULARITY, None)


def add_tally(props: Props, readers: int, reads: int) -> None:
    """Add to the counts of a resource."""
    set_tally(props, _count(props, READERS) + readers, _count(props, READS) + reads)


def _count(props: Props, name: str) -> int:
    value = props.get(name)
    return value if isinstance(value, int) else 0
