"""How text is cut into tokens: by cases, and by promises that hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service import analysis, edits

TOKENS = [
    ("customer_order_items", "customer order item"),
    ("customerOrderID", "customer order id"),
    ("HTTPServer", "http server"),
    ("userIDs", "user id"),
    ("eMail iPhone", "email iphone"),
    ("fct.orders_v2", "fct order v 2"),
    ("ean13", "ean 13"),
    ("90d", "90 d"),
    ("Café ÜBER straße", "cafe uber strass"),
    ("고객번호", "고객 객번 번호 호"),
    ("고객 번호", "고객 객 번호 호"),
    ("顧客ID", "顧客 客 id"),
    ("データ", "デー ータ タ"),
    ("\uff46\uff55\uff4c\uff4c", "full"),
    ("\ufdfa", "صلىاللهعليهوسلم"),  # one letter that unfolds into four words
    ("", ""),
    ("!? -- ::", ""),
]
ALIKE = [
    "order orders",
    "category categories",
    "address addresses",
    "batch batches",
    "box boxes",
    "status statuses",
    "size sizes",
    "case cases",
    "database databases",
    "house houses",
    "cache caches",
    "movie movies",
    "analysis analyses",
    "person people",
    "index indices",
    "hero heroes",
    "key keys",
    "day days",
    "bus buses",
]


@pytest.mark.parametrize(("text", "tokens"), TOKENS)
def test_text_is_cut_into_tokens(text: str, tokens: str):
    assert " ".join(analysis.tokens(text)) == tokens


@pytest.mark.parametrize("pair", ALIKE)
def test_singular_and_plural_are_alike(pair: str):
    one, many = pair.split()
    assert analysis.singular(one) == analysis.singular(many)


@pytest.mark.parametrize("pair", ["customer custom", "new knew", "order border", "base bass", "ship shop"])
def test_different_words_stay_different(pair: str):
    one, other = pair.split()
    assert analysis.singular(one) != analysis.singular(other)


@given(st.text())
def test_no_token_holds_a_space_or_is_empty(text: str):
    assert all(token and token.split() == [token] for token in analysis.tokens(text))


@given(st.text())
def test_tokens_stand_where_they_are_said_to(text: str):
    composed = analysis.compose(text)
    placed = analysis.tokens_in_place(text)
    assert [token.text for token in placed] == analysis.tokens(text)
    assert all(0 <= token.start < token.end <= len(composed) for token in placed)


@given(st.text())
def test_case_and_form_of_composition_do_not_matter(text: str):
    import unicodedata

    assert analysis.joined(unicodedata.normalize("NFD", text)) == analysis.joined(unicodedata.normalize("NFC", text))


@given(st.text(alphabet="abcABC _-."))
def test_spelling_a_name_in_one_go_ignores_what_is_between(name: str):
    assert analysis.joined(name) == "".join(letter for letter in name.lower() if letter.isalpha())


@pytest.mark.parametrize(
    ("one", "other", "limit", "alike"),
    [
        ("orders", "orders", 0, True),
        ("orders", "ordres", 1, True),
        ("orders", "oders", 1, True),
        ("orders", "oorders", 1, True),
        ("orders", "osrder", 1, False),
        ("payment", "shipment", 2, False),
        ("", "ab", 2, True),
        ("", "ab", 1, False),
    ],
)
def test_edits_count_letters_wrong(one: str, other: str, limit: int, *, alike: bool):
    assert edits.within(one, other, limit) is alike
    assert edits.within(other, one, limit) is alike


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_edits_allow_any_change_of_the_longer_length(one: str, other: str):
    assert edits.within(one, other, max(len(one), len(other)))
    assert edits.within(one, other, 0) is (one == other)
