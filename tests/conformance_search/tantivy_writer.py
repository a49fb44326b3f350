"""A process that writes to an embedded index until it is killed, saying after each batch that it was acknowledged.

Run as: tantivy_writer.py URL (batches | rebuilds)
"""

import sys
from itertools import count

from entries import a_table, a_tombstone, build

from search_service.index.factory import open_index
from search_service.index.port import Entry

BATCH = 20


def batch(number: int) -> list[Entry]:
    """Return the entries of a batch: new tables, and the removal of one of the batch before."""
    entries = [a_table(f"t{number}_{place}", number + 1, description="x" * 200) for place in range(BATCH)]
    return [*entries, a_tombstone(a_table(f"t{number - 1}_0"), number + 1)]


def main(url: str, how: str) -> None:
    index = open_index(url)
    build(index)
    for number in count():
        if how == "rebuilds":
            with index.rebuild(since=10**9) as rebuild:
                rebuild.write([entry._replace(revision=number + 1) for entry in batch(0)])
                rebuild.swap({"table": BATCH})
        else:
            index.write(batch(number))
        print(number, flush=True)  # noqa: T201 -- read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
