"""The garbage collector while a long work has paused it: what a round leaves in a circle is let go all the same."""

import gc
import weakref

import pytest

from metadata_service.store.collector import Rounds, collector_paused


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize(("lived", "most"), [(0, 1), (1, 10), (10, 100)])
def test_a_circle_is_let_go_some_rounds_after_its_last_use(lived: int, most: int):
    with collector_paused():
        rounds, circle = Rounds(), Circle()
        for _ in range(lived):
            rounds.over()
        left = weakref.ref(circle)
        del circle
        for _ in range(most):
            rounds.over()
        assert left() is None
        assert not gc.isenabled()
    assert gc.isenabled()
