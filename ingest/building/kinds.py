"""Every kind of statement with how it is keyed and built. A new kind is a line here, beside its dataclass."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ingest.building import dashboards, lineage, models, models_training, people, queries, tables
from ingest.building.shared import SharedBadge, SharedGroup, SharedSchema
from ingest.records import Put, Puts
from metadata_service.store.mutations import Fan
from schemas import model_statements, statements

VERSION = 1  # of all that is built; another one has every statement written anew, once


class Kind(NamedTuple):
    """A kind of statement: its dataclass, the key of what one is about, what it puts, and the label of what it is of.

    `label` is that of the node a statement keeps alive; empty for statements about what others keep. `history` puts
    what is to be remembered of what one became, as a run saw it at a moment: (before, after, run, now).
    """

    type: type
    key: Callable[[Any], str]
    build: Callable[[Any], Iterable[Put | Puts | Fan]]
    label: str = ""
    history: Callable[[Any, Any, str, int], Iterable[Put]] | None = None


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "table": Kind(statements.Table, tables.table_key, tables.table, "Table"),
        "lineage": Kind(statements.Lineage, lineage.key_of, lineage.lineage),
        "usage": Kind(statements.Usage, lineage.key_of, lineage.usage),
        "queries": Kind(statements.Queries, queries.queries_key, queries.queries),
        "dashboard": Kind(statements.Dashboard, dashboards.dashboard_key, dashboards.dashboard, "Dashboard"),
        "person": Kind(statements.Person, people.person_key, people.person, "User"),
        "experiment": Kind(
            model_statements.Experiment, models_training.experiment_key, models_training.experiment, "MLExperiment"
        ),
        "experiment_runs": Kind(
            model_statements.ExperimentRuns, models_training.experiment_of, models_training.experiment_runs
        ),
        "run": Kind(model_statements.Run, models_training.run_key, models_training.run, "MLRun"),
        "dataset": Kind(model_statements.Dataset, models_training.dataset_key, models_training.dataset, "MLDataset"),
        "model": Kind(model_statements.Model, models.model_key, models.model, "MLModel", models.changes),
        "model_version": Kind(model_statements.ModelVersion, models.version_key, models.version, "MLModelVersion"),
        # Taken out of the statements above, never sent by themselves.
        "schema": Kind(SharedSchema, tables.schema_key, tables.schema),
        "group": Kind(SharedGroup, dashboards.group_key, dashboards.group),
        "badge": Kind(SharedBadge, people.badge_key, people.badge),
    }
)
NAMES: Mapping[type, str] = MappingProxyType({kind.type: name for name, kind in KINDS.items()})
