"""What documents are found by: by cases, and by promises that hold for any document."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document_types import Document, FieldType, Resource, Value, texts
from schemas.documents import RESOURCES, TABLE
from schemas.errors import Invalid
from search_service import analysis
from search_service.index import names, terms
from search_service.index.terms import ALIKE, ANYWHERE, BEGINS, COMPOUND, EXACT, Indexed, index

KEY = "hive://gold.core/webPage_Views"
DOCUMENT: Document = {
    "key": KEY,
    "resource_type": "table",
    "name": "webPage_Views",
    "database": "hive",
    "cluster": "gold",
    "schema": "core",
    "description": "All the pages' views.",
    "tags": ["Tier1", "pii"],
    "owners": ["ada@example.com"],
    "owner_names": ["Ada Lovelace", "ADA LOVELACE"],
    "columns": ["page_id", "visitors", "page_id"],
    "column_descriptions": ["Which page", "Who looked"],
    "total_usage": 99,
    "last_updated_timestamp": 1500,
}
FOUND: list[tuple[Callable[[Indexed], object], object]] = [
    (lambda found: found.words["name"], ["web page view"]),
    (lambda found: found.words["description"], ["all the page view"]),
    (lambda found: found.words["columns"], ["page id", "visitor", "page id"]),
    (lambda found: found.words["column_descriptions"], ["which page", "who looked"]),
    (lambda found: found.words["owners"], ["ada example com"]),
    (lambda found: "database" in found.words, False),
    (lambda found: found.wholes["name_value"], ["webpage_views"]),
    (lambda found: found.wholes["description_value"], ["all the pages' views."]),
    (lambda found: found.wholes["database_value"], ["hive"]),
    (lambda found: found.wholes["columns_value"], ["page_id", "visitors"]),
    (lambda found: found.wholes["owner_names_value"], ["ada lovelace"]),
    (lambda found: "column_descriptions_value" in found.wholes, False),
    (lambda found: found.facets["tags"], ["Tier1", "pii"]),
    (lambda found: sorted(found.facets), ["cluster", "database", "owners", "schema", "tags"]),
    (lambda found: found.wholes[BEGINS], ["webpageviews"]),
    (
        lambda found: found.wholes[EXACT][:4],
        ["webpageviews", "=webpage_views", "corewebpageviews", "=core.webpage_views"],
    ),
    (lambda found: found.wholes[EXACT][4:6], ["goldcorewebpageviews", "=gold.core.webpage_views"]),
    (lambda found: found.wholes[EXACT][6:], ["hivegoldcorewebpageviews", f"={KEY.lower()}"]),
    (lambda found: found.wholes[ALIKE][:2], ["webpageview", "corewebpageview"]),
    (
        lambda found: found.wholes[COMPOUND],
        ["webpageviews", "webpageview", "webpage", "pageview", "core", "pageid", "visitors", "visitor"],
    ),
    (
        lambda found: found.words[ANYWHERE],
        ["web page view core all the page view tier 1 pii ada lovelace page id visitor which page who looked"],
    ),
    (lambda found: round(found.gain, 6), round(1 + 0.1 * 2 / 6, 6)),
    (lambda found: (found.usage, found.recency), (99, 1500)),
]


@pytest.mark.parametrize("place", range(len(FOUND)))
def test_a_table_is_found_by_its_words_values_and_spellings(place: int):
    ask, expected = FOUND[place]
    assert ask(index(TABLE, DOCUMENT)) == expected


def test_a_spelling_needs_all_its_parts():
    found = index(TABLE, {"key": "k", "resource_type": "table", "schema": "core", "cluster": "gold"})
    assert (found.wholes[EXACT], found.wholes[ALIKE], found.wholes[BEGINS]) == (["k", "=k"], ["k"], [])


_TEXT = st.one_of(
    st.text(max_size=20),
    st.text("abXY019_.- é고ﬀ", max_size=30),
    st.sampled_from(["web_page_views", "orderIDs", "", "x" * 2000]),
)


def _values(kind: FieldType, *, many: bool) -> st.SearchStrategy[Value]:
    match kind:
        case FieldType.NUMBER | FieldType.TIME:
            return st.integers(0, 10**9)
        case FieldType.FLAG:
            return st.booleans()
        case _:
            return st.lists(_TEXT, max_size=4) if many else _TEXT


def _documents(resource: Resource) -> st.SearchStrategy[tuple[Resource, Document]]:
    fields = {declared.name: _values(declared.type, many=declared.many) for declared in resource.fields}
    its = {"key": fields.pop("key"), "resource_type": st.just(resource.kind)}
    del fields["resource_type"]
    return st.tuples(st.just(resource), st.fixed_dictionaries(its, optional=fields))


DRAWN = st.sampled_from(list(RESOURCES.values())).flatmap(_documents)


@given(DRAWN)
def test_any_document_is_found_by_every_token_and_the_beginning_of_every_value(drawn: tuple[Resource, Document]):
    resource, document = drawn
    try:
        resource.check(str(document["key"]), document)
    except Invalid:
        return
    found = index(resource, document)
    anywhere = set(found.words[ANYWHERE][0].split())
    for declared in resource.fields:
        values = texts(document, declared.name)
        if declared.filters and values:
            folded = [analysis.fold(value)[: names.MAX_VALUE] for value in values]
            assert found.wholes[terms.value_of(declared.name)] == list(dict.fromkeys(folded))
        if declared.facet and values:
            assert found.facets[declared.name] == list(dict.fromkeys(value[: names.MAX_VALUE] for value in values))
        if declared.type in (FieldType.NAME, FieldType.PROSE) and values:
            assert found.words[declared.name] == [analysis.spaced(value) for value in values]
            assert declared.weight == 0 or anywhere >= {token for value in values for token in analysis.tokens(value)}


@given(st.lists(DRAWN, max_size=4))
def test_what_was_read_before_changes_nothing(drawn: list[tuple[Resource, Document]]):
    once = [index(*each) for each in drawn]
    assert [index(*each) for each in reversed(drawn)] == once[::-1]
