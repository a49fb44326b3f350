"""Experiments, their runs, and the datasets that these read."""

from collections.abc import Iterator, Mapping

import orjson

from ingest import records
from ingest.building.lineage import checked
from ingest.building.models import listed, named
from ingest.records import Put, bare_user, link, present
from metadata_service.store.mutations import NodeRef, PutNode
from schemas import keys
from schemas.model_statements import Dataset, Experiment, ExperimentRuns, Run


def experiment_key(said: Experiment) -> str:
    return str(keys.ExperimentKey(said.instance, said.id))


def experiment(said: Experiment) -> Iterator[Put]:
    """Put an experiment."""
    ref = NodeRef("MLExperiment", experiment_key(said))
    props = present(
        name=said.name,
        url=said.url,
        artifact_location=said.artifact_location,
        created_at=said.created_at,
        updated_at=said.updated_at,
    )
    yield PutNode(ref, {**props, **named(said.properties)})
    yield from records.description(ref, said.description or "")
    yield from records.tags(ref, said.tags)
    yield from records.owners(ref, said.owners)


def experiment_of(said: ExperimentRuns) -> str:
    return str(keys.ExperimentKey(said.instance, said.experiment))


def experiment_runs(said: ExperimentRuns) -> Iterator[Put]:
    """Put what the runs of an experiment have together."""
    names = listed(parameters=said.parameters, metrics=said.metrics, datasets=said.datasets, users=said.users)
    yield PutNode(NodeRef("MLExperiment", experiment_of(said)), {"run_count": said.count, **names})


def run_key(said: Run) -> str:
    return str(keys.RunKey(said.instance, said.id))


def run(said: Run) -> Iterator[Put]:
    """Put a run with what it read. Raises InvalidKey for what is no key of a table."""
    ref = NodeRef("MLRun", run_key(said))
    yield PutNode(
        ref,
        {
            **present(
                name=said.name or said.id,
                url=said.url,
                status=said.status,
                started_at=said.started_at,
                ended_at=said.ended_at,
                user=said.user,
                source_name=said.source_name,
                source_type=said.source_type,
                git_commit=said.git_commit,
                git_branch=said.git_branch,
                git_repository=said.git_repository,
                entry_point=said.entry_point,
                artifact_uri=said.artifact_uri,
                parameters=_json(said.parameters),
                metrics=_json(said.metrics),
            ),
            **named(said.properties),
        },
    )
    yield link("HAS_RUN", NodeRef("MLExperiment", str(keys.ExperimentKey(said.instance, said.experiment))), ref)
    if said.parent:
        yield link("CHILD_OF", ref, NodeRef("MLRun", str(keys.RunKey(said.instance, said.parent))))
    if said.ran_by:
        person = bare_user(said.ran_by)
        yield person
        yield link("RAN_BY", ref, person.ref)
    yield from _inputs(ref, said)
    yield from records.description(ref, said.description or "")


def _inputs(run: NodeRef, said: Run) -> Iterator[Put]:
    contexts: dict[str, dict[str, None]] = {}
    for each in said.inputs:
        read = contexts.setdefault(str(keys.DatasetKey(said.instance, each.name, each.digest)), {})
        if each.context:
            read[each.context] = None
        if each.table:
            yield link("HAS_DOWNSTREAM", NodeRef("Table", checked(keys.TableKey, each.table)), run)
    for key, read in contexts.items():
        yield link("CONSUMED", run, NodeRef("MLDataset", key), present(context=", ".join(read)))


def _json(values: Mapping[str, str | float]) -> str:
    return orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS).decode() if values else ""


def dataset_key(said: Dataset) -> str:
    return str(keys.DatasetKey(said.instance, said.name, said.digest))


def dataset(said: Dataset) -> Iterator[Put]:
    """Put a dataset, and the table it is taken from. Raises InvalidKey for what is no key of a table."""
    ref = NodeRef("MLDataset", dataset_key(said))
    names = ("name", "digest", "source_type", "source", "schema", "profile")
    yield PutNode(ref, present(**{name: getattr(said, name) for name in names}))
    if said.table:
        yield link("SNAPSHOT_OF", ref, NodeRef("Table", checked(keys.TableKey, said.table)))
