"""Read the columns of a row as properties, typed by the graph model and by the header, never by what is in them."""

from collections.abc import Callable, Iterable

from ingest.extract.amundsen.rows import Row, decimal, number, truth, whole
from ingest.records import Props
from metadata_service.store.model_check import check_props
from schemas.errors import Invalid, InvalidSource
from schemas.graph import Value
from schemas.graph_types import PropertyType

UNQUOTED = ":UNQUOTED"  # how databuilder marks a column whose values are no text

Read = Callable[[str, str], Value]  # of a column's name and its cell; raises Refused


def _text(_: str, value: str) -> Value:
    return value


def _literal(column: str, value: str) -> Value:
    return truth(column, value) if value.lower() in {"true", "false"} else number(column, value)


def _one(_: str, value: str) -> Value:
    return [value]  # a cell has no way to hold several


_READ: dict[PropertyType, Read] = {str: _text, int: whole, float: decimal, bool: truth, list[str]: _one}


class Properties:
    """The property columns of one header."""

    def __init__(self, columns: Iterable[str]) -> None:
        """Raises InvalidSource when a column cannot name a property, or two name the same."""
        self._names = {column: column.removesuffix(UNQUOTED) for column in columns}
        try:
            check_props(dict.fromkeys(self._names.values()))
        except Invalid as error:
            raise InvalidSource(f"A column has an impossible name: {error.message}") from None
        if len(set(self._names.values())) < len(self._names):
            raise InvalidSource(f"Two columns name the same property, one of them with {UNQUOTED}.")

    def typed(self, declared: Callable[[str], PropertyType | None]) -> Callable[[Row], Props]:
        """Return the function that reads a row's properties; an empty cell leaves its property out.

        Where the model declares no type, a column marked as unquoted holds numbers and truth values, any other text.
        """
        reads = [(column, name, _read(column, declared(name))) for column, name in self._names.items()]

        def read(row: Row) -> Props:
            return {name: convert(column, value) for column, name, convert in reads if (value := row[column])}

        return read


def _read(column: str, declared: PropertyType | None) -> Read:
    if declared is None:
        return _literal if column.endswith(UNQUOTED) else _text
    return _READ[declared]
