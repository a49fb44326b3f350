"""Random graphs of lineage between tables and dashboards, and the plain way to walk them."""

from collections import deque
from collections.abc import Mapping
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.graph import READS

TABLES = [NodeRef("Table", f"t{number}") for number in range(6)]
REFS = [*TABLES, *(NodeRef("Dashboard", f"d{number}") for number in range(3))]
START = REFS[0]
MOST = 10_000  # relations: more than any of these graphs has that is to be seen whole

UNHURRIED = settings(deadline=None)  # what an example takes says more of the machine than of a law

Pairs = set[tuple[NodeRef, NodeRef]]
Boards = dict[NodeRef, NodeRef]

ends = st.sampled_from(REFS)
graphs = st.sets(st.tuples(ends, ends), max_size=30)
of_tables = st.sets(st.tuples(st.sampled_from(TABLES), st.sampled_from(TABLES)), max_size=30)
boards = st.dictionaries(st.sampled_from(REFS[6:]), st.sampled_from(TABLES))
reads = st.dictionaries(ends, st.integers(0, 3))


def store_of(pairs: Pairs, shown: Boards, used: Mapping[NodeRef, int] | None = None) -> GraphStore:
    """Return a graph of what leads to what, of dashboards that show tables, and of how much is read."""
    store, used = open_store("memory:"), used or {}
    nodes = [PutNode(ref, {READS: used[ref]} if ref in used else {}) for ref in REFS]
    edges = [PutEdge(EdgeRef("HAS_DOWNSTREAM", *pair)) for pair in sorted(pairs)]
    shows = [PutEdge(EdgeRef("DASHBOARD_WITH_TABLE", board, table)) for board, table in shown.items()]
    store.apply(Batch((*nodes, *edges, *shows), Authority.COPY))
    return store


def store_of_pairs(pairs: list[tuple[NodeRef, NodeRef]]) -> GraphStore:
    """Return a graph of what leads to what."""
    store = open_store("memory:")
    nodes = map(PutNode, dict.fromkeys(ref for pair in pairs for ref in pair))
    store.apply(Batch((*nodes, *(PutEdge(EdgeRef("HAS_DOWNSTREAM", *pair)) for pair in pairs)), Authority.SOURCE))
    return store


def chain(length: int) -> tuple[GraphStore, list[NodeRef]]:
    """Return a graph of tables in a row, and its nodes in their order."""
    refs = [NodeRef("Table", f"c{number:05}") for number in range(length + 1)]
    return store_of_pairs(list(pairwise(refs))), refs


def ladder(rungs: int) -> tuple[GraphStore, list[list[NodeRef]]]:
    """Return a graph of diamonds in a row: two nodes a rung, each leading to both of the next."""
    refs = [[NodeRef("Table", f"r{rung:03}{side}") for side in "ab"] for rung in range(rungs)]
    return store_of_pairs([(a, b) for up, down in pairwise(refs) for a in up for b in down]), refs


def all_pairs(pairs: Pairs, shown: Boards) -> Pairs:
    """Return everything that leads to something, by whatever relation."""
    return pairs | {(table, board) for board, table in shown.items()}


def reached(pairs: Pairs, along: bool, start: NodeRef = START) -> dict[NodeRef, int]:
    """Find shortest distances the plain way."""
    found, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for source, target in sorted(pairs):
            near, far = (source, target) if along else (target, source)
            if near == here and far not in found:
                found[far] = found[here] + 1
                queue.append(far)
    return found
