"""A table as its page shows it: one shape, read in one go, and its reading."""

from collections.abc import Sequence

from metadata_service.catalog import people, selections
from metadata_service.catalog.joins import COLUMN_JOINS, COLUMN_WHERES, common_filters, common_joins
from metadata_service.catalog.selections import children, only, optional_int, optional_text, props_of, text
from metadata_service.catalog.summaries import DASHBOARD_CHILDREN, dashboard_summary, place
from metadata_service.store.collector import collector_paused
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import NESTED, Order, Record, Select, Shape
from schemas import entities
from schemas.errors import NotFound
from schemas.graph import Direction

_APPLICATION = ("application_url", "description", "id", "name")
_BY_POSITION = (Order("sort_order"),)

TYPE_METADATA = Select(
    ("TYPE_METADATA",),
    "Type_Metadata",
    props=("kind", "name", "data_type", "sort_order"),
    where=selections.PRESENT,
    order=_BY_POSITION,
    repeat=("SUBTYPE",),
    children=children(description=selections.DESCRIPTION, badges=selections.BADGES),
)
COLUMNS = Select(
    ("COLUMN",),
    "Column",
    props=("name", "col_type", "sort_order"),
    where=selections.PRESENT,
    order=_BY_POSITION,
    children=children(
        description=selections.DESCRIPTION,
        stats=selections.STATS,
        badges=selections.BADGES,
        type_metadata=TYPE_METADATA,
        joins=COLUMN_JOINS,
        wheres=COLUMN_WHERES,
    ),
)
TABLE_DETAIL = Shape(
    "Table",
    ("name", "is_view"),
    children(
        schema=selections.SCHEMA,
        description=selections.DESCRIPTION,
        programmatic=selections.PROGRAMMATIC,
        tags=selections.TAGS,
        badges=selections.BADGES,
        owners=people.OWNERS,
        readers=people.READERS,
        watermarks=Select(
            ("BELONG_TO_TABLE",),
            "Watermark",
            Direction.IN,
            props=("partition_key", "partition_value", "create_time"),
        ),
        producers=Select(("DERIVED_FROM",), "Application", props=_APPLICATION),
        consumers=Select(("CONSUMED_BY",), "Application", props=_APPLICATION),
        reports=Select(("HAS_REPORT",), "Report", props=("name", "url"), order=(Order("name"),)),
        updated=Select(("LAST_UPDATED_AT",), "Timestamp", props=("last_updated_timestamp", "timestamp")),
        source=Select(("SOURCE_OF",), "Source", Direction.IN, props=("source", "source_type")),
        columns=COLUMNS,
    ),
)
_DASHBOARDS = Select(
    ("DASHBOARD_WITH_TABLE",),
    "Dashboard",
    Direction.IN,
    props=("name", "dashboard_url"),
    where=selections.PRESENT,
    children={**DASHBOARD_CHILDREN, "readers": selections.READ_COUNTS},
)


_WITH_DASHBOARDS = Shape("Table", (), {"dashboards": _DASHBOARDS})


def get_table(store: GraphStore, key: str) -> entities.Table:
    """Return a table, with or without columns. Raises NotFound."""
    with collector_paused():  # a wide table is tens of thousands of objects, all of them wanted
        record = store.fetch(key, TABLE_DETAIL)
        if record is None:
            raise NotFound(f"table_uri {key} does not exist")
        return _table(record)


def list_dashboards(store: GraphStore, key: str) -> list[entities.DashboardSummary]:
    """Return the dashboards made from a table, the most viewed first; none for an unknown table, as in Amundsen."""
    record = store.fetch(key, _WITH_DASHBOARDS)
    found = record.children["dashboards"] if record else []
    return [dashboard_summary(item) for item in sorted(found, key=selections.read_count, reverse=True)]


def _table(record: Record) -> entities.Table:
    database, cluster, schema = place(record)
    applications = _applications(record)
    updated = props_of(only(record, "updated"))
    columns = record.children["columns"]
    return entities.Table(
        database=database,
        cluster=cluster,
        schema=schema,
        name=text(record.props, "name"),
        key=record.key,
        tags=selections.tags(record, ("default",)),
        badges=selections.badges(record),
        table_readers=[_reader(item) for item in record.children["readers"]],
        description=selections.description(record),
        columns=[_column(item) for item in columns],
        owners=people.owners(record),
        watermarks=[_watermark(item) for item in record.children["watermarks"]],
        table_writer=next((item for item in applications if item.kind == "Producing"), None),
        table_apps=applications,
        resource_reports=[
            entities.ResourceReport(text(item.props, "name"), text(item.props, "url"))
            for item in record.children["reports"]
        ],
        last_updated_timestamp=optional_int(updated, "last_updated_timestamp") or optional_int(updated, "timestamp"),
        source=_source(only(record, "source")),
        is_view=record.props.get("is_view") is True,
        programmatic_descriptions=selections.programmatic_descriptions(record),
        common_joins=common_joins(record.key, columns),
        common_filters=common_filters(columns),
    )


def _column(record: Record) -> entities.Column:
    nested = record.children["type_metadata"]
    return entities.Column(
        text(record.props, "name"),
        record.key,
        selections.description(record),
        text(record.props, "col_type"),
        optional_int(record.props, "sort_order") or 0,
        selections.stats(record),
        selections.badges(record),
        _type_metadata(nested[0]) if nested else None,
    )


def _type_metadata(record: Record) -> entities.TypeMetadata:
    return entities.TypeMetadata(
        text(record.props, "kind"),
        text(record.props, "name"),
        record.key,
        selections.description(record),
        text(record.props, "data_type"),
        optional_int(record.props, "sort_order") or 0,
        selections.badges(record),
        [_type_metadata(item) for item in record.children[NESTED]],
    )


def _reader(record: Record) -> entities.Reader:
    return entities.Reader(people.person(record.key, record.props), optional_int(record.edge, "read_count") or 0)


def _watermark(record: Record) -> entities.Watermark:
    return entities.Watermark(
        record.key.split("/")[-2] if record.key.count("/") else None,
        optional_text(record.props, "partition_key"),
        optional_text(record.props, "partition_value"),
        optional_text(record.props, "create_time"),
    )


def _applications(record: Record) -> Sequence[entities.Application]:
    """Return who writes a table, then who reads it and does not write it too."""
    producing = [_application(item, "Producing") for item in record.children["producers"]]
    writers = {item.id for item in producing}
    consuming = [_application(item, "Consuming") for item in record.children["consumers"]]
    return producing + [item for item in consuming if item.id not in writers]


def _application(record: Record, kind: str) -> entities.Application:
    return entities.Application(
        optional_text(record.props, "application_url"),
        optional_text(record.props, "description"),
        text(record.props, "id"),
        optional_text(record.props, "name"),
        kind,
    )


def _source(record: Record | None) -> entities.Source | None:
    if record is None:
        return None
    return entities.Source(text(record.props, "source_type"), text(record.props, "source"))
