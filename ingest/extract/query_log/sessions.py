"""What a session's own statements set for those behind them: the database and schema of names that lack one."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from ingest.extract.query_log.records import Entry
from ingest.extract.source import Refused

MAX_SESSIONS = 10_000  # of the sessions that were quiet longest, what they set is forgotten

_NAME = r"""(?:[\w$-]+|"[^"]+"|`[^`]+`|\[[^\]]+\]|'[^']+')"""
_USE = re.compile(
    rf"\s*use\s+(?:(?P<kind>database|catalog|schema|warehouse|role|secondary)\s+)?(?P<name>{_NAME}(?:\.{_NAME})*)\s*;?\s*",
    re.IGNORECASE,
)
_SEARCH_PATH = re.compile(rf"\s*set\s+(?:session\s+)?search_path\s*(?:=|to)\s*(?P<name>{_NAME})", re.IGNORECASE)
_PART = re.compile(_NAME)
_OF_DATABASES = frozenset({"tsql", "fabric", "snowflake"})  # where `USE name` chooses the database, not the schema
_TWO_LEVELS = frozenset(  # where a database is what others call a schema
    {"mysql", "hive", "spark", "spark2", "clickhouse", "doris", "starrocks", "singlestore", "teradata"}
)


class Sessions:
    """Completes entries, in the order of the log, with what `USE` and `SET search_path` of their sessions said."""

    def __init__(self, dialect: str, schema: str) -> None:
        self._schema = schema
        self._bare = "database" if dialect in _OF_DATABASES else "schema"
        self._two_levels = dialect in _TWO_LEVELS
        self._set: OrderedDict[str, dict[str, str]] = OrderedDict()

    def completed(self, entries: Iterable[Entry | Refused]) -> Iterator[Entry | Refused]:
        """Yield the entries that are left, each with its database and schema."""
        for entry in entries:
            if isinstance(entry, Refused):
                yield entry
            elif not self._note(entry):
                yield self._complete(entry)

    def _note(self, entry: Entry) -> bool:
        """Remember what a statement sets; say whether it does nothing else."""
        head = entry.sql[:1_000]
        if path := _SEARCH_PATH.match(head):
            self._remember(entry.session, {"schema": _bare(path["name"])})
            return True
        use = _USE.fullmatch(head)
        if use is None:
            return False
        names = [_bare(name) for name in _PART.findall(use["name"])]
        kind = (use["kind"] or "").lower()
        if len(names) > 1:
            self._remember(entry.session, {"database": names[-2], "schema": names[-1]})
        elif kind not in {"warehouse", "role", "secondary"}:
            chosen = {"catalog": "database", "schema": "schema"}.get(kind, self._bare)
            self._remember(entry.session, {chosen: names[0]})
        return True

    def _remember(self, session: str, chosen: dict[str, str]) -> None:
        self._set[session] = self._set.pop(session, {}) | chosen
        if len(self._set) > MAX_SESSIONS:
            self._set.popitem(last=False)

    def _complete(self, entry: Entry) -> Entry:
        database, schema = entry.database, entry.schema
        if self._two_levels and database and not schema:
            database, schema = "", database
        said = self._set.get(entry.session)
        if said is not None:
            database, schema = said.get("database", database), said.get("schema", schema)
        return entry._replace(database=database, schema=schema or self._schema)


def _bare(name: str) -> str:
    """Return a name without the quotes around it."""
    return name[1:-1] if name[:1] in "\"`['" else name
