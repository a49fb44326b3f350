"""What is remembered is what the function says, and never more than was allowed."""

from hypothesis import given
from hypothesis import strategies as st

from search_service.remembered import LONGEST, Remembered


class Asked:
    """A function that notes what it is asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, text: str) -> str:
        self.texts.append(text)
        return text.upper()


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=2)), st.integers(1, 4))
def test_it_says_what_the_function_says_and_holds_little(texts: list[str], most: int):
    remembered = Remembered(str.upper, most)
    for text in texts:
        assert remembered[text] == text.upper()
        assert len(remembered) <= most
        assert len(remembered._older) <= most


def test_what_is_asked_for_again_stays_while_others_come_and_go():
    asked = Asked()
    remembered = Remembered(asked, 2)
    for place in range(10):
        assert remembered["often"] == "OFTEN"
        assert remembered[f"once {place}"] == f"ONCE {place}"
    assert asked.texts.count("often") == 1
    assert len(asked.texts) == 11
    assert remembered["once 0"] == "ONCE 0"
    assert asked.texts.count("once 0") == 2


def test_a_long_text_is_not_remembered():
    asked = Asked()
    remembered = Remembered(asked, 2)
    for text in ("x" * LONGEST, "x" * (LONGEST + 1)) * 2:
        assert remembered[text] == text.upper()
    assert [len(text) for text in asked.texts] == [LONGEST, LONGEST + 1, LONGEST + 1]
