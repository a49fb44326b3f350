"""Names that were seen are told from those that were not, and take little memory."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from ingest.seen import AT_ONCE, Seen

MANY = 5 * AT_ONCE + 7


@given(st.lists(st.text(max_size=3)), st.integers(1, 4))
def test_same_as_a_set(names: list[str], at_once: int):
    whole, model = Seen(at_once), set[str]()
    for name in names:
        assert (name in whole) is (name in model)
        assert whole.add(name) is (name not in model)
        model.add(name)
    assert all(name in whole for name in model)


def test_many_names_take_a_few_bytes_each():
    tracemalloc.start()
    whole = Seen()
    for number in range(MANY):
        whole.add(f"table/hive://gold.core/table_{number}")
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 25 * MANY
    assert all(f"table/hive://gold.core/table_{number}" in whole for number in range(MANY))
    assert not any(f"table/hive://gold.core/table_{number}" in whole for number in range(MANY, 2 * MANY))
