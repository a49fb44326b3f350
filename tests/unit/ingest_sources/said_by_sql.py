"""What the source of SQL databases says, by kind."""

from typing import Any

from ingest.extract.source import Refused
from ingest.extract.sql_database.source import SqlDatabase
from schemas.statements import Lineage, Queries, Statement, Table


class Said:
    """One reading of a database."""

    def __init__(self, url: str, **settings: Any) -> None:
        told = SqlDatabase.settings().load({"url": url, **settings})
        self.items: list[Statement | Refused] = list(SqlDatabase(**told).extract())
        self.tables = {f"{one.schema}.{one.name}": one for one in self.items if isinstance(one, Table)}
        self.queries = {one.table: one for one in self.items if isinstance(one, Queries)}
        self.lineage = {one.key: one for one in self.items if isinstance(one, Lineage)}
        self.refused = {one.where: one.reason for one in self.items if isinstance(one, Refused)}

    def types(self, table: str) -> dict[str, str]:
        return {column.name: column.type for column in self.tables[table].columns}

    def badges(self, table: str) -> dict[str, list[str]]:
        return {column.name: [label.name for label in column.badges] for column in self.tables[table].columns}

    def steps(self, key: str) -> set[tuple[str, str, str | None]]:
        return {(step.source, step.target, step.transformation) for step in self.lineage[key].columns}

    def joins(self) -> list[tuple[str, str]]:
        return [(join.left, join.right) for queries in self.queries.values() for join in queries.joins]
