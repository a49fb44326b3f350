"""Selections that several shapes share, each beside the reading of what it selects."""

from collections.abc import Mapping

from metadata_service.store.shapes import Order, Props, Record, Select
from schemas import entities
from schemas.graph import GONE, Direction, Value

PRESENT: Mapping[str, Value | None] = {GONE: None}  # what some source says still
DESCRIPTION = Select(("DESCRIPTION",), "Description", props=("description",))
PROGRAMMATIC = Select(
    ("DESCRIPTION",),
    "Programmatic_Description",
    props=("description_source", "description"),
    order=(Order("description_source"),),
)
BADGES = Select(("HAS_BADGE",), "Badge", props=("category",))
# Dashboards ingested by databuilder carry tags of type `dashboard`, written the other way round.
TAGS = Select(("TAGGED_BY", "TAG"), "Tag", props=("tag_type",))
READ_COUNTS = Select(("READ_BY",), "User", edge_props=("read_count",))
STATS = Select(
    ("STAT_OF",), "Stat", Direction.IN, props=("stat_type", "stat_val", "start_epoch", "end_epoch", "is_metric")
)
_DATABASE = Select(("CLUSTER",), "Database", Direction.IN, props=("name",))
_CLUSTER = Select(("SCHEMA",), "Cluster", Direction.IN, props=("name",), children={"database": _DATABASE})
SCHEMA = Select(("TABLE",), "Schema", Direction.IN, props=("name",), children={"cluster": _CLUSTER})


def text(props: Props, name: str) -> str:
    """Return a property that a reply cannot be without, as text; empty when it is absent."""
    value = props.get(name)
    return "" if value is None else str(value)


def optional_text(props: Props, name: str) -> str | None:
    value = props.get(name)
    return value if value is None or isinstance(value, str) else str(value)


def optional_int(props: Props, name: str) -> int | None:
    """Return a property as a whole number, or None when it is absent or not one (databuilder stores some as text)."""
    value = props.get(name)
    if type(value) is int:
        return value
    try:
        return None if value is None or isinstance(value, list) else int(float(value))
    except (ValueError, OverflowError):
        return None


def only(record: Record, child: str) -> Record | None:
    """Return the first record of a child that has one at most."""
    found = record.children[child]
    return found[0] if found else None


def props_of(record: Record | None) -> Props:
    return {} if record is None else record.props


def description(record: Record) -> str | None:
    found = record.children["description"]
    return optional_text(found[0].props, "description") if found else None


def programmatic_descriptions(record: Record) -> list[entities.ProgrammaticDescription]:
    return [
        entities.ProgrammaticDescription(text(item.props, "description_source"), text(item.props, "description"))
        for item in record.children["programmatic"]
    ]


def badges(record: Record) -> list[entities.Badge]:
    return [entities.Badge(item.key, text(item.props, "category")) for item in record.children["badges"]]


def tags(record: Record, types: tuple[str, ...] = ()) -> list[entities.Tag]:
    """Return the tags, of the given types only where some are given; a tag without a type counts as `default`."""
    found = ((item.key, text(item.props, "tag_type") or "default") for item in record.children["tags"])
    return [entities.Tag(kind, name) for name, kind in found if not types or kind in types]


def read_count(record: Record) -> int:
    """Add up what people read."""
    return sum(optional_int(item.edge, "read_count") or 0 for item in record.children["readers"])


def stats(record: Record) -> list[entities.Stat]:
    return [stat(item.props) for item in record.children["stats"]]


def stat(props: Props) -> entities.Stat:
    """Read a statistic. A wide table has more of these than of all else, so the usual types take no detour."""
    get = props.get
    kind, value, metric = get("stat_type"), get("stat_val"), get("is_metric")
    start, end = get("start_epoch"), get("end_epoch")
    return entities.Stat(
        kind if type(kind) is str else text(props, "stat_type"),
        value if type(value) is str else optional_text(props, "stat_val"),
        start if type(start) is int else optional_int(props, "start_epoch"),
        end if type(end) is int else optional_int(props, "end_epoch"),
        metric if isinstance(metric, bool) else None,
    )


def children(**selects: Select) -> Mapping[str, Select]:
    """Name the children of a shape."""
    return selects
