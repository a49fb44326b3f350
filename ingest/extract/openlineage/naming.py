"""What OpenLineage's datasets are called in the graph: its naming rules by platform, told otherwise by settings.

A dataset has a namespace, mostly a URL of the system, and a name within it. A table of SQL is called as every other
source calls it (extract/sql/naming.py), so that lineage from events and tables from the warehouse meet in one node.
What is no table (files, topics) has the place it is in for its schema.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ingest.extract.sql.naming import FALLBACK, Naming, dialect_of
from ingest.extract.sql.origins import TableName
from metadata_service.store.model_check import MAX_KEY_BYTES
from schemas.errors import InvalidSetting
from schemas.keys import TableKey

Name = tuple[str, str, str]  # catalog, schema, table; the first two may be empty

_DATABASES: Mapping[str, str] = MappingProxyType(  # schemes of systems of SQL, as they are called in keys
    {
        **{name: name for name in ("athena", "bigquery", "cassandra", "clickhouse", "crate", "databricks", "db2")},
        **{name: name for name in ("dremio", "drill", "duckdb", "hive", "impala", "mariadb", "mysql", "oceanbase")},
        **{name: name for name in ("oracle", "postgres", "presto", "redshift", "snowflake", "spanner", "spark")},
        **{name: name for name in ("sqlite", "teradata", "tidb", "trino", "vertica", "mssql", "sap", "exasol")},
        "awsathena": "athena",
        "postgresql": "postgres",
        "sqlserver": "mssql",
        "unitycatalog": "databricks",
    }
)
_SYSTEMS = frozenset(_DATABASES.values())
_STORES: Mapping[str, str] = MappingProxyType(  # schemes of what holds files
    {
        **{name: name for name in ("s3", "gs", "hdfs", "dbfs", "file", "abfss", "wasbs", "adl", "oss", "obs", "cos")},
        "s3a": "s3",
        "s3n": "s3",
        "gcs": "gs",
        "abfs": "abfss",
        "wasb": "wasbs",
        "webhdfs": "hdfs",
    }
)
_NAMESPACE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/]*))?(.*)\Z", re.DOTALL)
_PART = re.compile(r'"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^.]+)')
_PARTITION = re.compile(r"(?:/[^/=]+=[^/]*)+\Z")
_ROOM = 1_000  # bytes of a key for what hangs under a table
_MAX_COLUMN = 300  # characters
_WAREHOUSE = "hive"  # the namespace of tables whose own is but the folder of a warehouse


class Place(NamedTuple):
    """Where a dataset stands in the graph."""

    database: str
    cluster: str
    schema: str
    name: str


class Namespace(NamedTuple):
    """A namespace taken apart: `postgres://host:5432/x` is of the scheme postgres, at host:5432, under /x."""

    scheme: str
    at: str
    path: str

    @classmethod
    def read(cls, text: str) -> "Namespace":
        if text.startswith("/"):
            return cls("file", "", text)
        found = _NAMESPACE.match(text.removeprefix("jdbc:"))
        return cls(found[1].lower(), (found[2] or "").lower(), found[3]) if found else cls(text, "", "")

    @property
    def is_store(self) -> bool:
        return self.scheme in _STORES


class Names:
    """Calls datasets by the keys of tables. `namespaces`: DATABASE or DATABASE/CLUSTER by namespace or `prefix*`."""

    def __init__(
        self,
        namespaces: Mapping[str, str] = MappingProxyType({}),
        clusters: Mapping[str, str] = MappingProxyType({}),
        case: str = "system",
    ) -> None:
        nearest_first = sorted(namespaces.items(), key=lambda one: (one[0].endswith("*"), -len(one[0])))
        self._namespaces = [_told(*one) for one in nearest_first]
        self._clusters = clusters
        self._case = case
        self._naming = lru_cache(maxsize=1_000)(self._new_naming)
        self.key = lru_cache(maxsize=50_000)(self._key)
        self.folding = lru_cache(maxsize=50_000)(self._folding)

    def _key(self, namespace: str, name: str) -> str:
        """Return the key of a dataset, "" for a name that nothing can be called by."""
        database, cluster = next((to for fits, to in self._namespaces if fits(namespace)), ("", ""))
        read = Namespace.read(namespace)
        kind = database if database in _SYSTEMS else _DATABASES.get(read.scheme, "")
        if kind:
            found = Place(database or kind, *self._naming(database or kind).parts(TableName(*_sql(name))))
        else:
            found = _other(read, name)
        found = found._replace(database=database or found.database, cluster=cluster or found.cluster)
        key = str(TableKey(*found)) if all(found) else ""
        return key if len(key.encode()) <= MAX_KEY_BYTES - _ROOM and "\0" not in key else ""

    def column(self, table_key: str, field: str) -> str:
        """Return a column's name as it is in the graph."""
        return self.folding(table_key)(field)

    def _folding(self, table_key: str) -> Callable[[str], str]:
        """Return what writes the names of a table's columns as they are in the graph."""
        database = table_key.partition(":")[0]
        return self._naming(database).fold if database in _SYSTEMS else str

    def _new_naming(self, database: str) -> Naming:
        return Naming(database, dialect_of(database), clusters=self._clusters, case=self._case)


