"""Any other system, by SQLAlchemy's inspector: in sets where its dialect has them, table by table where it has not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

from sqlalchemy import Inspector, inspect
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope
from sqlalchemy.exc import CompileError, SQLAlchemyError
from sqlalchemy.types import ARRAY, NullType, TypeEngine

from ingest.extract.sql_database.catalogue import (
    FOREIGN,
    PRIMARY,
    Catalogue,
    ColumnFound,
    Database,
    ForeignKey,
    Found,
    Kind,
    Relation,
    SchemaFound,
)
from ingest.extract.sql_database.column_types import array_of

_SYSTEM = frozenset(
    {"information_schema", "mysql", "performance_schema", "sys", "guest", "pg_catalog", "system", "outln", "xdb"}
)


class Inspected(Catalogue):
    def database(self) -> Database:
        with self.engine.begin():
            dialect = self.engine.dialect
        version = ".".join(str(part) for part in getattr(dialect, "server_version_info", None) or ())
        return Database("", f"{dialect.name} {version}".strip())

    def schemas(self) -> Sequence[SchemaFound]:
        with self._inspector() as inspector:
            names = inspector.get_schema_names()
        return [SchemaFound(name) for name in names if name.lower() not in _SYSTEM and not name.startswith("db_")]

    def relations(self, schema: str) -> Sequence[Found]:
        with self._inspector() as inspector:
            views = dict.fromkeys(inspector.get_view_names(schema), Kind.VIEW)
            with suppress(NotImplementedError):
                views |= dict.fromkeys(inspector.get_materialized_view_names(schema), Kind.MATERIALIZED_VIEW)
            kinds = dict.fromkeys(inspector.get_table_names(schema), Kind.TABLE) | views
        return [Found(schema, name, kinds[name], name) for name in sorted(kinds)]

    def details(self, found: Sequence[Found]) -> Iterator[Relation]:
        with self._inspector() as inspector:
            columns = _asked(inspector.get_multi_columns, found)
            comments = _asked(inspector.get_multi_table_comment, found)
            primary = _asked(inspector.get_multi_pk_constraint, found)
            foreign = _asked(inspector.get_multi_foreign_keys, found)
        for one in found:
            if one.name in columns:
                first = (primary.get(one.name) or {}).get("constrained_columns") or ()
                others = chain.from_iterable(key["constrained_columns"] for key in foreign.get(one.name) or ())
                roles = [(PRIMARY, {*first}), (FOREIGN, {*others})]
                described = [self._column(column, roles) for column in columns[one.name]]
                yield Relation(one, described, (comments.get(one.name) or {}).get("text"))

    def foreign_keys(self, found: Sequence[Found]) -> Sequence[ForeignKey]:
        with self._inspector() as inspector:
            keys = _asked(inspector.get_multi_foreign_keys, found)
            near = set(inspector.get_table_names(found[0].schema)) if keys else set()
            elsewhere = inspector.default_schema_name

        def target_schema(key: Mapping[str, Any]) -> str:
            """Some dialects leave out the schema of a table that is in the same one, or in the default one."""
            own = found[0].schema
            return key["referred_schema"] or (own if key["referred_table"] in near else elsewhere or own)

        return [
            ForeignKey(
                one.name, key["constrained_columns"], target_schema(key), key["referred_table"], key["referred_columns"]
            )
            for one in found
            for key in keys.get(one.name) or ()
        ]

    def definitions(self, found: Sequence[Found]) -> Mapping[str, str]:
        sql: dict[str, str] = {}
        with self._inspector() as inspector:
            for one in found:
                if one.kind.is_view:
                    with suppress(SQLAlchemyError, NotImplementedError):
                        sql[one.name] = inspector.get_view_definition(one.name, one.schema)
        return {name: text for name, text in sql.items() if text}

    @contextmanager
    def _inspector(self) -> Iterator[Inspector]:
        """Return an inspector that remembers nothing of earlier ones."""
        with self.engine.begin() as connection:
            yield inspect(connection)

    def _column(self, column: Mapping[str, Any], roles: Sequence[tuple[str, set[str]]]) -> ColumnFound:
        name = column["name"]
        held = [role for role, names in roles if name in names]
        return ColumnFound(name, self._type(column["type"]), column.get("comment"), held)

    def _type(self, type_: TypeEngine[Any]) -> str:
        if isinstance(type_, ARRAY):
            return array_of(self._type(type_.item_type))
        try:
            return type_.compile(self.engine.dialect)
        except (CompileError, AttributeError):  # a type that SQLAlchemy does not know, or not whole
            return "" if isinstance(type_, NullType) else type(type_).__name__


def _asked(multi: Callable[..., Mapping[Any, Any]], found: Sequence[Found]) -> Mapping[str, Any]:
    """Ask for some relations of one schema; nothing where the dialect does not have it."""
    schema, names = found[0].schema, [one.name for one in found]
    try:
        answers = multi(schema, names, kind=ObjectKind.ANY, scope=ObjectScope.ANY)
    except NotImplementedError:
        return {}
    return {name: answer for (_, name), answer in answers.items()}
