"""The runs of an experiment as a table: filtered, sorted by anything they have, and cut into pages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from metadata_service.catalog.models_training import ROW, summary
from metadata_service.catalog.selections import PRESENT
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Order, Select, Shape
from schemas.errors import InvalidParameter, NotFound
from schemas.model_entities import RunPage, RunSummary

MAX_RUNS = 10_000  # of an experiment that are looked at, the latest
FIELDS = ("name", "status", "user", "started_at", "ended_at", "git_commit")

_RUNS = Shape(
    "MLExperiment",
    (),
    {
        "runs": Select(
            ("HAS_RUN",),
            "MLRun",
            props=ROW,
            where=PRESENT,
            order=(Order("started_at", descending=True),),
            limit=MAX_RUNS + 1,
        )
    },
)
_COMPARED = {">=": ge, "<=": le, "!=": ne, ">": gt, "<": lt, "=": eq}
_CONDITION = re.compile(r"\s*([^<>=!]+?)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*\Z", re.DOTALL)

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs, in which order. `where`: conditions as `metrics.auc>0.9`, or words that a name has, by commas."""

    where: str = ""
    sort: str = "started_at"
    descending: bool = True
    offset: int = 0
    limit: int = 100


def list_runs(store: GraphStore, key: str, wanted: Wanted) -> RunPage:
    """Return a page of the runs of an experiment. Raises NotFound, InvalidParameter for a condition or an order."""
    passing = [_condition(part) for part in wanted.where.split(",") if part.strip()]
    column = _column("sort", wanted.sort)
    record = store.fetch(key, _RUNS)
    if record is None:
        raise NotFound(f"experiment {key} does not exist")
    found = record.children["runs"]
    runs = [run for run in map(summary, found[:MAX_RUNS]) if all(test(run) for test in passing)]
    ordered = _sorted(runs, column, descending=wanted.descending)
    page = ordered[wanted.offset : wanted.offset + wanted.limit]
    return RunPage(page, len(runs), len(found) <= MAX_RUNS)


def _sorted(runs: Sequence[RunSummary], column: Callable[[RunSummary], Cell], *, descending: bool) -> list[RunSummary]:
    """Sort numbers before texts, and what has no value last, whichever the direction."""
    valued = [(value, run) for run in runs if (value := column(run)) is not None]
    numbers = [(value, run) for value, run in valued if not isinstance(value, str)]
    texts = [(value, run) for value, run in valued if isinstance(value, str)]
    parts = []
    for part in (numbers, texts):
        part.sort(key=lambda pair: pair[0], reverse=descending)
        parts.append([run for _, run in part])
    with_values = [run for part in (reversed(parts) if descending else parts) for run in part]
    return with_values + [run for run in runs if column(run) is None]


def _column(parameter: str, name: str) -> Callable[[RunSummary], Cell]:
    """Return what reads a column: a field, `parameters.<name>` or `metrics.<name>`."""
    sort, _, of = name.partition(".")
    if sort == "parameters" and of:
        return lambda run: _number(run.parameters.get(of))
    if sort == "metrics" and of:
        return lambda run: run.metrics.get(of)
    if name in FIELDS:
        return lambda run: getattr(run, name)
    raise InvalidParameter(
        f"{parameter}: {name[:80]!r} is none of {', '.join(FIELDS)}, parameters.<name> and metrics.<name>."
    )


def _number(value: str | None) -> Cell:
    try:
        return value if value is None else float(value)
    except ValueError:
        return value


def _condition(part: str) -> Callable[[RunSummary], bool]:
    found = _CONDITION.match(part)
    if found is None:
        word = part.strip().lower()
        return lambda run: word in run.name.lower() or word in (run.user or "").lower()
    column, compare, wanted = _column("where", found[1]), _COMPARED[found[2]], found[3]
    number = _number(wanted)

    def passes(run: RunSummary) -> bool:
        value = column(run)
        if value is None:
            return False
        if isinstance(value, str) or isinstance(number, str) or number is None:
            return bool(compare(str(value), wanted))
        return bool(compare(value, number))

    return passes
