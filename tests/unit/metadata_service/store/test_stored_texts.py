"""The texts that properties of many nodes are kept in are those of each by itself."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from metadata_service.store.sqlite_transaction import all_stored, stored

_TEXTS = st.text() | st.sampled_from(["},{", '"},{"', "}", "{}", "a},{b"])
_PROPS = st.dictionaries(_TEXTS, _TEXTS | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.lists(_TEXTS))


@given(st.lists(_PROPS))
@example([])
@example([{}])
@example([{}, {"comment": "ends with },{"}, {}])
def test_texts_of_all_are_those_of_each(some: list[dict[str, Any]]):
    assert list(all_stored(some)) == [stored(props) for props in some]
