"""What is known of a dataset, as statements: the table with what its facets tell, and what it is made from. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ingest.extract.openlineage.columns import columns_of
from ingest.extract.openlineage.known import Dataset
from ingest.extract.openlineage.naming import Names
from ingest.extract.openlineage.quality import assertions_told, measures_of
from schemas.keys import ColumnKey, TableKey
from schemas.statements import Code, Lineage, Statement, Step, Table, Task
from schemas.wire.checks import epoch_micros

# The facets of a dataset that its table tells of. False: they change with every run, and can wait.
TOLD: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("schema", "documentation", "ownership", "tags", "datasetType", "storage", "catalog"), True),
        **dict.fromkeys(("dataQualityAssertions", "lifecycleStateChange"), True),
        **dict.fromkeys(("dataQualityMetrics", "outputStatistics"), False),
    }
)
OF_A_JOB = ("documentation", "sourceCodeLocation", "jobType")  # the facets of a job that its tables tell of

_MICROS = 1_000_000
Facets = Mapping[str, Any]


def statements(dataset: Dataset, names: Names) -> Iterator[Statement]:
    """Yield what is known of a dataset: nothing of one that was dropped, or is another one's name."""
    if dataset.alias_of or not dataset.there or is_dropped(dataset):
        return
    facets = {name: said for name, (_, said) in dataset.facets.items() if said is not None}
    key = TableKey.parse(dataset.key)
    said_at = {name: at // _MICROS for name, (at, _) in dataset.facets.items()}
    columns = columns_of(dataset, facets, said_at, names)
    yield Table(
        key.database,
        key.cluster,
        key.schema,
        key.table,
        is_view=_is_view(facets),
        description=facets.get("documentation", {}).get("description") or None,
        columns=columns,
        tags=[_tag(one) for one in facets.get("tags", {}).get("tags", ()) if not one.get("field")],
        owners=list(_owners(facets)),
        statistics=list(measures_of(facets, said_at)),
        updated_at=_updated_at(dataset, facets),
        code=_code(dataset),
        task=_task(dataset),
        notes={
            name: text
            for name, text in {
                "openlineage": _about(dataset, facets),
                "openlineage_assertions": assertions_told(facets),
            }.items()
            if text
        },
    )
    if dataset.writers:
        yield _lineage(dataset, {column.name for column in columns})


def is_dropped(dataset: Dataset) -> bool:
    """Say whether the last that happened to a dataset was that it went."""
    at, last = dataset.facets.get("lifecycleStateChange", (0, None))
    return bool(last and last["lifecycleStateChange"] == "DROP" and at >= dataset.written)


def _lineage(dataset: Dataset, columns: set[str]) -> Lineage:
    """Put together what all jobs make a table from."""
    steps: dict[tuple[str, str], dict[str, None]] = {}
    for _, written in sorted(dataset.writers.items()):
        for column, source, source_column, how in written.rows:
            target = _target(dataset.key, column, columns)
            if target and source_column:
                steps.setdefault((str(ColumnKey(source, source_column)), target), {})[how] = None
    upstream = {source for written in dataset.writers.values() for source in written.inputs}
    return Lineage(
        "table",
        dataset.key,
        sorted(upstream),
        [Step(*ends, "; ".join(filter(None, sorted(hows))) or None) for ends, hows in sorted(steps.items())],
    )


def _target(key: str, column: str, columns: set[str]) -> str:
    """Return what a row is of: a column, for a field within one too; the table where it is of all of it."""
    if not column:
        return key
    outer = column if column in columns else column.partition(".")[0]
    return str(ColumnKey(key, outer)) if outer in columns else ""


def _is_view(facets: Facets) -> bool | None:
    kind = facets.get("datasetType", {}).get("datasetType", "").upper()
    return True if "VIEW" in kind else False if kind == "TABLE" else None


def _tag(one: Mapping[str, str]) -> str:
    """Return a tag: its key, with its value where that says more than yes."""
    key, value = one["key"].strip().lower(), one["value"].strip().lower()
    return key if value in ("", "true", key) else f"{key}:{value}"


def _owners(facets: Facets) -> Iterator[str]:
    found = (one["name"].strip().lower().removeprefix("user:") for one in facets.get("ownership", {}).get("owners", ()))
    yield from dict.fromkeys(filter(None, found))


def _updated_at(dataset: Dataset, facets: Facets) -> int | None:
    measured = facets.get("dataQualityMetrics", {}).get("lastUpdated")
    last = max(dataset.written, epoch_micros(measured) if measured else 0)
    return last // _MICROS or None


def _last(dataset: Dataset, facet: str) -> tuple[Sequence[str], Mapping[str, Any]] | None:
    """Return the last job that made a table and has such a facet, with it."""
    found = [one for one in dataset.writers.values() if one.facets.get(facet)]
    last = max(found, key=lambda one: (one.at, one.job), default=None)
    return (last.job, last.facets[facet]) if last else None


def _code(dataset: Dataset) -> Code | None:
    found = _last(dataset, "sourceCodeLocation")
    return Code(found[1]["url"], found[1]["type"]) if found else None


def _task(dataset: Dataset) -> Task | None:
    """Return the task of Airflow that makes a table; its job is called DAG.TASK."""
    found = _last(dataset, "jobType")
    if found is None or found[1]["integration"].upper() != "AIRFLOW":
        return None
    (namespace, name), _ = found
    dag, _, task = name.partition(".")
    return Task(namespace, dag, task) if namespace and dag and task else None


def _about(dataset: Dataset, facets: Facets) -> str:
    """Say how the data is stored, and which jobs make it."""
    storage, catalog = facets.get("storage", {}), facets.get("catalog", {})
    lines = [
        f"Stored as {' '.join(filter(None, (storage.get('storageLayer'), storage.get('fileFormat'))))}."
        if storage.get("storageLayer")
        else "",
        f"In the {catalog['type']} catalog {catalog['name']} of {catalog['framework']}." if catalog else "",
    ]
    for _, written in sorted(dataset.writers.items()):
        if written.run or written.job[1]:
            told = (written.facets.get("documentation") or {}).get("description", "")
            lines.append(f"- Made by the job `{written.job[1]}` of `{written.job[0]}`{': ' if told else ''}{told}")
    return "\n".join(filter(None, lines))
