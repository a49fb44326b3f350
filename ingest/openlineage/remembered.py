"""Look up what is remembered of events: a dataset, a job, or one of its last runs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ingest.extract.openlineage.known import Dataset, Job, Known, Run
from ingest.extract.openlineage.naming import Names
from ingest.openlineage.records import Records
from metadata_service.store.port import GraphStore, wall_clock
from schemas.errors import NotFound


def remembered(store: GraphStore, names: Names, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record with its facets, `[moment in microseconds, facet]` by name. Raises NotFound."""
    known = Known(Records(store, wall_clock).fetch)
    namespace, name, run = asked["namespace"], asked["name"], asked["run"]
    kind = asked["kind"]
    if kind == "dataset":
        dataset = known.dataset(known.resolve(names.key(namespace, name)))
        if dataset.there:
            return _answer(dataset.key, dataset)
    job = known.job(namespace, name)
    if kind == "job" and (job.runs or job.facets):
        return _answer(name, job)
    if kind == "run" and any(run == one for one, *_ in job.runs):
        return _answer(run, known.run(run, job))
    raise NotFound(f"No event has told of this {kind}.")


def _answer(key: str, record: Dataset | Job | Run) -> Mapping[str, Any]:
    return {"key": key, "facets": record.facets, "record": asdict(record)}
