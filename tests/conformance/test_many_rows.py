"""Batches of many nodes and relations: all are there, whatever their number."""

from typing import Any

import pytest
from graphs import column, props_of, table

from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.errors import Invalid, TooLarge

T = table("t")


@pytest.mark.parametrize("columns", [1, 99, 100, 101, 250])
def test_every_row_of_a_batch_is_written(graph_store: GraphStore, columns: int):
    puts: list[Mutation] = [PutNode(T, {"name": "t"})]
    puts += [PutNode(column(f"c{place}"), {"sort_order": place}) for place in range(columns)]
    puts += [PutEdge(EdgeRef("COLUMN", T, column(f"c{place}"))) for place in range(columns)]
    graph_store.apply(Batch(tuple(puts), Authority.SOURCE, source="s"))

    found = {node.ref: node.props["sort_order"] for node in graph_store.list_nodes("Column")}
    assert found == {column(f"c{place}"): place for place in range(columns)}
    assert {edge.ref.target for edge in graph_store.list_edges("COLUMN", "Table", "Column")} == found.keys()
    assert props_of(graph_store, T) == {"name": "t"}
    assert [change.ref for change in graph_store.changes()] == [T]


@pytest.mark.parametrize("wrong", [2**63, -(2**63), float("nan"), "a\x00", "\ud800", "x" * 1_000_001, ["a", "\udfff"]])
def test_one_value_that_cannot_be_stored_is_found_among_many(graph_store: GraphStore, wrong: Any):
    props: list[dict[str, Any]] = [{"name": "Ω", "x": 1, "y": True, "z": None} for _ in range(50)]
    puts = [PutNode(column(f"c{place}"), held) for place, held in enumerate([*props, {"odd": wrong}, *props])]
    with pytest.raises((Invalid, TooLarge), match="'odd'"):
        graph_store.apply(Batch(tuple(puts), Authority.SOURCE, source="s"))
    assert graph_store.list_nodes("Column") == []
