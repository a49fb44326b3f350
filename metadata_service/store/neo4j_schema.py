"""Constraints and indexes of a Neo4j database, generated from the graph model."""

from functools import partial

from metadata_service.store.neo4j_bookkeeping import CHANGE
from metadata_service.store.neo4j_connection import Connection, Run
from metadata_service.store.neo4j_publishing import LEASE, NOTE
from metadata_service.store.tallies import TALLIED
from schemas.errors import Conflict
from schemas.graph import GONE, LABELS, MARKED, RANKED, RELATIONS

STORE = "Fram_Store"  # one node: which version of Fram's own bookkeeping the database holds
VERSION = 1

RESOURCES = tuple(sorted({source for source, _ in RELATIONS[TALLIED].ends}))

Wanted = tuple[str, tuple[str, ...], bool]  # label, properties, unique
_WANTED: tuple[Wanted, ...] = (
    *((label, ("key",), True) for label in (*LABELS, STORE, LEASE, NOTE)),
    (CHANGE, ("label", "key"), True),
    (CHANGE, ("pending_since",), False),
    (CHANGE, ("retry_at",), False),
    *((label, (name,), False) for label, name in RANKED.items()),
    *((label, (GONE,), False) for label in sorted(MARKED)),
)


def ensure_indexes(connection: Connection) -> None:
    """Create what is missing, whatever the name of what is there. Idempotent; several processes may do it at once."""
    rows = connection.read(
        "SHOW INDEXES YIELD labelsOrTypes, properties, owningConstraint WHERE properties <> [] "
        "RETURN collect([labelsOrTypes, properties, owningConstraint])"
    )
    present = {(labels[0], tuple(names), constraint is not None) for labels, names, constraint in rows}
    for wanted in _WANTED:
        if wanted not in present:
            connection.write(partial(_create, wanted))


def is_new(connection: Connection) -> bool:
    """Say whether Fram has not written to this database before. Raises Conflict when a newer Fram has."""
    version = connection.read(f"MATCH (s:{STORE}) RETURN s.version")
    if version is not None and version > VERSION:
        raise Conflict("The graph was written by a newer version of Fram.")
    return version is None


def mark(connection: Connection) -> None:
    """Note that Fram has written to this database."""
    statement = f"MERGE (s:{STORE} {{key: $key}}) SET s.version = $version"
    connection.write(lambda run: run(statement, key="store", version=VERSION))


def has_readers(connection: Connection) -> bool:
    """Say whether anybody reads anything."""
    return bool(connection.read(f"MATCH ()-[r:{TALLIED}]->() RETURN 1 LIMIT 1"))


def _create(wanted: Wanted, run: Run) -> None:
    label, names, unique = wanted
    name = "_".join(("fram", label.lower(), *names))
    properties = ", ".join(f"n.{name}" for name in names)
    if unique:
        run(f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({properties}) IS UNIQUE")
    else:
        run(f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON ({properties})")
