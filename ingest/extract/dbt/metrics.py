"""Which metrics are defined on each table, as a note of the table, since the graph has no kind of its own for them."""

from collections import defaultdict

from ingest.extract.dbt.artifacts import BadNode, Manifest, Node, refused
from ingest.extract.dbt.relations import Relations
from ingest.extract.source import Refused


class Metrics:
    """The metrics of a manifest, by the table that they are computed from, be it through other metrics."""

    def __init__(self, manifest: Manifest, relations: Relations) -> None:
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        self.refused: list[Refused] = []
        for node in manifest.all("metrics"):
            if isinstance(node, Refused):
                self.refused.append(node)
                continue
            try:
                line = _told(node)
                for relation in relations.above(node.parents()):
                    self._lines[relation.id].append(line)
            except BadNode as error:
                self.refused.append(refused(node.id, error))

    def told(self, id_: str) -> str:
        """Say the metrics of a table in Markdown, "" if it has none."""
        return "\n".join(sorted(self._lines.get(id_, ())))


def _told(node: Node) -> str:
    name = node.needed("name")
    label = node.text("label") or name
    how = node.text("calculation_method", "type")
    of = node.text("expression", "sql", "type_params.expr")
    computed = ", ".join(part for part in (how, f"`{of}`" if of else "") if part)
    description = " ".join(node.text("description").split())
    return f"- **{label}** (`{name}`{f': {computed}' if computed else ''}){f': {description}' if description else ''}"
