"""How well search finds what people look for: nDCG@10 and MRR over judged queries, and the queries it does worst on.

Run by `make relevance`. The judgements are tests/vectors/relevance_*.json, the floor the tests hold it to is
tests/vectors/relevance_recorded.json; `--record` writes it anew.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from statistics import mean
from typing import Any

from fram import demo
from ingest.publish.project import PROJECTIONS, project
from metadata_service.store.memory import MemoryGraphStore
from schemas.document_types import Document
from search_service.index.factory import open_index
from search_service.index.port import Entry, SearchIndex
from search_service.query import Query, parse

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "tests" / "vectors"
RECORDED = VECTORS / "relevance_recorded.json"
SPIDER = ROOT.parent / "shared" / "data" / "spider" / "tables.json"
DEPTH = 10
WORST = 12


@dataclass(frozen=True, slots=True)
class Judged:
    """One query, what was found for it and how good that is."""

    text: str
    kind: str
    ndcg: float
    reciprocal_rank: float
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How well an index did over a judged set."""

    queries: Sequence[Judged]

    @property
    def ndcg(self) -> float:
        """Normalised discounted cumulative gain of the first ten, averaged."""
        return mean(query.ndcg for query in self.queries)

    @property
    def mrr(self) -> float:
        """One over the place of the first relevant hit, averaged."""
        return mean(query.reciprocal_rank for query in self.queries)

    def worst(self) -> list[Judged]:
        """Return the queries it does worst on."""
        return sorted(self.queries, key=lambda query: query.ndcg)[:WORST]


def score(index: SearchIndex, judged_set: str) -> Score:
    """Ask an index all queries of a judged set."""
    judgements = json.loads((VECTORS / f"relevance_{judged_set}.json").read_text())
    return Score([_judge(index, query) for query in judgements["queries"]])


def _judge(index: SearchIndex, judgement: Mapping[str, Any]) -> Judged:
    kind, relevant = judgement.get("kind", "table"), judgement["relevant"]
    page = index.search(Query(kind, parse(judgement["text"]), limit=DEPTH))
    found = tuple(name_of(hit.document) for hit in page.hits)
    grades = [relevant.get(name, 0) for name in found]
    best = gain(sorted(relevant.values(), reverse=True)[:DEPTH])
    first = next((place for place, grade in enumerate(grades, 1) if grade), None)
    return Judged(judgement["text"], kind, gain(grades) / best, 1 / first if first else 0.0, found)


def gain(grades: Sequence[int]) -> float:
    """Return the discounted cumulative gain of hits of these grades."""
    return sum(float(2**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, 1))


def name_of(document: Document) -> str:
    """Return what judgements call a document: schema.table, or its name."""
    return str(document.get("display_name") if document["resource_type"] == "table" else document["name"])


def demo_entries() -> Iterator[Entry]:
    """Read the documents of the sample catalogue."""
    store = MemoryGraphStore()
    store.ensure_schema()
    demo.load(store)
    for label in PROJECTIONS:
        after = ""
        while nodes := store.list_nodes(label, after):
            yield from project(store, label, {node.ref.key: 1 for node in nodes})
            after = nodes[-1].ref.key


def spider_entries() -> Iterator[Entry]:
    """Read the tables of the Spider data set, a schema for each of its databases."""
    for database in json.loads(SPIDER.read_text()):
        schema = database["db_id"]
        for place, name in enumerate(database["table_names_original"]):
            key = f"sqlite://spider.{schema}/{name}"
            columns = [column for table, column in database["column_names_original"] if table == place]
            document = {
                "key": key,
                "resource_type": "table",
                "name": name,
                "display_name": f"{schema}.{name}",
                "database": "sqlite",
                "cluster": "spider",
                "schema": schema,
                "columns": columns,
            }
            yield Entry("table", key, 1, document)


SETS = {"demo": demo_entries, "spider": spider_entries}


def available_sets() -> list[str]:
    """Name the judged sets whose documents are there."""
    return [name for name in SETS if name != "spider" or SPIDER.exists()]


def filled(url: str, judged_set: str) -> SearchIndex:
    """Open an index that holds the documents of a judged set."""
    index = open_index(url)
    index.ensure()
    entries = list(SETS[judged_set]())
    with index.rebuild(since=2) as rebuild:  # nothing of an earlier run, whose revisions are 1
        rebuild.write(entries)
        rebuild.swap(Counter(entry.kind for entry in entries))
    return index


def _urls(folder: str, judged_set: str) -> dict[str, str]:
    server = os.environ.get("FRAM_TEST_OPENSEARCH_URL")
    urls = {"memory": "memory:", "tantivy": f"tantivy:///{folder}/{judged_set}"}
    return urls | ({"opensearch": f"{server.rstrip('/')}/relevance-{judged_set}"} if server else {})


def main(arguments: Sequence[str]) -> None:
    """Print how each adapter does on each judged set."""
    recorded: dict[str, float] = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    for judged_set in available_sets():
        with tempfile.TemporaryDirectory() as folder:
            for adapter, url in _urls(folder, judged_set).items():
                index = filled(url, judged_set)
                result = score(index, judged_set)
                index.close()
                floor = recorded.get(judged_set)
                print(
                    f"\n{judged_set} on {adapter}: nDCG@10 {result.ndcg:.4f}  MRR {result.mrr:.4f}  "
                    f"({len(result.queries)} queries; recorded {floor})"
                )
                for query in result.worst():
                    print(f"  {query.ndcg:.2f}  {query.text!r}: {', '.join(query.found[:5])}")
                if "--record" in arguments and adapter == "tantivy":
                    recorded[judged_set] = int(result.ndcg * 1000) / 1000
    if "--record" in arguments:
        RECORDED.write_text(json.dumps(recorded, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
