"""Reader counts: what counts, and the score that follows."""

import math
from typing import Any

import pytest

from metadata_service.store.tallies import MAX_READS, add_tally, popularity, reads_of, set_tally
from schemas.graph import POPULARITY, READERS, READS

READ_COUNTS: list[tuple[Any, int]] = [
    (5, 5),
    (0, 0),
    (-3, 0),
    (None, 0),
    ("7", 0),
    (True, 0),
    (1.5, 0),
    (MAX_READS + 1, MAX_READS),
]


@pytest.mark.parametrize(("read_count", "expected"), READ_COUNTS)
def test_only_sensible_read_counts_count(read_count: Any, expected: int):
    assert reads_of(read_count) == expected


@pytest.mark.parametrize(("readers", "reads", "expected"), [(3, 100, 3 * math.log(100)), (2, 1, 0.0), (2, 0, 0.0)])
def test_popularity_is_readers_times_the_logarithm_of_reads(readers: int, reads: int, expected: float):
    assert popularity(readers, reads) == expected


def test_a_count_adds_up_and_vanishes_with_the_last_reader():
    props: dict[str, Any] = {"name": "t"}
    add_tally(props, 2, 10)
    add_tally(props, -1, 5)
    assert props == {"name": "t", READERS: 1, READS: 15, POPULARITY: math.log(15)}
    add_tally(props, -1, -15)
    assert props == {"name": "t"}


def test_a_count_is_written_whole():
    props: dict[str, Any] = {READERS: "nonsense", POPULARITY: True}
    set_tally(props, 1, 1)
    assert props == {READERS: 1, READS: 1, POPULARITY: 0.0}
