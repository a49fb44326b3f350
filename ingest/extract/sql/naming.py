"""How tables that SQL names are called in the graph: which database, cluster and schema they are in, in which case."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from marshmallow import Schema, ValidationError, fields, validate
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy

from ingest.extract.sql.origins import TableName
from schemas.keys import ColumnKey, TableKey

FALLBACK = "default"  # the cluster or schema of a name that has none

_DIALECTS = MappingProxyType(  # what systems are called elsewhere (dbt's adapters, SQLAlchemy), as sqlglot calls them
    {
        "athena": "athena",
        "fabric": "fabric",
        "glue": "spark",
        "greenplum": "postgres",
        "impala": "hive",
        "mariadb": "mysql",
        "mssql": "tsql",
        "postgresql": "postgres",
        "sqlserver": "tsql",
        "synapse": "tsql",
        "tidb": "mysql",
        "timescaledb": "postgres",
        "vertica": "postgres",
    }
)
_SCHEMAS = MappingProxyType(  # where a dialect looks for a table first
    {
        "duckdb": "main",
        "fabric": "dbo",
        "materialize": "public",
        "postgres": "public",
        "redshift": "public",
        "risingwave": "public",
        "snowflake": "public",
        "sqlite": "main",
        "tsql": "dbo",
    }
)


def dialect_of(system: str) -> str:
    """Return sqlglot's dialect of a system, "" (its own, a superset of most) for one that it does not know."""
    name = _DIALECTS.get(system.lower(), system.lower())
    return name if name in Dialect.classes else ""


def default_schema(dialect: str) -> str:
    """Return the schema of tables that are named without one."""
    return _SCHEMAS.get(dialect, FALLBACK)


def _known_dialect(value: str) -> None:
    if value and not dialect_of(value):
        known = ", ".join(sorted(filter(None, Dialect.classes)))
        raise ValidationError(f"There is no dialect {value!r}; there are {known}.")


class NamingSettings(Schema):
    """The settings that say how tables are called."""

    cluster = fields.String(
        metadata={"description": "The cluster of tables that are named without a database (default: default)."}
    )
    clusters = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Length(min=1)),
        metadata={"description": "The clusters that databases are kept as, where they are called otherwise."},
    )
    dialect = fields.String(
        validate=_known_dialect,
        metadata={"description": "The dialect of the SQL, as sqlglot calls it (default: that of the database)."},
    )
    case = fields.String(
        validate=validate.OneOf(("system", "lower", "upper", "keep")),
        metadata={
            "description": "The case of names. system (the default): as the system keeps them, but in lower case where "
            "it writes unquoted names in capitals (Snowflake, Oracle). Or lower, upper, keep."
        },
    )


class Naming:
    """Calls tables by their keys."""

    def __init__(
        self,
        database: str,
        dialect: str,
        *,
        cluster: str = FALLBACK,
        clusters: Mapping[str, str] = MappingProxyType({}),
        schema: str = "",
        case: str = "system",
    ) -> None:
        self.database = database
        self._cluster = cluster
        self._schema = schema or default_schema(dialect)
        self._clusters = {name.casefold(): kept for name, kept in clusters.items()}
        strategy = Dialect.get_or_raise(dialect or None).normalization_strategy
        capitals = strategy is NormalizationStrategy.UPPERCASE
        self._case = ("capitals" if capitals else "keep") if case == "system" else case
        self.key = lru_cache(maxsize=100_000)(self._key)

    def fold(self, name: str) -> str:
        """Write a name in the case that names have in the graph."""
        match self._case:
            case "lower":
                return name.lower()
            case "upper":
                return name.upper()
            case "capitals":  # `ORDERS` is how the system keeps `orders`; `Orders` was quoted and stays
                return name.lower() if name == name.upper() else name
        return name

    def parts(self, table: TableName) -> tuple[str, str, str]:
        """Return the cluster, schema and name of a table."""
        cluster = self._clusters.get(table.catalog.casefold()) or self.fold(table.catalog) or self._cluster
        return cluster, self.fold(table.db) or self._schema, self.fold(table.name)

    def _key(self, table: TableName) -> str:
        return str(TableKey(self.database, *self.parts(table)))

    def column(self, table: TableName, column: str) -> str:
        """Return the key of a column."""
        return str(ColumnKey(self.key(table), self.fold(column)))
