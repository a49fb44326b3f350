"""What runs have read: datasets, and the tables these are taken from, by the first rule that knows one. Pure.

The rules: a tag of the input that holds the table's key; the table that a Delta or Spark source names; a pattern of
the settings for where the source lies. A table that no rule knows is not guessed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ingest.extract.mlflow.reading import Json, item, needed, pairs, text
from ingest.extract.mlflow.settings import PLACE
from ingest.extract.sql.naming import FALLBACK, Naming
from ingest.extract.sql.origins import TableName
from schemas.errors import InvalidKey
from schemas.keys import TableKey
from schemas.model_statements import Dataset, Input

CONTEXT = "mlflow.data.context"
MAX_PLACE = 2_000  # characters of a place that are matched with patterns
_NAMES_OF_TABLES = ("delta_table_name", "table_name")
_PLACES = ("uri", "url", "path", "table_name", "delta_table_name")
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Read:
    """One input of a run: the dataset, how the run refers to it, and the columns that its schema names."""

    dataset: Dataset
    input: Input
    columns: tuple[str, ...]


class Datasets:
    """Reads datasets, and knows tables by the settings."""

    def __init__(self, told: Mapping[str, Any], instance: str) -> None:
        self._instance = instance
        self._tag = told["table_tag"]
        self._names = {
            source: Naming(
                database,
                "",
                cluster=told.get("cluster", FALLBACK),
                clusters=told.get("clusters", {}),
                case=told.get("case", "system"),
            )
            for source, database in told["databases"].items()
        }
        self._patterns = [(re.compile(each["pattern"], re.DOTALL), each) for each in told["tables"]]

    def read(self, data: Json) -> Read:
        """Return an input of a run. Raises BadItem."""
        found, tags = item(data, "dataset"), pairs(data, "tags")
        source_type, source = text(found, "source_type"), text(found, "source")
        name, digest = needed(found, "name"), needed(found, "digest")
        table = _key(tags.get(self._tag, "")) or self._of_source(source_type, source, name)
        schema = text(found, "schema")
        dataset = Dataset(
            self._instance, name, digest, source_type, source, schema, text(found, "profile"), table=table
        )
        return Read(dataset, Input(name, digest, tags.get(CONTEXT, ""), table), tuple(columns_of(schema)))

    def _of_source(self, source_type: str, source: str, name: str) -> str | None:
        places = _object(source)
        if source_type in self._names:
            for field in _NAMES_OF_TABLES:
                if isinstance(places.get(field), str):
                    return self._named(self._names[source_type], places[field])
        for place in (*(places[field] for field in _PLACES if isinstance(places.get(field), str)), name):
            found = self._matched(source_type, place)
            if found:
                return found
        return None

    def _named(self, naming: Naming, name: str) -> str | None:
        parts = [part.strip('`" ') for part in name.split(".")]
        if not all(parts) or len(parts) > _PARTS:
            return None
        return naming.key(TableName(*[""] * (_PARTS - len(parts)), *parts))

    def _matched(self, source_type: str, place: str) -> str | None:
        for pattern, told in self._patterns:
            if told["source_type"] in ("", source_type) and (found := pattern.fullmatch(place[:MAX_PLACE])):
                groups = found.groupdict()
                parts = [groups.get(part) or told[part] for part in PLACE]
                if all(parts):
                    return str(TableKey(*parts))
        return None


def columns_of(schema: str) -> Iterator[str]:
    """Yield the names of the columns that the schema of a dataset lists, if it does."""
    found = _object(schema).get("mlflow_colspec")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and isinstance(each.get("name"), str) and each["name"]:
            yield each["name"]


def _key(text: str) -> str | None:
    """Return a key of a table as it stands, nothing for what is none."""
    try:
        TableKey.parse(text)
    except InvalidKey:
        return None
    return text


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
