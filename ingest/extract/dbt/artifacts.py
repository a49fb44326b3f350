"""dbt's files and what is read of them: which versions are known, and each node with its fields checked by name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ingest.extract.dbt.json_members import BadMember, Members, read_object
from ingest.extract.source import Refused
from schemas.errors import InvalidSource

VERSIONS: Mapping[str, Sequence[int]] = MappingProxyType(
    {"manifest": range(1, 13), "catalog": range(1, 2), "run-results": range(1, 7)}
)
RELATIONS = frozenset({"model", "seed", "snapshot", "source"})  # what dbt has a table or view for
SECTIONS = (
    "nodes",
    "sources",
    "exposures",
    "metrics",
    "semantic_models",
    "saved_queries",
    "unit_tests",
    "functions",
)

_SCHEMA = re.compile(r"/dbt/([a-z-]+)/v(\d+)(?:\.json)?/?$")


class BadNode(Exception):
    """A node lacks a field or has a wrong one; the text names the field."""


def open_artifact(path: str, kind: str) -> Members:
    """Open one of dbt's files. Raises InvalidSource for another kind of file, or a version that is not known."""
    file = Path(path)
    artifact = read_object(file)
    try:
        metadata = artifact.get("metadata")
    except BadMember as error:
        raise InvalidSource(f"{file.name}: metadata {error}.") from None
    said = metadata.get("dbt_schema_version") if isinstance(metadata, dict) else None
    found = _SCHEMA.search(said) if isinstance(said, str) else None
    if found is None:
        raise InvalidSource(f"{file.name} has no metadata.dbt_schema_version that says which of dbt's files it is.")
    if found[1] != kind:
        raise InvalidSource(f"{file.name} is dbt's {found[1]}, where its {kind} is wanted.")
    known = VERSIONS[kind]
    if int(found[2]) not in known:
        versions = f"v{known[0]} to v{known[-1]} of the {kind} are known"
        raise InvalidSource(f"{file.name}: metadata.dbt_schema_version is v{found[2]}; {versions}.")
    return artifact


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the manifest, whose fields are read by name and checked for their type."""

    id: str
    fields: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """Return the first of these fields that is there, "" if none is. Raises BadNode for what is no text."""
        for name in names:
            value = self._value(name)
            if value is not None and value != "":
                if not isinstance(value, str):
                    raise BadNode(f"{name} is no text but {type(value).__name__}")
                return value
        return ""

    def needed(self, *names: str) -> str:
        """Return the first of these fields that is there. Raises BadNode when none is."""
        value = self.text(*names)
        if not value:
            raise BadNode(f"{' (or '.join(names)}{')' * (len(names) - 1)} is missing")
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return an object, empty if it is not there. Raises BadNode for what is none."""
        value = self._value(name)
        if value is not None and not isinstance(value, dict):
            raise BadNode(f"{name} is no object but {type(value).__name__}")
        return value or {}

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; a text alone is a list of it. Raises BadNode for what is neither."""
        value = self._value(name)
        items = [value] if isinstance(value, str) else value or []
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise BadNode(f"{name} is no list of texts")
        return items

    def objects(self, name: str) -> list[tuple[str, "Node"]]:
        """Return the members of an object, each an object itself. Raises BadNode for what is none."""
        members = self.mapping(name).items()
        for key, member in members:
            if not isinstance(member, dict):
                raise BadNode(f"{name}.{key} is no object but {type(member).__name__}")
        return [(key, Node(f"{name}.{key}", member)) for key, member in members]

    @property
    def kind(self) -> str:
        """What dbt has of it: model, source, test, … The id begins with it."""
        return self.text("resource_type") or self.id.partition(".")[0]

    @property
    def materialized(self) -> str:
        """How a model becomes a relation: as a table, view, incremental, ephemeral or otherwise."""
        return self.text("config.materialized")

    @property
    def is_enabled(self) -> bool:
        return self._value("config.enabled") is not False

    def parents(self) -> list[str]:
        """Return the ids of what it depends on."""
        return self.texts("depends_on.nodes")

    def meta(self) -> Mapping[str, Any]:
        """Return its `meta`, which newer versions have in `config`."""
        return {**self.mapping("config.meta"), **self.mapping("meta")}

    def _value(self, path: str) -> Any:
        value: Any = self.fields
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


class Manifest:
    """The nodes of a manifest, read one at a time."""

    def __init__(self, path: str) -> None:
        self.name = Path(path).name
        self._artifact = open_artifact(path, "manifest")
        if "nodes" not in self._artifact:
            raise InvalidSource(f"{self.name} has no nodes.")
        self._sections = {section: self._artifact.within(section) for section in SECTIONS}
        self._home = {id_: section for section, members in self._sections.items() for id_ in members}
        self.groups = self._artifact.within("groups")
        self.disabled = frozenset(self._disabled())

    def metadata(self, name: str) -> str:
        """Return a text of the metadata, "" if it is not there."""
        value = self._artifact["metadata"].get(name)
        return value if isinstance(value, str) else ""

    def counts(self) -> Mapping[str, int]:
        """Return how many nodes each section has."""
        return {section: len(members) for section, members in self._sections.items() if members}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._home

    def get(self, id_: str) -> Node:
        """Read a node. Raises BadNode when it cannot be read, KeyError when there is none."""
        try:
            fields = self._sections[self._home[id_]][id_]
        except BadMember as error:
            raise BadNode(str(error)) from None
        if not isinstance(fields, dict):
            raise BadNode(f"is no object but {type(fields).__name__}")
        return Node(id_, fields)

    def all(self, *sections: str) -> Iterator[Node | Refused]:
        """Read the enabled nodes of some sections; one that cannot be read is Refused."""
        for section in sections:
            for id_ in self._sections[section]:
                try:
                    node = self.get(id_)
                    if node.is_enabled:
                        yield node
                except BadNode as error:
                    yield refused(id_, error)

    def _disabled(self) -> Iterator[str]:
        try:
            disabled = self._artifact.get("disabled") or ()
        except BadMember:
            return
        if not isinstance(disabled, list | dict):
            return
        for one in disabled:  # a list of nodes up to v3, since then an object with lists of them
            id_ = one.get("unique_id") if isinstance(one, dict) else one
            if isinstance(id_, str):
                yield id_


def refused(id_: str, error: BadNode) -> Refused:
    return Refused(id_, f"{id_}: {error}.")


class Catalog:
    """What dbt found in the warehouse: the columns of each relation with their types, and statistics."""

    def __init__(self, path: str | None) -> None:
        artifact = open_artifact(path, "catalog") if path else None
        sections = [artifact.within(section) for section in ("nodes", "sources")] if artifact else []
        self._homes = {id_: section for section in sections for id_ in section}
        self.refused = list(_errors(artifact, Path(path).name)) if artifact and path else []

    def find(self, id_: str) -> Node | None:
        """Read what the catalog has of a node. Raises BadNode when it cannot be read."""
        section = self._homes.get(id_)
        try:
            fields = section[id_] if section is not None else None
        except BadMember as error:
            raise BadNode(f"its entry in the catalog {error}") from None
        return Node(id_, fields) if isinstance(fields, dict) else None

    @staticmethod
    def columns(found: Node) -> list[tuple[str, Node]]:
        """Return the columns of an entry by their names, in the table's order. Raises BadNode."""
        return sorted(((column.text("name") or key, column) for key, column in found.objects("columns")), key=_index)


def _errors(artifact: Members, name: str) -> Iterator[Refused]:
    """Yield what dbt could not find out of the warehouse: a catalog with errors lacks tables."""
    try:
        errors = artifact.get("errors")
    except BadMember as error:
        errors = [str(error)]
    for place, said in enumerate(errors if isinstance(errors, list) else ()):
        yield Refused(f"errors[{place}]", f"{name}: errors[{place}]: {' '.join(str(said).split())[:500]}")


def _index(named: tuple[str, Node]) -> int:
    index = named[1].fields.get("index")
    return index if isinstance(index, int) else 1_000_000
