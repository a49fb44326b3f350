"""Numbers about the catalogue as a whole."""

from metadata_service.catalog.selections import optional_int
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.shapes import Shape
from schemas import entities
from schemas.graph import Direction
from schemas.keys import UPDATED_TIMESTAMP

_DOCUMENTED = Related(("DESCRIPTION",), ("Description",), non_empty="description")
_OWNED = Related(("OWNER",), ("User",))
_OWNING = Related(("OWNER",), ("Table", "Dashboard", "Feature"), Direction.IN)


def count_statistics(store: GraphStore) -> entities.Statistics:
    """Count what the names of the numbers say: descriptions that are not empty, owners of anything, tables alone."""
    return entities.Statistics(
        number_of_tables=store.count("Table"),
        number_of_documented_tables=store.count("Table", [_DOCUMENTED]),
        number_of_documented_cols=store.count("Column", [_DOCUMENTED]),
        number_of_owners=store.count("User", [_OWNING]),
        number_of_tables_with_owners=store.count("Table", [_OWNED]),
        number_of_documented_and_owned_tables=store.count("Table", [_DOCUMENTED, _OWNED]),
    )


def find_latest_timestamp(store: GraphStore) -> int | None:
    """Return when the catalogue was last fed, in epoch seconds, or None when it never was."""
    record = store.fetch(UPDATED_TIMESTAMP, Shape("Updatedtimestamp", ("latest_timestamp",)))
    return optional_int(record.props, "latest_timestamp") if record else None
