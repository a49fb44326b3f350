"""What is read most: by everybody, or by the people who read what one person reads."""

from collections import defaultdict

from metadata_service.catalog.selections import PRESENT, optional_int
from metadata_service.catalog.summaries import DASHBOARD_SUMMARY, TABLE_SUMMARY
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Select, Shape
from metadata_service.store.tallies import popularity
from schemas.graph import POPULARITY, READERS, Direction

_SUMMARIES = {"Table": TABLE_SUMMARY, "Dashboard": DASHBOARD_SUMMARY}


def list_popular(
    store: GraphStore, label: str, limit: int, minimum_readers: int, user_id: str | None = None
) -> list[Record]:
    """Return the summaries of the most popular tables or dashboards, the most popular first.

    The score is distinct readers times the logarithm of what they read, kept up with every write. For a person, only
    what is read by those who read something that person reads counts.
    """
    if user_id is None:
        ranked = store.rank(label, POPULARITY, limit, {READERS: minimum_readers})
        keys = [node.ref.key for node in ranked]
    else:
        keys = _popular_among_peers(store, label, limit, minimum_readers, user_id)
    found = store.fetch_many(keys, _SUMMARIES[label]) if keys else {}
    return [found[key] for key in keys if key in found]


def _popular_among_peers(store: GraphStore, label: str, limit: int, minimum_readers: int, user_id: str) -> list[str]:
    readers = Select(("READ_BY",), "User")
    reads = Select(("READ_BY",), label, Direction.IN, where=PRESENT, children={"readers": readers})
    own = store.fetch(user_id, Shape("User", (), {"reads": reads}))
    if own is None:
        return []
    peers = {peer.key for read in own.children["reads"] for peer in read.children["readers"]} - {user_id}
    counted = Select(("READ_BY",), label, Direction.IN, where=PRESENT, edge_props=("read_count",))
    tally: dict[str, list[int]] = defaultdict(list)
    for peer in store.fetch_many(sorted(peers), Shape("User", (), {"reads": counted})).values():
        for read in peer.children["reads"]:
            tally[read.key].append(optional_int(read.edge, "read_count") or 0)
    scores = {
        key: popularity(len(counts), sum(counts)) for key, counts in tally.items() if len(counts) >= minimum_readers
    }
    return sorted(scores, key=lambda key: (-scores[key], key))[:limit]
