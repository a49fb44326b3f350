"""The reading of typed text into clauses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import RESOURCES
from search_service.plan import plan
from search_service.query import MAX_CLAUSES, Clause, Query, parse

READINGS = [
    ("", []),
    ("  ", []),
    ("net revenue", [Clause("net"), Clause("revenue")]),
    ('"net revenue" day', [Clause("net revenue", phrase=True), Clause("day")]),
    ("orders -deprecated", [Clause("orders"), Clause("deprecated", negated=True)]),
    ('-"net revenue"', [Clause("net revenue", phrase=True, negated=True)]),
    ("column:email", [Clause("email", field="column")]),
    ("Owner:ada", [Clause("ada", field="owner")]),
    ('-tag:"old data"', [Clause("old data", phrase=True, negated=True, field="tag")]),
    ("colour:red", [Clause("colour:red")]),
    ("hive://gold.core/x", [Clause("hive://gold.core/x")]),
    ("key:hive://gold.core/x", [Clause("hive://gold.core/x", field="key")]),
    ("e-mail", [Clause("e-mail")]),
    ("column:", [Clause("column:")]),
    ("column: email", [Clause("column:"), Clause("email")]),
    ('un"closed', [Clause('un"closed')]),
    ('"open', [Clause('"open')]),
    ("-", [Clause("-")]),
    ("*", []),
    ("* orders", [Clause("orders")]),
    ("tag:*", [Clause("*", field="tag")]),
    ("-tag:*", [Clause("*", negated=True, field="tag")]),
    ("tag:?", [Clause("tag:?")]),
    ('""', []),
]


@pytest.mark.parametrize(("text", "clauses"), READINGS)
def test_typed_text_reads_as(text: str, clauses: list[Clause]):
    assert list(parse(text)) == clauses


@pytest.mark.parametrize(
    ("text", "is_pattern"), [("schema:mart*", True), ("schema:m?rt", True), ("mart*", False), ('tag:"a*"', False)]
)
def test_a_pattern_needs_a_field_and_no_quotes(text: str, *, is_pattern: bool):
    assert parse(text)[0].is_pattern is is_pattern


@given(st.text())
def test_nothing_that_is_typed_is_an_error(text: str):
    clauses = parse(text)
    assert len(clauses) <= MAX_CLAUSES
    assert all(clause.text.strip() for clause in clauses)


@given(st.text(alphabet='abAB19 :"-*?_.고번é', max_size=40), st.sampled_from(sorted(RESOURCES)))
def test_whatever_is_typed_can_be_planned(text: str, kind: str):
    assert plan(Query(kind, parse(text)))


def test_a_long_text_is_cut():
    assert len(parse("word " * 1000)) == MAX_CLAUSES
