"""What every adapter demands of an entry before it writes it, and of a new index before it lets it serve. Pure."""

from collections.abc import Mapping

from schemas.documents import resource_of
from schemas.errors import Invalid, RebuildRefused
from search_service.index.port import Entry
from search_service.index.terms import Indexed, index

NOT_BUILT = "The search index is not built yet; the publisher builds it from the graph."
MAX_KEY = 10_000
MAX_REVISION = 2**53  # whole in a JSON number


def admit(entry: Entry) -> Indexed | None:
    """Return what an entry is found by, None for a tombstone. Raises Invalid for one that must not be written."""
    resource = resource_of(entry.kind)
    if not entry.key or "\0" in entry.key or len(entry.key) > MAX_KEY:
        raise Invalid(f"The key {entry.key[:80]!r} is empty, over {MAX_KEY} characters, or holds a NUL character.")
    try:
        entry.key.encode()
    except UnicodeEncodeError:
        raise Invalid(f"The key {entry.key[:80]!r} holds half a surrogate pair, which is no text.") from None
    if not 0 <= entry.revision < MAX_REVISION:
        raise Invalid(f"The revision {entry.revision} is not one between 0 and 2^53.")
    if entry.document is None:
        return None
    resource.check(entry.key, entry.document)
    return index(resource, entry.document)


def verify(
    expected: Mapping[str, int], held: Mapping[str, int], refused: int, accept_refused: int, *, first: bool
) -> None:
    """Raise RebuildRefused for a new index that is partial, failed, or empty without being the first."""
    if not first and not any(expected.values()):
        raise RebuildRefused("The new index would be empty; the old one goes on serving.")
    if refused > accept_refused:
        raise RebuildRefused(f"{refused} entries were refused, {accept_refused} may be; the old index goes on serving.")
    for kind in sorted({*expected, *held}):
        want, have = expected.get(kind, 0), held.get(kind, 0)
        if want != have:
            raise RebuildRefused(f"The new index holds {have} of {want} {kind} documents; the old one goes on serving.")
