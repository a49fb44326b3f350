"""Who owns a node of dbt: `meta.owner`, the owner of an exposure, the owner of the node's group."""

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.extract.dbt.artifacts import BadNode, Manifest, Node
from ingest.extract.dbt.json_members import BadMember

_META = ("owner", "owners", "owner_email")


class Owners:
    """The owners of nodes. Of people it has addresses where dbt has them, else names."""

    def __init__(self, manifest: Manifest) -> None:
        self._groups = {}
        for id_ in manifest.groups:
            try:
                said = manifest.groups[id_]
                group = Node(id_, said if isinstance(said, dict) else {})
                self._groups[group.text("name") or id_.rpartition(".")[2]] = list(_people(group.fields.get("owner")))
            except (BadMember, BadNode):
                continue  # a group only adds an owner to what is said anyway

    def of(self, node: Node) -> Sequence[str]:
        """Return a node's owners. Raises BadNode when its group is no text."""
        meta = node.meta()
        found = [one for name in _META for one in _people(meta.get(name))]
        found += _people(node.fields.get("owner"))
        found += self._groups.get(node.text("group", "config.group"), ())
        return list(dict.fromkeys(found))


def _people(said: Any) -> Iterator[str]:
    """Yield the people of a text (several are separated by commas), of an object, or of a list of them."""
    if isinstance(said, str):
        yield from (name for part in said.split(",") if (name := part.strip().removeprefix("@").lower()))
    elif isinstance(said, dict):
        yield from _people(said.get("email") or said.get("name"))
    elif isinstance(said, list):
        yield from (person for one in said for person in _people(one))
