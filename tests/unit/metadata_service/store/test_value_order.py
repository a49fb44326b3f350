"""How values compare and sort: one order for every adapter, whatever types a property holds."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata_service.store.shapes import Order, arrange, differs, matches, sort_key

DISTINCT = [None, "", "1", 0, 1, 2, False, True, 0.0, 1.0, 1.5, [], ["1"]]
any_value = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.booleans(), st.lists(st.text()))


@pytest.mark.parametrize("one", DISTINCT)
@pytest.mark.parametrize("other", DISTINCT)
def test_values_differ_by_value_or_by_type(one: Any, other: Any):
    assert differs(one, other) == (one is not other)


def test_equal_values_do_not_differ():
    assert not differs(["a", "b"], ["a", "b"])
    assert not differs("a" * 3, "aaa")
    assert not differs(2**62, 2**62)


def test_lists_sort_before_text_before_booleans_before_numbers():
    mixed: list[Any] = [2, True, "b", -1.5, False, ["z"], "a", ["a", "b"], 0, "", []]
    assert sorted(mixed, key=sort_key) == [[], ["a", "b"], ["z"], "", "a", "b", False, True, -1.5, 0, 2]


@settings(deadline=None)
@given(st.lists(any_value))
def test_any_values_can_be_sorted(values: list[Any]):
    assert len(sorted(values, key=sort_key)) == len(values)


def ordered(values: list[Any], *order: Order) -> list[int]:
    """Return the places of the values in the order they are arranged in."""
    return [
        place for place, _ in arrange(list(enumerate(values)), order, lambda item, wanted: item[1].get(wanted.name))
    ]


def test_what_has_no_value_comes_last_in_both_directions():
    values = [{"x": 2}, {}, {"x": 1}, {}]
    assert ordered(values, Order("x")) == [2, 0, 1, 3]
    assert ordered(values, Order("x", descending=True)) == [0, 2, 1, 3]


def test_what_is_equal_stays_in_its_order_in_both_directions():
    values = [{"x": 1}, {"x": 2}, {"x": 1}, {"x": 2}]
    assert ordered(values, Order("x")) == [0, 2, 1, 3]
    assert ordered(values, Order("x", descending=True)) == [1, 3, 0, 2]


def test_the_first_order_counts_before_the_second():
    values = [{"x": 1, "y": "b"}, {"x": 0, "y": "c"}, {"x": 1, "y": "a"}, {"y": "a"}]
    assert ordered(values, Order("x"), Order("y")) == [1, 2, 0, 3]
    assert ordered(values, Order("x", descending=True), Order("y")) == [2, 0, 1, 3]


def test_where_compares_by_value_and_type():
    assert matches({"x": 1, "y": "a"}, {"x": 1})
    assert matches({"x": 1}, {})
    assert not matches({"x": True}, {"x": 1})
    assert not matches({"x": 1}, {"x": 1, "y": "a"})
