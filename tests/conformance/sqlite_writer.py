"""A program for the crash tests: writes tables one batch each and says so, until it is done or killed."""

import sys

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode

COLUMNS = 40
SHARED = NodeRef("Table", "hive://gold.core/shared")


def batch_of(writer: str, number: int) -> Batch:
    """Return a table with its columns, its reader, and one more reader of the table all writers share."""
    table = NodeRef("Table", f"hive://gold.{writer}/{number:05}")
    reader = NodeRef("User", f"{writer}-{number}")
    columns = [NodeRef("Column", f"{table.key}/{n}") for n in range(COLUMNS)]
    return Batch(
        (
            PutNode(table, {"name": "x" * 500}),
            PutNode(SHARED),
            PutNode(reader),
            *(PutNode(column, {"name": "x" * 200}) for column in columns),
            *(PutEdge(EdgeRef("COLUMN", table, column)) for column in columns),
            PutEdge(EdgeRef("READ_BY", SHARED, reader), {"read_count": 2}),
        ),
        Authority.SOURCE,
        source=writer,
    )


def main(path: str, writer: str, first: int, last: int) -> None:
    store = open_store(f"sqlite:///{path}")
    store.ensure_schema()
    for number in range(first, last):
        store.apply(batch_of(writer, number))
        print(number, flush=True)  # noqa: T201  # what the parent waits for
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
