"""Exploring 100,000 tables and 300,000 edges, against the fastest queries by hand, and against enumerating paths."""

import json
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import orjson
from flask import Flask

from benchmarks.bare_exploring import BY_HAND, PATHS
from benchmarks.lineage_graph import HUB, ORDINARY, graph, table
from benchmarks.measure import Figure, milliseconds, paired
from benchmarks.stores import Bench, batches
from metadata_service.app import create_app
from metadata_service.lineage.explore import Asked, explore
from metadata_service.lineage.sweep import sweep
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from schemas.lineage import Exploration
from schemas.settings import Settings

ONE_STEP, FIVE_LEVELS, FIRST_BYTE_SECONDS = 3.0, 2.5, 0.3
DEPTHS = (1, 3, 5, 8)
MOST = 1_000_000


def run(bench: Bench) -> Iterator[Figure]:
    """Measure one step, five levels and the impact of the hub; on Neo4j, path enumeration beside a sweep."""
    service = create_app(Settings(), bench.store)  # with its settings of the collector
    for batch in batches(graph()):
        bench.store.apply(Batch(batch, Authority.COPY, source="benchmark"))
    yield _one_step(bench, ORDINARY, "a table")
    yield _one_step(bench, HUB, "the hub")
    yield _five_levels(bench)
    yield from _impact(bench, service)
    if bench.name == "Neo4j":
        yield from _against_paths(bench)


def _one_step(bench: Bench, ref: NodeRef, name: str) -> Figure:
    def by_hand() -> list[list[Any]]:
        rows = [list(row) for statement in BY_HAND[bench.name].step for row in bench.bare(statement, {"key": ref.key})]
        json.dumps(rows)
        return rows

    def ours() -> Exploration:
        found = explore(bench.store, ref, Asked(), MOST)
        orjson.dumps(found)
        return found

    keys = {node.key for node in ours().nodes}
    assert keys == {row[0] for row in by_hand()}
    own, bare, ratio = paired(ours, by_hand, 101)
    shown = f"{bench.name}: one step around {name} ({len(keys)} nodes)"
    return Figure(shown, ratio, ONE_STEP, milliseconds(own), milliseconds(bare))


def _five_levels(bench: Bench) -> Figure:
    def by_hand() -> set[str]:
        return {row[0] for row in bench.bare(BY_HAND[bench.name].five, {"key": HUB.key})}

    def ours() -> set[str]:
        found = sweep(bench.store, HUB, along=True, depth=5, most=MOST)
        return {found.nodes[place].key for place in found.levels if place}

    assert ours() == by_hand()
    own, bare, ratio = paired(ours, by_hand, 9)
    name = f"{bench.name}: five levels from the hub ({len(ours()):,} nodes)"
    return Figure(name, ratio, FIVE_LEVELS, milliseconds(own), milliseconds(bare))


def _impact(bench: Bench, service: Flask) -> Iterator[Figure]:
    """Measure until the first byte of a streamed reply, and until its last; the target is in seconds."""
    client = service.test_client()
    firsts, wholes = [], []
    for _ in range(7):
        began = time.perf_counter()
        reply = client.get(f"/lineage/table/{HUB.key}/impact", buffered=False)
        chunks = iter(reply.iter_encoded())
        first = next(chunks)
        firsts.append(time.perf_counter() - began)
        size = len(first) + sum(map(len, chunks))
        wholes.append(time.perf_counter() - began)
        assert reply.is_streamed
        reply.close()
    own, whole = sorted(firsts)[3], sorted(wholes)[3]
    name = f"{bench.name}: impact of the hub, first of {size / 1e6:.1f} MB (all: {milliseconds(whole)})"
    yield Figure(name, own / FIRST_BYTE_SECONDS, 1.0, milliseconds(own), milliseconds(FIRST_BYTE_SECONDS))


def _against_paths(bench: Bench) -> Iterator[Figure]:
    """Compare with one row a path, shape by shape: from where paths multiply, the ratio must not be above 1."""
    for shape, pairs in _SHAPES.items():
        bench.empty()
        refs = dict.fromkeys(table(number) for pair in pairs for number in pair)
        links: list[Mutation] = [PutEdge(EdgeRef("HAS_DOWNSTREAM", table(a), table(b))) for a, b in pairs]
        bench.load([*map(PutNode, refs), *links])
        for depth in DEPTHS:
            yield _beside_paths(bench, shape, depth)


def _beside_paths(bench: Bench, shape: str, depth: int) -> Figure:
    statement = PATHS.format(depth=depth)

    def enumerated() -> list[str]:
        return [row[0] for row in bench.bare(statement, {"key": HUB.key})]

    def ours() -> set[str]:
        found = sweep(bench.store, HUB, along=True, depth=depth, most=MOST)
        return {found.nodes[place].key for place in found.levels if place}

    paths = enumerated()
    assert ours() == set(paths)
    own, bare, ratio = paired(ours, enumerated, 7)
    name = f"{bench.name}: {shape}, depth {depth} ({len(set(paths)):,} nodes, {len(paths):,} paths)"
    return Figure(name, ratio, 1.0 if len(paths) >= _MANY else _FEW_PATHS, milliseconds(own), milliseconds(bare))


_MANY, _FEW_PATHS = 10_000, 10.0  # where paths are few, two calls stand beside one


def _layered(layers: int, width: int) -> list[tuple[int, int]]:
    """Return layers of which each node leads to three of the next, the first being one node."""
    first = [(0, 1 + place) for place in range(width)]
    return first + [
        (1 + layer * width + place, 1 + (layer + 1) * width + (place * 7 + step) % width)
        for layer in range(layers)
        for place in range(width)
        for step in range(3)
    ]


def _ladder(rungs: int) -> list[tuple[int, int]]:
    """Return diamonds in a row: two nodes a rung, each leading to both of the next."""
    first = [(0, 1), (0, 2)]
    return first + [
        (a, b) for rung in range(1, rungs) for a in (2 * rung - 1, 2 * rung) for b in (2 * rung + 1, 2 * rung + 2)
    ]


_SHAPES: Mapping[str, list[tuple[int, int]]] = {
    "chain": list(pairwise(range(20))),
    "star": [(0, place) for place in range(1, 2_001)],
    "layered": _layered(8, 40),
    "ladder of diamonds": _ladder(12),
}
