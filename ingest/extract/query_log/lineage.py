"""What tables are made from, gathered over many statements; temporary, renamed and dropped tables are seen through."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.extract.sql.flows import Effect
from ingest.extract.sql.lineage import Facts, StepFact
from ingest.extract.sql.origins import Origin, TableName

MAX_TABLES = 200_000
MAX_SESSIONS = 10_000  # with temporary tables, at one time
MAX_TEMPORARY = 1_000  # tables of a session
_DEPTH = 20  # of tables made from one another that are gone


@dataclass(slots=True)
class Made:
    """What a table is made from: tables, and for each of its columns the columns, with how that is done."""

    reads: dict[TableName, None] = field(default_factory=dict)
    columns: dict[str, dict[Origin, str | None]] = field(default_factory=dict)

    def add(self, reads: Sequence[TableName], steps: Sequence[StepFact]) -> None:
        self.reads.update(dict.fromkeys(reads))
        for step in steps:
            self.columns.setdefault(step.column, {}).setdefault(step.source, step.transformation)

    def origins(self, column: str) -> Mapping[Origin, str | None]:
        """Return where a column comes from; one that is there only by a `*` comes from the one table starred."""
        known = self.columns.get(column)
        if known is not None:
            return known
        stars = self.columns.get("*", {})
        return {star._replace(column=column): how for star, how in stars.items()} if len(stars) == 1 else {}


class Seen(NamedTuple):
    """What is left of a statement when temporary tables are seen through."""

    facts: Facts
    is_kept: bool


class Lineage:
    """The tables that were made and are still there."""

    def __init__(self) -> None:
        self._made: dict[TableName, Made] = {}
        self._dropped: set[TableName] = set()
        self._temporary: OrderedDict[str, dict[TableName, Made]] = OrderedDict()
        self.is_full = False

    def through(self, session: str, facts: Facts) -> Facts:
        """Return what a statement says with its session's temporary tables replaced by what they are made from."""
        temporary = self._temporary.get(session)
        if not temporary or not (temporary.keys() & set(facts.reads) or facts.target in temporary):
            return facts
        reads = dict.fromkeys(
            below for read in facts.reads for below in (temporary[read].reads if read in temporary else (read,))
        )
        return facts._replace(
            reads=tuple(reads),
            steps=tuple(_through(facts.steps, temporary)),
            joins=tuple(
                join._replace(left=left, right=right)
                for join in facts.joins
                if (left := _copied(join.left, temporary)) and (right := _copied(join.right, temporary))
            ),
            filters=tuple(one for one in facts.filters if one.table not in temporary),
            temporary=facts.temporary or facts.target in temporary,
        )

    def add(self, session: str, facts: Facts) -> None:
        """Note what a statement does to its target."""
        target = facts.target
        if target is None:
            return
        if facts.effect is Effect.DROP:
            if self._temporary.get(session, {}).pop(target, None) is None:
                self._dropped.add(target)
        elif facts.effect is Effect.RENAME:
            self._rename(session, facts.reads[0], target)
        elif facts.temporary:
            self._temporaries(session).setdefault(target, Made()).add(facts.reads, facts.steps)
        elif facts.reads:
            self._dropped.discard(target)
            self._put(target).add(facts.reads, facts.steps)

    def tables(self) -> Iterator[tuple[TableName, Made]]:
        """Yield each table that is left and what it is made from, dropped ones seen through."""
        gone = {name: made for name in self._dropped if (made := self._made.get(name))}
        for target, made in self._made.items():
            if target not in self._dropped:
                for _ in range(_DEPTH):
                    if not gone.keys() & made.reads.keys():
                        break
                    made = _contracted(made, gone)  # noqa: PLW2901  # one table after another
                yield target, made

    def _put(self, target: TableName) -> Made:
        made = self._made.get(target)
        if made is None:
            if len(self._made) >= MAX_TABLES:
                self.is_full = True
                return Made()
            made = self._made[target] = Made()
        return made

    def _rename(self, session: str, old: TableName, new: TableName) -> None:
        temporary = self._temporary.get(session, {})
        book = temporary if old in temporary else self._made
        self._dropped.discard(new)
        if old in book:
            book[new] = book.pop(old)

    def _temporaries(self, session: str) -> dict[TableName, Made]:
        tables = self._temporary[session] = self._temporary.pop(session, {})
        if len(self._temporary) > MAX_SESSIONS:
            self._temporary.popitem(last=False)
        if len(tables) >= MAX_TEMPORARY:
            del tables[next(iter(tables))]
        return tables


def _through(steps: Sequence[StepFact], gone: Mapping[TableName, Made]) -> Iterator[StepFact]:
    for step in steps:
        made = gone.get(step.source.table)
        if made is None:
            yield step
        elif step.source.column == "*":
            yield from (
                StepFact(origin, column, how)
                for column, origins in made.columns.items()
                for origin, how in origins.items()
            )
        else:
            for origin, how in made.origins(step.source.column).items():
                yield StepFact(origin, step.column, step.transformation or how)


def _contracted(made: Made, gone: Mapping[TableName, Made]) -> Made:
    steps = [StepFact(origin, column, how) for column, all_ in made.columns.items() for origin, how in all_.items()]
    below = Made()
    below.add(
        [name for read in made.reads for name in (gone[read].reads if read in gone else (read,))],
        list(_through(steps, gone)),
    )
    return below


def _copied(column: Origin, temporary: Mapping[TableName, Made]) -> Origin | None:
    """Return the column that a temporary table's one is a copy of, if it is one."""
    if column.table not in temporary:
        return column
    origins = temporary[column.table].origins(column.column)
    copies = [origin for origin, how in origins.items() if how is None]
    return copies[0] if len(copies) == len(origins) == 1 else None
