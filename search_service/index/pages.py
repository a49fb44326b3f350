"""From what an engine found to a page: cursors, hits and facet counts, alike for every adapter. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping

from schemas.document_types import Document
from schemas.errors import Invalid
from search_service import explanation
from search_service.index.port import MAX_FACET_VALUES, FacetCount, Hit
from search_service.query import Query

MOST_OFFSET = 2**31  # behind every page; engines count in numbers of a fixed size


def cursor(position: str) -> str:
    """Write where a page ended so that it can be handed out."""
    return urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position(cursor: str) -> str:
    """Read a cursor. Raises Invalid for what `cursor` never wrote."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise Invalid("The cursor is none that a search has given out.") from None


def offset_of(query: Query) -> int:
    """Return how many hits lie before a page, for adapters whose cursor is that number."""
    if query.after is None:
        return query.offset
    found = position(query.after)
    if not (found.isascii() and found.isdecimal()):
        raise Invalid("The cursor is none that a search has given out.")
    return min(int(found), MOST_OFFSET)


def hit(query: Query, key: str, score: float, document: Document) -> Hit:
    """Return a hit, highlighted and explained where that is asked for."""
    found = explanation.find(query, document) if query.highlight or query.explain else []
    return Hit(
        query.kind,
        key,
        score,
        document,
        explanation.highlights(found) if query.highlight else {},
        explanation.explain(query, document, found) if query.explain else "",
    )


def facet_counts(counts: Mapping[str, int] | Iterable[tuple[str, int]]) -> list[FacetCount]:
    """Return the most frequent values, then by name."""
    ordered = sorted(dict(counts).items(), key=lambda item: (-item[1], item[0]))
    return [FacetCount(value, count) for value, count in ordered[:MAX_FACET_VALUES]]
