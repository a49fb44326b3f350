"""The CSV files that databuilder stages for its publishers: nodes and relations as they are to stand in the graph."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from ingest.extract.amundsen.formats import Format
from ingest.extract.amundsen.properties import Properties
from ingest.extract.amundsen.rows import Parse, Refused, Row
from ingest.records import Props, Put
from metadata_service.store.mutations import EdgeRef, NodeRef, PutEdge, PutNode
from schemas.graph import LABELS, RELATIONS, forward, property_type, retracted

_NODE = ("LABEL", "KEY")
_RELATION = ("START_KEY", "START_LABEL", "END_KEY", "END_LABEL", "TYPE", "REVERSE_TYPE")
_OWN = "Fram_"  # labels of this program's own records
_STAMP = "Updatedtimestamp"  # says when the graph was last changed, which is for the graph to say


def _bind_nodes(columns: Sequence[str]) -> Parse:
    properties = Properties(column for column in columns if column not in _NODE)

    @lru_cache(maxsize=len(LABELS))
    def props_of(label: str) -> Callable[[Row], Props]:
        if label not in LABELS or label.startswith(_OWN):
            raise Refused(f"Column 'LABEL' is {label[:40]!r}, which is no label of the graph model.")
        return properties.typed(lambda name: property_type(label, name))

    def parse(row: Row) -> list[Put]:
        label = row.text("LABEL")
        put = PutNode(NodeRef(label, row.name("KEY")), props_of(label)(row))
        return [] if label == _STAMP else [put]

    return parse


def _bind_relations(columns: Sequence[str]) -> Parse:
    properties = Properties(column for column in columns if column not in _RELATION)

    @lru_cache(maxsize=len(RELATIONS))
    def props_of(relation: str) -> Callable[[Row], Props]:
        return properties.typed(RELATIONS[relation].properties.get)

    def parse(row: Row) -> list[Put]:
        start = NodeRef(row.text("START_LABEL"), row.name("START_KEY"))
        end = NodeRef(row.text("END_LABEL"), row.name("END_KEY"))
        relation, swapped = _resolve(row.text("TYPE"), row["REVERSE_TYPE"], start.label, end.label)
        source, target = (end, start) if swapped else (start, end)
        return [PutEdge(EdgeRef(relation, source, target), props_of(relation)(row))]

    return parse


@lru_cache(maxsize=256)
def _resolve(written: str, reverse: str, start: str, end: str) -> tuple[str, bool]:
    """Return the forward relation and whether the ends are to be swapped. Raises Refused when the model has none."""
    found = forward(written, start, end)
    if found is None and (backward := forward(reverse, end, start)):
        found = backward[0], not backward[1]
    if found is None or found[0].startswith(retracted("")):
        raise Refused(f"Column 'TYPE' is {written[:40]!r}, which is no relation from {start[:40]} to {end[:40]}.")
    return found


NODES = Format("databuilder nodes", _NODE, _bind_nodes, open=True)
RELATIONS_OF_NODES = Format("databuilder relations", _RELATION, _bind_relations, open=True)
