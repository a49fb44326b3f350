"""Every kind of index that tests run on, by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opensearch_server import OPENSEARCH, new_prefix

INDEXES = ["memory", "tantivy", OPENSEARCH]


@contextmanager
def empty_index(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty index of a kind, and remove what is left of it."""
    match kind:
        case "memory":
            yield "memory:"
        case "tantivy":
            yield f"tantivy:///{folder / 'search'}"
        case _:
            with new_prefix() as url:
                yield url
