"""OpenLineage's events as they come in: checked against what its schemas say, with the first field that is wrong."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from schemas.errors import InvalidBody
from schemas.wire import openlineage_facets as known
from schemas.wire.checks import Check, Wrong, all_of, inside, many, moment, one_of, record, text, uri, uuid

STATES = ("START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER")
RUN, JOB, DATASET = "run", "job", "dataset"
REMEMBERED_BYTES = range(500, 16_000)  # of a facet that is worth it


def _facets(base: Check, of: Mapping[str, Check]) -> Check:
    """Check facets: each has what all have; one that is known, and not taken back, has what it is for as well."""

    def check(value: Any) -> Wrong | None:
        if type(value) is not dict:
            return "", "It must be an object."
        for name, facet in value.items():
            wrong = base(facet)
            if wrong is None and name in of and facet.get("_deleted") is not True:
                wrong = _looked_at(of[name], facet)
            if wrong is not None:
                return inside(name[:80], wrong)
        return None

    return check


def _looked_at(check: Check, facet: Any) -> Wrong | None:
    """Check a facet; a large one that came before, as schemas do with every run, is not looked at again."""
    try:
        said = orjson.dumps(facet)
    except TypeError:  # too deep, or a number that is too great
        return check(facet)
    return _remembered(check, said) if len(said) in REMEMBERED_BYTES else check(facet)


@lru_cache(maxsize=512)
def _remembered(check: Check, said: bytes) -> Wrong | None:
    return check(orjson.loads(said))


_NAMED = {"namespace": text, "name": text}
_RUN = record({"runId": uuid}, {"facets": _facets(known.BASE, known.RUN)})
_JOB = record(_NAMED, {"facets": _facets(known.DELETABLE, known.JOB)})
_DATASET_FACETS = {"facets": _facets(known.DELETABLE, known.DATASET)}
_INPUT = record(_NAMED, {**_DATASET_FACETS, "inputFacets": _facets(known.BASE, known.INPUT)})
_OUTPUT = record(_NAMED, {**_DATASET_FACETS, "outputFacets": _facets(known.BASE, known.OUTPUT)})

_BASE = record({"eventTime": moment, "producer": uri, "schemaURL": uri})
_FLOWS = {"inputs": many(_INPUT), "outputs": many(_OUTPUT)}
_EVENTS: Mapping[str, Check] = {
    RUN: all_of(_BASE, record({"run": _RUN, "job": _JOB}, {"eventType": one_of(*STATES), **_FLOWS})),
    DATASET: all_of(_BASE, record({"dataset": record(_NAMED, _DATASET_FACETS)})),
    JOB: all_of(_BASE, record({"job": _JOB}, _FLOWS)),
}


def kind_of(event: Any, where: str = "") -> str:
    """Return whether an event is of a run, a job or a dataset.

    Raises InvalidBody for one that is none, which names the first field that is wrong, beginning with `where`.
    """
    if not isinstance(event, dict):
        raise InvalidBody(f"{where or 'An event'}: It must be a JSON object.")
    try:
        found = {kind: _EVENTS[kind](event) for kind in _possible(event)}
    except RecursionError:
        raise InvalidBody(f"{where or 'An event'}: It is nested too deeply.") from None
    right = [kind for kind, wrong in found.items() if wrong is None]
    if len(right) == 1 and (deep := _too_deep(event)) is None:
        return right[0]
    if len(right) == 1:
        raise InvalidBody(f"{where}{'.' * bool(where)}{deep}: It is nested too deeply.")
    wrong = ("dataset", "An event is of a job or of a dataset, not of both.") if right else next(iter(found.values()))
    path, what = inside(where, wrong or ("", "")) if where else wrong or ("", "")
    raise InvalidBody(f"{path}: {what}")


def _too_deep(value: Any, levels: int = 4) -> str | None:
    """Return the way to what is nested more deeply than can be kept; None where nothing is."""
    try:
        orjson.dumps([[[[[[[[value]]]]]]]])  # in what is kept it stands a few levels deeper
    except TypeError:
        pass
    else:
        return None
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members if levels else ():
        if (inner := _too_deep(member, levels - 1)) is not None:
            own = f"[{name}]" if isinstance(value, list) else str(name)[:80]
            return f"{own}{'.' * (inner != '' and not inner.startswith('['))}{inner}"
    return ""


def _possible(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an event may be by what it has; where it has too little, what it is most like."""
    if "run" in event:
        return (DATASET,) if "dataset" in event and "job" not in event else (RUN,)
    found = tuple(kind for kind in (JOB, DATASET) if kind in event)
    return found or (RUN,)
