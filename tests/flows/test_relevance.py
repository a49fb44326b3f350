"""Search finds what people look for at least as well as is recorded in tests/vectors/relevance_recorded.json."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from search_indexes import INDEXES, empty_index

from benchmarks import relevance

MINIMUM = {"demo": 150, "spider": 50}


@pytest.fixture(params=INDEXES[1:])  # memory is the slow one, and none whose order anybody sees
def index_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_index(request.param, tmp_path) as url:
        yield url


@pytest.mark.parametrize("judged_set", relevance.SETS)
def test_relevance_is_no_worse_than_recorded(index_url: str, judged_set: str):
    if judged_set not in relevance.available_sets():
        pytest.skip(f"the documents of the judged set {judged_set} are not there")
    index = relevance.filled(index_url, judged_set)
    result = relevance.score(index, judged_set)
    index.close()
    assert result.ndcg >= json.loads(relevance.RECORDED.read_text())[judged_set], result.worst()


@pytest.mark.parametrize("judged_set", relevance.SETS)
def test_judgements_are_many_and_each_names_what_is_relevant(judged_set: str):
    queries = json.loads((relevance.VECTORS / f"relevance_{judged_set}.json").read_text())["queries"]
    asked = [(query.get("kind", "table"), query["text"]) for query in queries]
    assert len(asked) == len(set(asked)) >= MINIMUM[judged_set]
    assert all(query["relevant"] and set(query["relevant"].values()) <= {1, 2, 3} for query in queries)


def test_everything_judged_relevant_in_the_sample_catalogue_exists():
    names = {(entry.kind, relevance.name_of(entry.document)) for entry in relevance.demo_entries()}
    judged = json.loads((relevance.VECTORS / "relevance_demo.json").read_text())["queries"]
    assert {(query.get("kind", "table"), name) for query in judged for name in query["relevant"]} <= names


def test_a_worse_order_scores_lower():
    best, worse = 7 / 1 + 1 / 1.585, 1 / 1 + 7 / 1.585
    assert relevance.gain([3, 1]) == pytest.approx(best, rel=1e-3)
    assert relevance.gain([1, 3]) == pytest.approx(worse, rel=1e-3)
    assert relevance.gain([0, 0]) == 0
