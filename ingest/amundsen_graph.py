"""Take over the graph of an Amundsen: what its jobs published as a source's word, what its users wrote as people's.

Databuilder marks whatever it publishes with `published_tag`; what bears no such mark came from somebody at Amundsen's
page. Descriptions, tags, badges, owners and bookmarks of that sort are claimed for people here, so that no source
overwrites them later. Taking over again adds what is new and leaves alone what people have changed in Fram since.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.extract.amundsen.folder import SourceRow
from ingest.load import Loader
from ingest.records import Put
from ingest.report import Verdict
from metadata_service.store.amundsen_neo4j import AmundsenGraph
from metadata_service.store.mutations import Authority, Batch, Edge, EdgeRef, Node, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Props, Shape
from schemas.graph import EDITED, EDITED_BY, LABELS, RELATIONS, RESERVED_PREFIX

AMUNDSEN = "amundsen"  # as the source of what its jobs published, and as who wrote what its users did
_OWN_LABELS = "Fram_"
_BY_API = "api_create_update_user"  # the mark of people whom somebody entered by Amundsen's API
_WRITTEN_BY_PEOPLE = {"Description": ("description",)}  # properties, by label
_MADE_BY_PEOPLE = frozenset(("TAGGED_BY", "HAS_BADGE", "OWNER", "FOLLOWED_BY"))
_CLAIMS = Shape("Description", None)
_MOST_RELATIONS = 1_000_000  # of one page, which has far fewer

Item = Node | Edge
PARTS: Sequence[str | tuple[str, str, str]] = (
    *(label for label in LABELS if not label.startswith(_OWN_LABELS)),
    *((relation.type, *ends) for relation in RELATIONS.values() if relation.reverse for ends in sorted(relation.ends)),
)


class Refusal(NamedTuple):
    """What did not go in, and why."""

    what: str
    reason: str


@dataclass(slots=True)
class Taken:
    """What became of the nodes and relations read, and how many of them were claimed for people."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    claimed: int = 0
    refused: list[Refusal] = field(default_factory=list)


Notice = Callable[[str, int], None]  # what is read, and its number among PARTS


def take_over(graph: AmundsenGraph, store: GraphStore, taken: Taken, notice: Notice = lambda *_: None) -> None:
    """Write everything of the model that a graph holds into a store; `taken` fills meanwhile.

    Raises StoreUnavailable; then run it again.
    """
    loader = Loader(store, AMUNDSEN)
    for number, part in enumerate(PARTS):
        if isinstance(part, str):
            notice(part, number)
            _take_nodes(part, graph, store, loader, taken)
        else:
            relation, source, target = part
            notice(f"{relation} from {source} to {target}", number)
            for edges in graph.edges(relation, source, target):
                _take(edges, store, loader, taken)
    loader.finish()


def _take_nodes(label: str, graph: AmundsenGraph, store: GraphStore, loader: Loader, taken: Taken) -> None:
    lost = graph.count(label)
    for nodes in graph.nodes(label):
        lost -= len(nodes)
        _take(nodes, store, loader, taken)
    if lost > 0:
        taken.verdicts[Verdict.REFUSED] += lost
        taken.refused.append(Refusal(label, f"{lost:,} nodes have no text as their key."))


def _take(items: Sequence[Item], store: GraphStore, loader: Loader, taken: Taken) -> None:
    """Write a page, then claim for people what is theirs."""
    verdicts: dict[int, Verdict] = {}

    def account(number: int, verdict: Verdict, reason: str) -> None:
        verdicts[number] = verdict
        if reason:
            taken.refused.append(Refusal(_name(items[number]), reason))

    rows = (SourceRow(number, 200, [_put(item)]) for number, item in enumerate(items))
    loader.load(rows, account)
    taken.verdicts.update(verdicts.values())
    stands = (Verdict.WRITTEN, Verdict.UNCHANGED)
    theirs = [item for number, item in enumerate(items) if verdicts[number] in stands and _is_of_people(item)]
    if theirs:
        claims = [*_unclaimed_nodes(theirs, store), *_unclaimed_edges(theirs, store)]
        if claims:
            store.apply(Batch(tuple(claims), Authority.COPY, source=AMUNDSEN, lenient=True))
        taken.claimed += len(claims)


def _put(item: Item) -> Put:
    props = {name: value for name, value in item.props.items() if not name.startswith(RESERVED_PREFIX)}
    return PutNode(item.ref, props) if isinstance(item, Node) else PutEdge(item.ref, props)


def _is_of_people(item: Item) -> bool:
    kind = item.ref.label if isinstance(item, Node) else item.ref.type
    mark = item.props.get("published_tag")
    return (kind in _WRITTEN_BY_PEOPLE or kind in _MADE_BY_PEOPLE) and (mark is None or mark == _BY_API)


def _unclaimed_nodes(items: Iterable[Item], store: GraphStore) -> Iterable[Put]:
    wanted = [item.ref.key for item in items if isinstance(item, Node)]
    found = store.fetch_many(wanted, _CLAIMS) if wanted else {}
    for key, record in found.items():
        if EDITED not in record.props:
            said = [name for name in _WRITTEN_BY_PEOPLE[_CLAIMS.label] if name in record.props]
            yield PutNode(NodeRef(_CLAIMS.label, key), {**record.props, EDITED: said})


def _unclaimed_edges(items: Iterable[Item], store: GraphStore) -> Iterable[Put]:
    wanted = {item.ref for item in items if isinstance(item, Edge)}
    if not wanted:
        return
    for ref, props in _held(wanted, store).items():
        if EDITED_BY not in props:
            yield PutEdge(ref, {**props, EDITED_BY: AMUNDSEN})


def _held(wanted: Collection[EdgeRef], store: GraphStore) -> Mapping[EdgeRef, Props]:
    ends = sorted({end for ref in wanted for end in (ref.source, ref.target)})
    kinds = sorted({ref.type for ref in wanted})
    return {edge.ref: edge.props for edge in store.between(ends, kinds, _MOST_RELATIONS) if edge.ref in wanted}


def _name(item: Item) -> str:
    if isinstance(item, Node):
        return f"{item.ref.label} {item.ref.key}"
    return f"{item.ref.type} from {item.ref.source.key} to {item.ref.target.key}"
