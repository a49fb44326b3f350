"""Tables with their columns, and the schemas they stand in."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ingest import records
from ingest.building.shared import SharedSchema
from ingest.nested_types import is_nested, nested_types
from ingest.records import OWN_DESCRIPTION, Put, link
from metadata_service.store.mutations import Fan, NodeRef, PutNode, new_node
from schemas import keys
from schemas.errors import Invalid
from schemas.graph import Value
from schemas.statements import Column, Label, Measure, Table


def table_key(table: Table) -> str:
    return records.table_ref(table.database, table.cluster, table.schema, table.name).key


def table(said: Table) -> list[Put | Fan]:
    """Put a table. Raises InvalidKey for an empty name, Invalid for what is said twice."""
    ref = records.table_ref(said.database, said.cluster, said.schema, said.name)
    return [
        *records.table(said.database, said.cluster, said.schema, said.name, is_view=said.is_view),
        *records.description(ref, said.description or ""),
        *_columns(ref, said.columns),
        *records.tags(ref, said.tags),
        *badges(ref, said.badges),
        *records.owners(ref, said.owners),
        *_statistics(ref, said.statistics),
        *_about(ref, said),
    ]


def _about(ref: NodeRef, said: Table) -> Iterator[Put]:
    """Put what is known about a table beside what it holds."""
    for mark in said.watermarks:
        yield from records.watermark(ref, mark.type, mark.partition, mark.created_at)
    if said.updated_at is not None:
        yield from records.table_updated(ref, said.updated_at)
    if said.code is not None:
        yield from records.source_code(ref, said.code.url, said.code.type)
    if said.task is not None:
        yield from records.airflow_task(ref, said.task.cluster, said.task.dag, said.task.task, said.task.url)
    for report in said.reports:
        yield from records.report(ref, report.name, report.url)
    for program, text in said.notes.items():
        if program == OWN_DESCRIPTION:
            raise Invalid(f"notes: {program!r} is the table's own description and no program's.")
        yield from records.description(ref, text, program)


def _columns(table: NodeRef, said: Sequence[Column]) -> list[Put | Fan]:
    """Put columns, most of what there is in a catalogue; few have more than a name and a type."""
    names = [column.name for column in said]
    _check_once(names)
    fan = Fan(table, "COLUMN", "Column", keys.column_keys(table.key, names), _props(said))
    puts: list[Put | Fan] = [fan]
    nested = {name for name in {column.type for column in said} if is_nested(name)}
    for key, column in zip(fan.keys, said, strict=True):
        if column.description or column.badges or column.statistics or column.type in nested:
            puts += _about_column(new_node(("Column", key)), column)
    return puts


def _props(said: Sequence[Column]) -> list[dict[str, Value]]:
    return [
        {"name": column.name, "sort_order": place, "col_type": column.type}
        if column.type
        else {"name": column.name, "sort_order": place}
        for place, column in enumerate(said)
    ]


def _about_column(ref: NodeRef, said: Column) -> list[Put]:
    puts: list[Put] = []
    if said.type:
        puts += nested_types(ref, said.type)
    if said.description:
        puts += records.description(ref, said.description)
    if said.badges:
        puts += badges(ref, said.badges)
    if said.statistics:
        puts += _statistics(ref, said.statistics)
    return puts


def badges(ref: NodeRef, labels: Sequence[Label]) -> Iterator[Put]:
    """Give a resource badges; their categories are statements of their own."""
    for label in labels:
        badge = new_node(("Badge", label.name))
        yield PutNode(badge)
        yield link("HAS_BADGE", ref, badge)


def _statistics(ref: NodeRef, measures: Sequence[Measure]) -> Iterator[Put]:
    for measure in measures:
        yield from records.statistic(ref, measure.name, measure.value, measure.start, measure.end)


def _check_once(names: list[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise Invalid(f"columns: {twice[:80]!r} is there twice.")


def schema_key(said: SharedSchema) -> str:
    return str(keys.SchemaKey(said.database, said.cluster, said.schema))


def schema(said: SharedSchema) -> Iterator[Put]:
    """Put the description of a schema."""
    key = schema_key(said)
    yield from records.schema(key, said.schema)
    yield from records.description(NodeRef("Schema", key), said.description)
