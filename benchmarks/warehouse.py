"""A warehouse of any size, as search documents and as the graph they are read from: alike each time.

Names, columns and sentences are put together from two thousand words that come up as often as words do (by Zipf's law),
so that what is searched for is as common and as rare as it is in a real catalogue.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate, product

from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from schemas.document_types import Document, Value

COLUMNS = 10
OWNERS, TAGS = 500, 60


def _words(text: str) -> list[str]:
    return text.split()


_SUBJECTS = _words("""
order customer payment user session product invoice account event click shipment refund campaign email
visit page cart checkout price stock supplier warehouse store employee salary contract ticket call chat review rating
coupon voucher gift loyalty subscription renewal churn cohort segment experiment variant conversion impression ad
channel partner vendor merchant transaction balance ledger journal budget forecast revenue cost margin tax currency
exchange rate loan credit debit card fraud risk claim policy premium device sensor reading location address city country
region route trip driver rider vehicle fleet delivery courier package return pallet batch lot recipe ingredient menu
restaurant table booking hotel room guest flight airport airline seat passenger crew ticket fare playlist track artist
album stream genre movie series episode viewer patient doctor appointment diagnosis prescription lab result course
student teacher exam grade classroom article author comment like share follower message notification search query
keyword ranking crawl index log error metric alert incident deploy build test commit branch repository issue
""")
_SYLLABLES = [*map("".join, product("bdfklmnprstvz", "aeiou"))]
RARE = ["".join(random.Random(place).choices(_SYLLABLES, k=3)) for place in range(2000)]  # noqa: S311
SUBJECTS = [*_SUBJECTS, *RARE]
LAYERS = _words("fct dim stg raw agg mart int tmp rpt snap")
FORMS = _words("daily weekly monthly hourly history snapshot summary detail current latest v2 enriched dedup")
COLUMN_ENDS = _words("id name type status date count amount at code total key flag rate score value url")
FILLERS = _words("""
the of per each by for with and all after before from one every last first total number time day month
source system loaded derived computed joined filtered unique active closed open internal external
""")
SCHEMAS = _words("core sales marketing finance ops growth product support logistics hr risk web mobile ml sandbox")
_COMMON = list(accumulate(1 / (10 + place) for place in range(len(SUBJECTS))))


def documents(tables: int) -> Iterator[Document]:
    """Yield the documents of so many tables."""
    chance = random.Random(5)  # noqa: S311  # repeatable, not secret
    for number in range(tables):
        yield _document(number, chance)


def graph(tables: int) -> Iterator[Mutation]:
    """Yield the nodes and relations that these documents are the projection of."""
    for person in range(OWNERS):
        yield PutNode(NodeRef("User", _owner(person)), {"email": _owner(person), "full_name": _full_name(person)})
    for tag in range(TAGS):
        yield PutNode(NodeRef("Tag", _tag(tag)), {"tag_type": "default"})
    yield PutNode(NodeRef("Database", "database://bench"), {"name": "bench"})
    yield PutNode(NodeRef("Cluster", "bench://gold"), {"name": "gold"})
    yield PutEdge(EdgeRef("CLUSTER", NodeRef("Database", "database://bench"), NodeRef("Cluster", "bench://gold")))
    for schema in SCHEMAS:
        ref = NodeRef("Schema", f"bench://gold.{schema}")
        yield PutNode(ref, {"name": schema})
        yield PutEdge(EdgeRef("SCHEMA", NodeRef("Cluster", "bench://gold"), ref))
    for document in documents(tables):
        yield from _nodes(document)


def words(chance: random.Random, count: int) -> str:
    """Return words to search for."""
    return " ".join(_some(chance, SUBJECTS) for _ in range(count))


def _document(number: int, chance: random.Random) -> Document:
    schema, subject = _some(chance, SCHEMAS), _some(chance, SUBJECTS)
    name = f"{_some(chance, LAYERS)}_{subject}_{_some(chance, SUBJECTS)}_{_some(chance, FORMS)}_{number}"
    columns = list(dict.fromkeys(_column(chance) for _ in range(COLUMNS)))
    columns += [f"{subject}_{place}" for place in range(COLUMNS - len(columns))]
    owners = sorted({chance.randrange(OWNERS) for _ in range(2)})
    document: dict[str, Value] = {
        "key": f"bench://gold.{schema}/{name}",
        "resource_type": "table",
        "name": name,
        "display_name": f"{schema}.{name}",
        "database": "bench",
        "cluster": "gold",
        "schema": schema,
        "description": f"{subject.capitalize()}s: {_sentence(chance, 14)}",
        "tags": sorted({_tag(min(chance.randrange(TAGS), chance.randrange(TAGS))) for _ in range(2)}),
        "owners": [_owner(person) for person in sorted(owners, key=_owner)],
        "owner_names": [_full_name(person) for person in sorted(owners, key=_owner)],
        "total_usage": 0,
        "unique_usage": 0,
        "columns": columns,
        "column_descriptions": [_sentence(chance, 6) for _ in columns[::2]],
    }
    return document


def _nodes(document: Document) -> Iterator[Mutation]:
    table = NodeRef("Table", str(document["key"]))
    yield PutNode(table, {"name": document["name"], "is_view": False})
    yield PutEdge(EdgeRef("TABLE", NodeRef("Schema", f"bench://gold.{document['schema']}"), table))
    yield from _described(table, str(document["description"]))
    for relation, label, name in (("OWNER", "User", "owners"), ("TAGGED_BY", "Tag", "tags")):
        for key in _texts(document, name):
            yield PutEdge(EdgeRef(relation, table, NodeRef(label, key)))
    said = iter(_texts(document, "column_descriptions"))
    for place, name in enumerate(_texts(document, "columns")):
        column = NodeRef("Column", f"{table.key}/{name}")
        yield PutNode(column, {"name": name, "col_type": "bigint", "sort_order": place})
        yield PutEdge(EdgeRef("COLUMN", table, column))
        if place % 2 == 0:
            yield from _described(column, next(said))


def _described(ref: NodeRef, text: str) -> Iterator[Mutation]:
    description = NodeRef("Description", f"{ref.key}/_description")
    yield PutNode(description, {"description": text, "description_source": "description"})
    yield PutEdge(EdgeRef("DESCRIPTION", ref, description))


def _texts(document: Document, name: str) -> list[str]:
    value = document[name]
    return value if isinstance(value, list) else []


def _some(chance: random.Random, words: Sequence[str]) -> str:
    """Return one of the words, the first ones more often."""
    return words[bisect(_COMMON, chance.random() * _COMMON[len(words) - 1], hi=len(words) - 1)]


def _column(chance: random.Random) -> str:
    return f"{_some(chance, SUBJECTS)}_{_some(chance, COLUMN_ENDS)}"


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(_some(chance, SUBJECTS if place % 2 else FILLERS) for place in range(words)) + "."


def _owner(number: int) -> str:
    return f"{SUBJECTS[number]}{number}@example.com"


def _full_name(number: int) -> str:
    return f"{SUBJECTS[number].capitalize()} {SUBJECTS[-1 - number % 97].capitalize()}"


def _tag(number: int) -> str:
    return f"{SUBJECTS[number % 40]}_tag" if number % 3 else f"tier{number}"