def _told(namespace: str, told: str) -> tuple[Callable[[str], bool], tuple[str, str]]:
    database, _, cluster = told.partition("/")
    if not database:
        raise InvalidSetting(f"namespaces: {namespace}: it must be DATABASE or DATABASE/CLUSTER.")
    if namespace.endswith("*"):
        begin = namespace[:-1].lower()
        return lambda text: text.lower().startswith(begin), (database, cluster)
    whole = _spelled(namespace)
    return lambda text: _spelled(text) == whole, (database, cluster)


def _spelled(namespace: str) -> str:
    """Return a namespace as it is compared: clients differ in its case and in whether it ends in a slash."""
    return namespace.lower().rstrip("/")


def _sql(name: str) -> Name:
    """Split a.b.c; parts may be quoted. What is in front of a schema is the catalog."""
    parts = ["".join(found).replace('""', '"') for found in _PART.findall(name)]
    schema = parts[-2] if len(parts) > 1 else ""
    return ".".join(parts[:-2]), schema, parts[-1] if parts else ""


def _other(namespace: Namespace, name: str) -> Place:
    """Place what is in no database of SQL."""
    scheme, at, path = namespace
    if namespace.is_store:
        return Place(_STORES[scheme], FALLBACK, at or FALLBACK, _path(f"{path}/{name}"))
    if scheme == "arn" and name.startswith("table/"):  # of AWS Glue
        _, schema, table = (*name.split("/", 2), "")[:3]
        return Place("glue", FALLBACK, schema, table)
    if scheme == "azurecosmos":
        return Place(scheme, FALLBACK, path.removeprefix("/dbs/").strip("/") or FALLBACK, name.removeprefix("colls/"))
    if scheme == "azurekusto":
        schema, _, table = name.rpartition("/")
        return Place(scheme, FALLBACK, schema or FALLBACK, table)
    if scheme == "pubsub" and name.count(":") >= 2:
        kind, project, resource = name.split(":", 2)
        return Place(scheme, FALLBACK, project, resource if kind == "topic" else f"{kind}:{resource}")
    if scheme == "kafka":
        return Place(scheme, FALLBACK, at or FALLBACK, name)
    # Nothing is known of the system: it is kept apart from others of its kind by where it is.
    schema, _, table = name.rpartition(".")
    return Place(scheme, f"{at}{path}".strip("/") or FALLBACK, schema or FALLBACK, table)


def _path(path: str) -> str:
    """Return a path without the slashes around it, and without partitions (`/day=…`): they are of one dataset."""
    clean = "/".join(part for part in path.split("/") if part)
    return _PARTITION.sub("", f"/{clean}").removeprefix("/") or clean


def is_fit(column: str) -> bool:
    """Say whether a column can be called so."""
    return 0 < len(column) <= _MAX_COLUMN and "\0" not in column


def is_store(namespace: str) -> bool:
    """Say whether a namespace has files, which a table may be another name of."""
    return Namespace.read(namespace).is_store


def of_table(namespace: str, name: str) -> tuple[str, str]:
    """Return what the symlink of a table names. A table in the folder of a warehouse is one of the warehouse."""
    return (_WAREHOUSE, name) if is_store(namespace) and "/" not in name else (namespace, name)
