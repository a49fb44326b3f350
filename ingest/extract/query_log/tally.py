"""Count what the statements of a log have in common: readers, joins, filters; and say it, statement by statement."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from ingest.extract.query_log.lineage import Lineage, Made
from ingest.extract.query_log.records import Entry
from ingest.extract.sql.conditions import FilterFact, JoinFact
from ingest.extract.sql.flows import Effect
from ingest.extract.sql.lineage import Facts
from ingest.extract.sql.naming import Naming
from ingest.extract.sql.origins import Origin, TableName
from schemas import statements as said
from schemas.keys import ColumnKey, TableKey

MOST = 50  # joins, and filters, that are said of a table
MAX_DISTINCT = 2_000  # of a table, held at one time; past that the rarest are forgotten

_SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "performance_schema", "pg_toast", "sys"})
_SYSTEM_NAMES = ("information_schema.", "pg_", "sqlite_", "stl_", "stv_", "svl_", "svv_")
_SYSTEM_CATALOGS = frozenset({"snowflake", "system"})
T = TypeVar("T")


class Tally:
    """What was seen so far. Its size depends on the tables, columns and people in the log, not on its length."""

    def __init__(self, naming: Naming, domain: str, ignored: Iterable[str]) -> None:
        self._database = naming.database
        self._table = lru_cache(maxsize=100_000)(lambda table: TableName(*naming.parts(table)))
        self._fold = naming.fold
        self._key = lru_cache(maxsize=100_000)(lambda table: str(TableKey(naming.database, *table)))
        self._domain = domain
        self._ignored = {name.lower() for name in ignored}
        self.lineage = Lineage()
        self._readers: defaultdict[TableName, Counter[str]] = defaultdict(Counter)
        self._joins: defaultdict[TableName, Counter[JoinFact]] = defaultdict(Counter)
        self._filters: defaultdict[TableName, Counter[FilterFact]] = defaultdict(Counter)

    def folded(self, facts: Facts) -> Facts:
        """Call tables and columns as the graph does, so that what is one there is counted as one."""
        return facts._replace(
            target=self._table(facts.target) if facts.target else None,
            reads=tuple(dict.fromkeys(map(self._table, facts.reads))),
            steps=tuple(
                step._replace(source=self._origin(step.source), column=self._fold(step.column)) for step in facts.steps
            ),
            joins=tuple(
                one._replace(left=self._origin(one.left), right=self._origin(one.right)) for one in facts.joins
            ),
            filters=tuple(
                one._replace(table=self._table(one.table), columns=tuple(map(self._fold, one.columns)))
                for one in facts.filters
            ),
        )

    def _origin(self, origin: Origin) -> Origin:
        return Origin(self._table(origin.table), self._fold(origin.column))

    def add(self, entry: Entry, all_facts: Iterable[Facts]) -> None:
        """Count one statement that was run, as `folded` gives it."""
        reader = self._reader(entry.user)
        for facts in all_facts:
            resolved = self.lineage.through(entry.session, _without_system(facts))
            self.lineage.add(entry.session, resolved)
            if resolved.effect is Effect.READ and reader:
                for table in resolved.reads:
                    self._readers[table][reader] += entry.times
            for join in resolved.joins:
                _count(self._joins[join.left.table], join, entry.times)
            for condition in resolved.filters:
                _count(self._filters[condition.table], condition, entry.times)

    def statements(self, *, stubs: bool) -> Iterator[said.Statement]:
        """Say it all; with `stubs`, each table and column that is named in it first."""
        made = dict(self.lineage.tables())
        if stubs:
            yield from self._stubs(made)
        for target, what in made.items():
            yield from self._lineage(target, what)
        for table, readers in self._readers.items():
            reads = [said.Reads(person, count) for person, count in sorted(readers.items())]
            yield said.Usage("table", self._key(table), reads)
        for table in {**self._joins, **self._filters}:
            yield self._queries(table)

    def _stubs(self, made: Mapping[TableName, Made]) -> Iterator[said.Table]:
        tables: defaultdict[TableName, dict[str, None]] = defaultdict(dict)
        for target, what in made.items():
            tables[target].update(dict.fromkeys(column for column in what.columns if column != "*"))
            for read in what.reads:
                tables[read].update({})
            for origin in (one for origins in what.columns.values() for one in origins if one.column != "*"):
                tables[origin.table][origin.column] = None
        for origin in (side for joins in self._joins.values() for join in joins for side in (join.left, join.right)):
            tables[origin.table][origin.column] = None
        for condition in (one for conditions in self._filters.values() for one in conditions):
            tables[condition.table].update(dict.fromkeys(condition.columns))
        for table in self._readers:
            tables[table].update({})
        for table, columns in tables.items():
            yield said.Table(self._database, *table, columns=[said.Column(name) for name in columns])

    def _lineage(self, target: TableName, made: Made) -> Iterator[said.Lineage]:
        key = self._key(target)
        upstream = [read for table in made.reads if (read := self._key(table)) != key]
        steps = [
            said.Step(self._column(origin), self._column(Origin(target, column)), how)
            for column, origins in made.columns.items()
            for origin, how in origins.items()
            if "*" not in {column, origin.column} and origin.table != target
        ]
        if upstream:
            yield said.Lineage("table", key, list(dict.fromkeys(upstream)), steps)

    def _queries(self, table: TableName) -> said.Queries:
        joins = [self._join(join, count) for join, count in self._joins[table].most_common(MOST)]
        filters = [
            said.Filter(one.clause, [self._column(Origin(table, column)) for column in one.columns], count)
            for one, count in self._filters[table].most_common(MOST)
        ]
        return said.Queries(self._key(table), joins, filters)

    def _join(self, join: JoinFact, count: int) -> said.Join:
        left, right = (f"{one.table.db}.{one.table.name}.{one.column}" for one in (join.left, join.right))
        table = join.right.table
        sql = f"{join.type.upper()} {table.db}.{table.name} ON {left} {join.operator} {right}"
        return said.Join(self._column(join.left), self._column(join.right), join.type, join.operator, sql, count)

    def _column(self, origin: Origin) -> str:
        return str(ColumnKey(self._key(origin.table), origin.column))

    def _reader(self, user: str) -> str:
        """Return the address of a user; empty for those who do not count."""
        name = user.lower()
        if name in self._ignored:
            return ""
        return f"{name}@{self._domain}" if name and self._domain and "@" not in name else name


def _count(counter: Counter[T], what: T, times: int) -> None:
    counter[what] += times
    if len(counter) > MAX_DISTINCT:
        kept = counter.most_common(MAX_DISTINCT // 2)
        counter.clear()
        counter.update(dict(kept))


def _without_system(facts: Facts) -> Facts:
    """Leave out what a statement reads of the database's own tables."""
    if not any(_is_system(table) for table in facts.reads):
        return facts
    return facts._replace(
        reads=tuple(table for table in facts.reads if not _is_system(table)),
        steps=tuple(step for step in facts.steps if not _is_system(step.source.table)),
        joins=tuple(join for join in facts.joins if not (_is_system(join.left.table) or _is_system(join.right.table))),
        filters=tuple(one for one in facts.filters if not _is_system(one.table)),
    )


def _is_system(table: TableName) -> bool:
    return (
        table.db.lower() in _SYSTEM_SCHEMAS
        or table.catalog.lower() in _SYSTEM_CATALOGS
        or table.name.lower().startswith(_SYSTEM_NAMES)
    )
