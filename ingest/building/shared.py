"""What the statements of many things share: a schema, a group of dashboards, a badge.

Each is a statement of its own, taken out of those that mention it, so that sources do not fight over it either. Where
one run says different things of one of them, the first stands.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.entities import entity
from schemas.statements import Dashboard, Label, Table


@entity
class SharedSchema:
    """The description of a schema."""

    database: str
    cluster: str
    schema: str
    description: str


@entity
class SharedGroup:
    """A group of dashboards."""

    product: str
    cluster: str
    id: str
    name: str = ""
    url: str = ""
    description: str | None = None


@entity
class SharedBadge:
    """The category of a badge."""

    name: str
    category: str


def shared_by(statement: Any) -> Iterator[Any]:
    """Yield what a statement says of shared things."""
    if isinstance(statement, Table):
        if statement.schema_description:
            yield SharedSchema(statement.database, statement.cluster, statement.schema, statement.schema_description)
        yield from _badges(statement.badges)
        for column in statement.columns:
            if column.badges:
                yield from _badges(column.badges)
    elif isinstance(statement, Dashboard):
        group = statement.group
        yield SharedGroup(statement.product, statement.cluster, group.id, group.name, group.url, group.description)
        yield from _badges(statement.badges)


def _badges(labels: Sequence[Label]) -> Iterator[SharedBadge]:
    return (SharedBadge(label.name, label.category) for label in labels)
