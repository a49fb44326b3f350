"""What is shown of a node of lineage: its name, where it is, who owns it and how much it is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from metadata_service.catalog import selections
from metadata_service.catalog.selections import children, only, optional_int, text
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Select, Shape
from schemas.entities import Badge
from schemas.errors import InvalidKey
from schemas.graph import GONE, READS, Direction
from schemas.keys import ColumnKey, DashboardKey, FeatureKey, ModelKey, ModelVersionKey, RunKey, TableKey


def _without_badges(shape: Shape) -> Shape:
    kept = {name: select for name, select in shape.children.items() if name != "badges"}
    return Shape(shape.label, shape.props, kept)


_OWN = ("name", READS, GONE)
_OWNERS = Select(("OWNER",), "User")
_TABLE = Select(("COLUMN",), "Table", Direction.IN, children={"owners": _OWNERS})
_MODEL = Select(("HAS_VERSION",), "MLModel", Direction.IN, children={"owners": _OWNERS})
_RESOURCE = children(owners=_OWNERS, badges=selections.BADGES)
SHAPES = {
    "Table": Shape("Table", _OWN, _RESOURCE),
    "Column": Shape("Column", _OWN, children(table=_TABLE, badges=selections.BADGES)),
    "Dashboard": Shape("Dashboard", _OWN, _RESOURCE),
    "Feature": Shape("Feature", _OWN, _RESOURCE),
    "MLRun": Shape("MLRun", _OWN, {"owners": Select(("RAN_BY",), "User")}),
    "MLModelVersion": Shape("MLModelVersion", _OWN, {"model": _MODEL}),
    "MLModel": Shape("MLModel", _OWN, _RESOURCE),
}
_HELD_BY = {"Column": "table", "MLModelVersion": "model"}  # what the owners of these are read from

# The same without badges, for long lists.
BRIEF = {label: _without_badges(shape) for label, shape in SHAPES.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is, by its key; nothing where the key does not follow its grammar."""

    database: str | None = None
    cluster: str | None = None
    schema: str | None = None


class View(NamedTuple):
    """What a node's record says. A column's table, and so its owners, are those of the relation, else of its key.

    A run is owned by who ran it, a version of a model by who owns the model.
    """

    name: str
    usage: int
    owners: Sequence[str]
    badges: Sequence[Badge]
    table: str | None
    gone_since: int | None


def fetch_views(
    store: GraphStore, refs: Iterable[NodeRef], shapes: Mapping[str, Shape] = SHAPES
) -> dict[NodeRef, View]:
    """Read what is shown of each node that exists; one call for each kind among them."""
    keys: dict[str, list[str]] = defaultdict(list)
    for label, key in refs:
        keys[label].append(key)
    return {
        NodeRef(label, key): view_of(label, record)
        for label, some in keys.items()
        for key, record in store.fetch_many(some, shapes[label]).items()
    }


def view_of(label: str, record: Record) -> View:
    """Return what is shown of a node of a label by its record."""
    held_by = _HELD_BY.get(label)
    holder = only(record, held_by) if held_by else record
    table = holder if label == "Column" else None
    return View(
        text(record.props, "name") or record.key.rpartition("/")[2],
        optional_int(record.props, READS) or 0,
        [owner.key for owner in holder.children["owners"]] if holder else [],
        selections.badges(record) if record.children.get("badges") else [],
        None if label != "Column" else table.key if table else record.key.rpartition("/")[0],
        optional_int(record.props, GONE),
    )


def _instance(ref: NodeRef) -> str:
    """Return the registry that a run, a model or a version of one stands in."""
    if ref.label == "MLRun":
        return RunKey.parse(ref.key).instance
    return ModelKey.parse(ref.key if ref.label == "MLModel" else ModelVersionKey.parse(ref.key).model_key).instance


@lru_cache(maxsize=10_000)
def place_of(ref: NodeRef) -> Place:
    """Return where a node is."""
    try:
        match ref.label:
            case "Table" | "Column":
                whole = ref.key if ref.label == "Table" else ColumnKey.parse(ref.key).table_key
                table = TableKey.parse(whole)
                return Place(table.database, table.cluster, table.schema)
            case "Dashboard":
                board = DashboardKey.parse(ref.key)
                return Place(board.product, board.cluster, board.group)
            case "Feature":
                return Place(schema=FeatureKey.parse(ref.key).group)
            case _:
                return Place("mlflow", schema=_instance(ref))
    except InvalidKey:
        return Place()
