"""Pages of hits: by offset where OpenSearch allows it, beyond that from where another page ended. Pure.

A cursor holds what the last hit was sorted by. Nothing is kept open for it on the server and it does not expire; pages
neither repeat nor leave out a document as long as none is written meanwhile.
"""

from typing import Any

import orjson

from schemas.errors import Invalid
from search_service.index import pages
from search_service.query import Query, Sort

WINDOW = 10_000  # hits that may be asked for by their place, or at once

_NOBODYS = "The cursor is none that a search has given out."


class Position:
    """Where a page begins: behind so many hits, the last of which was sorted by `after`."""

    def __init__(self, seen: int, after: list[Any] | None) -> None:
        self.seen = seen
        self.after = after


def begins(query: Query) -> Position:
    """Return where a page begins. Raises Invalid for a cursor of another search, and for too large a page."""
    if query.limit > WINDOW:
        raise Invalid(f"A page of {query.limit} hits is too large; at most {WINDOW} can be asked for at once.")
    if query.after is None:
        return Position(min(query.offset, pages.MOST_OFFSET), None)
    try:
        sort, seen, value, key = orjson.loads(pages.position(query.after))
    except (ValueError, TypeError):
        raise Invalid(_NOBODYS) from None
    fits = isinstance(seen, int) and isinstance(value, int | float) and isinstance(key, str)
    if not fits or isinstance(seen, bool) or isinstance(value, bool) or sort != query.sort.value:
        raise Invalid(_NOBODYS)
    return Position(min(max(seen, 0), pages.MOST_OFFSET), [value, key])


def ends(sort: Sort, seen: int, last: list[Any]) -> str:
    """Return the cursor of the page behind the hit that was sorted by `last`."""
    return pages.cursor(orjson.dumps([sort.value, seen, *last]).decode())
