"""What dbt tests, and how it went: the tests of each table and column, with their results if there are any."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.extract.dbt.artifacts import BadNode, Manifest, Node, open_artifact, refused
from ingest.extract.dbt.json_members import BadMember, Members
from ingest.extract.source import Refused
from schemas.errors import InvalidSource
from schemas.statements import Measure

_REF = re.compile(r"ref\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?['\"]([^'\"]+)['\"]")
_SOURCE = re.compile(r"source\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]+)['\"]")
_WORST = ("error", "fail", "warn", "pass", "skipped")
_ONLY_COMPILES = frozenset({"compile", "docs", "generate", "list", "ls", "parse", "show"})  # its "success" ran nothing
_SPELLED = {"success": "pass", "skip": "skipped", "failed": "fail", "runtime error": "error"}


@dataclass(frozen=True, slots=True)
class Result:
    """How a node's last run went; `at` is when it ended, in epoch seconds."""

    status: str
    failures: int | None
    message: str
    at: int | None


@dataclass(frozen=True, slots=True)
class Test:
    """A test of a table, or of one of its columns; `name` is what it checks (not_null), else what it is called."""

    id: str
    name: str
    column: str
    result: Result | None

    def told(self) -> str:
        """Say it in a line of Markdown."""
        about = f" on `{self.column}`" if self.column else ""
        if self.result is None:
            return f"- `{self.name}`{about}"
        failures = f", {self.result.failures:,} rows" if self.result.failures else ""
        return f"- `{self.name}`{about}: {self.result.status}{failures}"


class Results:
    """The results of run_results.json, none without a file; of several files, the latest of each node."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._by_id: dict[str, Result] = {}
        self.refused: list[Refused] = []
        for path in paths:
            artifact = open_artifact(path, "run-results")
            if _command(artifact, path) not in _ONLY_COMPILES:
                self._read(artifact, path)

    def find(self, id_: str) -> Result | None:
        return self._by_id.get(id_)

    def _read(self, artifact: Members, path: str) -> None:
        try:
            results = artifact.get("results")
        except BadMember as error:
            raise InvalidSource(f"{path}: results {error}.") from None
        if not isinstance(results, list):
            raise InvalidSource(f"{path} has no list of results.")
        for place, fields in enumerate(results):
            node = Node(f"results[{place}]", fields if isinstance(fields, dict) else {})
            try:
                id_ = node.text("unique_id") or node.needed("node.unique_id")
                result, known = _result(node), self._by_id.get(id_)
                if known is None or (result.at or 0) >= (known.at or 0):
                    self._by_id[id_] = result
            except BadNode as error:
                self.refused.append(refused(node.id, error))


def _command(artifact: Members, path: str) -> str:
    """Return which command of dbt the results are of, "" where they do not say."""
    try:
        arguments = artifact.get("args")
    except BadMember as error:
        raise InvalidSource(f"{path}: args {error}.") from None
    return str(arguments.get("which", "")) if isinstance(arguments, dict) else ""


def _result(node: Node) -> Result:
    status = str(node.fields.get("status", "")).lower()
    timing = node.fields.get("timing")
    ended = [one.get("completed_at") for one in timing if isinstance(one, dict)] if isinstance(timing, list) else []
    failures = node.fields.get("failures")
    return Result(
        _SPELLED.get(status, status),
        failures if isinstance(failures, int) else None,
        str(node.fields.get("message") or ""),
        max((at for one in ended if (at := epoch(one)) is not None), default=None),
    )


def epoch(moment: Any) -> int | None:
    """Return the epoch seconds of a moment as dbt writes it: a number, or ISO 8601, in UTC if it says nothing."""
    if isinstance(moment, int | float):
        return int(moment)
    if not isinstance(moment, str) or not moment:
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return int((at if at.tzinfo else datetime.fromisoformat(f"{moment}+00:00")).timestamp())


class Tests:
    """The tests of a manifest, by the node that they test."""

    def __init__(self, manifest: Manifest, results: Results) -> None:
        self._by_node: defaultdict[str, list[Test]] = defaultdict(list)
        for node in manifest.all("nodes"):
            if isinstance(node, Node) and _is_test(node):
                try:
                    self._add(node, results)
                except BadNode as error:
                    results.refused.append(refused(node.id, error))

    def of(self, id_: str) -> Sequence[Test]:
        return sorted(self._by_node.get(id_, ()), key=lambda test: (test.column, test.name, test.id))

    def _add(self, node: Node, results: Results) -> None:
        name = node.text("test_metadata.name") or node.needed("name")
        namespace = node.text("test_metadata.namespace")
        column = node.text("column_name", "test_metadata.kwargs.column_name").strip('"`[]')
        test = Test(node.id, f"{namespace}.{name}" if namespace else name, column, results.find(node.id))
        for id_ in _tested(node):
            self._by_node[id_].append(test)


def _is_test(node: Node) -> bool:
    try:
        return node.kind == "test"
    except BadNode:
        return False  # is refused where relations are looked for


def _tested(node: Node) -> Iterator[str]:
    """Yield what a test is about: what it hangs on, or, for one that is only a query, all that it reads."""
    attached = node.text("attached_node")
    parents = node.parents()
    if attached or len(parents) < 2:
        yield from [attached] if attached else parents
        return
    model = str(node.mapping("test_metadata.kwargs").get("model", "")) if node.mapping("test_metadata") else ""
    ref, source = _REF.search(model), _SOURCE.search(model)
    if ref:
        yield from (id_ for id_ in parents if ref[1] in id_.split("."))
    elif source:
        yield from (id_ for id_ in parents if id_.endswith(f".{source[1]}.{source[2]}"))
    else:
        yield from parents


def measures(tests: Sequence[Test]) -> list[Measure]:
    """Return how many tests of a table there are and how they went."""
    ran = [test.result for test in tests if test.result is not None]
    at = max((result.at for result in ran if result.at is not None), default=None)
    counts = {status: sum(result.status == status for result in ran) for status in _WORST}
    said = [Measure("dbt_tests", str(len(tests)))] if tests else []
    return said + [Measure(f"dbt_tests_{status}", str(count), end=at) for status, count in counts.items() if count]


def column_measures(tests: Sequence[Test]) -> dict[str, list[Measure]]:
    """Return how each column's tests went, by the column's name in lower case; of two alike, the worse."""
    found: defaultdict[str, dict[str, Result]] = defaultdict(dict)
    for test in tests:
        if test.column and test.result is not None:
            known = found[test.column.lower()].get(test.name)
            if known is None or _rank(test.result) < _rank(known):
                found[test.column.lower()][test.name] = test.result
    return {
        column: [Measure(f"dbt_{name}", result.status, end=result.at) for name, result in results.items()]
        for column, results in found.items()
    }


def _rank(result: Result) -> int:
    return _WORST.index(result.status) if result.status in _WORST else len(_WORST)
