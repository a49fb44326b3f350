"""Which models depend on something: the versions downstream of it, and for a column how that is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from metadata_service.catalog.selections import only, props_of, text
from metadata_service.catalog.writes import require
from metadata_service.lineage.relations import DOWNSTREAM, KINDS
from metadata_service.lineage.sweep import sweep
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Select, Shape
from schemas.graph import GONE, Direction
from schemas.lineage import DependentModel, DependentModels

MOST_RELATIONS = 200_000
PRODUCTION_STAGES = ("Production",)
PRODUCTION_ALIASES = ("champion", "production", "prod")
TABLE = "table"  # how it is known where no column says so
_LINEAGE = DOWNSTREAM[0].relation
_ANY_DEPTH = 1_000_000
_VERSION = Shape(
    "MLModelVersion",
    ("version", "stage", "aliases", GONE),
    {
        "model": Select(
            ("HAS_VERSION",),
            "MLModel",
            Direction.IN,
            props=("name",),
            children={"owners": Select(("OWNER",), "User")},
        ),
        "runs": Select(("PRODUCED",), "MLRun", Direction.IN),
        "columns": Select((_LINEAGE,), "Column", Direction.IN, edge_props=("transformation",)),
    },
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which versions are asked for; an empty set asks for nothing."""

    stages: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()
    in_production: bool = False

    def takes(self, found: DependentModel) -> bool:
        """Say whether a version is one that is asked for."""
        if self.in_production and not found.in_production:
            return False
        named = bool(self.stages or self.aliases)
        return not named or found.stage in self.stages or not self.aliases.isdisjoint(found.aliases)


def find_models(
    store: GraphStore, start: NodeRef, wanted: Wanted = Wanted(), most: int = MOST_RELATIONS
) -> DependentModels:
    """Find the versions of models downstream, those in production first. Raises NotFound.

    From a column, by columns (`known_by` says `signature` or `dataset`); and by its table, those that are not known
    to use other columns of it alone.
    """
    require(store, start, f"{start.key} does not exist")
    reached, complete = _reached(store, start, most)
    by_table: Mapping[NodeRef, int] = {}
    if start.label == "Column":
        by_table, whole = _reached(store, NodeRef("Table", start.key.rpartition("/")[0]), most)
        complete &= whole
    versions = {ref.key: level for ref, level in {**by_table, **reached}.items() if ref.label == "MLModelVersion"}
    records = store.fetch_many(sorted(versions), _VERSION) if versions else {}
    items = [
        _dependent(records[key], level, known_by)
        for key, level in versions.items()
        if key in records
        and records[key].props.get(GONE) is None
        and (known_by := _known_by(records[key], start, reached, level)) != ""
    ]
    found = sorted(filter(wanted.takes, items), key=_order)
    return DependentModels(KINDS[start.label], start.key, found, complete)


def _reached(store: GraphStore, start: NodeRef, most: int) -> tuple[dict[NodeRef, int], bool]:
    found = sweep(store, start, along=True, depth=_ANY_DEPTH, most=most)
    return {found.nodes[place]: level for place, level in found.levels.items()}, found.complete


def _known_by(record: Record, start: NodeRef, reached: Collection[NodeRef], level: int) -> str | None:
    """Say how it is known that a version depends on a column; nothing where it is known not to, None of another start.

    A version that reads the column's own table, and knows which columns it uses, does not use one that is none of them.
    """
    if start.label != "Column":
        return None
    columns = record.children["columns"]
    ways = {text(each.edge, "transformation") for each in columns if NodeRef("Column", each.key) in reached}
    if ways:
        return min(ways, key=lambda way: (way != "signature", way)) or "lineage"
    if NodeRef("MLModelVersion", record.key) in reached:
        return "lineage"
    table = start.key.rpartition("/")[0]
    knows = any(each.key.rpartition("/")[0] == table for each in columns)
    return "" if knows and level == _THROUGH_ITS_RUN else TABLE


_THROUGH_ITS_RUN = 2  # steps from a table to a version that a run made of it


def _dependent(record: Record, level: int, known_by: str | None) -> DependentModel:
    model = only(record, "model")
    stage, aliases = text(record.props, "stage") or None, _aliases(record)
    return DependentModel(
        key=record.key,
        version=text(record.props, "version"),
        model=model.key if model else record.key.rpartition("/version/")[0],
        name=text(props_of(model), "name"),
        stage=stage,
        aliases=aliases,
        in_production=stage in PRODUCTION_STAGES or any(alias.lower() in PRODUCTION_ALIASES for alias in aliases),
        known_by=known_by,
        distance=level,
        runs=[run.key for run in record.children["runs"]],
        owners=[owner.key for owner in model.children["owners"]] if model else [],
    )


def _aliases(record: Record) -> list[str]:
    value = record.props.get("aliases")
    return [str(alias) for alias in value] if isinstance(value, list) else []


def _order(found: DependentModel) -> tuple[bool, int, str, int, str]:
    number = int(found.version) if found.version.isdecimal() else 0
    return not found.in_production, found.distance, found.name, -number, found.key
