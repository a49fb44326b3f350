"""Experiments and runs as MLflow's JSON has them, made into statements. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from ingest.extract.mlflow.datasets import Datasets, Read
from ingest.extract.mlflow.people import People
from ingest.extract.mlflow.reading import (
    DESCRIPTION,
    Json,
    distinct,
    item,
    items,
    moment,
    needed,
    numbers,
    pairs,
    split_tags,
    text,
)
from schemas.model_statements import Experiment, ExperimentRuns, Run

MAX_NAMES = 1_000  # of each sort that an experiment lists
_SOURCE = "mlflow.source."


@dataclass(slots=True)
class Summary:
    """What the runs of an experiment have together."""

    count: int = 0
    parameters: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    datasets: dict[str, None] = field(default_factory=dict)
    users: dict[str, None] = field(default_factory=dict)

    def add(self, run: Run) -> None:
        """Count a run."""
        self.count += 1
        users = [run.ran_by or run.user]
        for names, more in (
            (self.parameters, run.parameters),
            (self.metrics, run.metrics),
            (self.datasets, [each.name for each in run.inputs]),
            (self.users, [user for user in users if user]),
        ):
            for name in more:
                if len(names) < MAX_NAMES:
                    names[name] = None


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made and read, for the versions that come from it."""

    user: str
    inputs: Sequence[Read]


class Training:
    """Makes statements of experiments and runs of one instance."""

    def __init__(self, instance: str, web_url: str, people: People, datasets: Datasets) -> None:
        self._instance, self._people, self._datasets = instance, people, datasets
        self._web = f"{web_url.rstrip('/')}/#/experiments/"

    def experiment(self, data: Json) -> Experiment:
        """Return an experiment. Raises BadItem."""
        tags = pairs(data, "tags")
        id_ = needed(data, "experiment_id")
        bare, properties = split_tags(tags)
        properties.pop(self._people.owner_tag, None)
        return Experiment(
            self._instance,
            id_,
            needed(data, "name"),
            description=tags.get(DESCRIPTION) or None,
            url=f"{self._web}{quote(id_, safe='')}",
            artifact_location=text(data, "artifact_location"),
            created_at=moment(data, "creation_time"),
            updated_at=moment(data, "last_update_time"),
            tags=bare,
            properties=properties,
            owners=self._people.owners(tags),
        )

    def summary(self, id_: str, of: Summary) -> ExperimentRuns:
        """Return what the runs of an experiment have together."""
        named = [sorted(names) for names in (of.parameters, of.metrics, of.datasets, of.users)]
        return ExperimentRuns(self._instance, id_, of.count, *named)

    def run(self, data: Json) -> tuple[Run, Made]:
        """Return a run, and what it read. Raises BadItem."""
        info, found = item(data, "info"), item(data, "data")
        tags = pairs(found, "tags")
        id_, experiment = needed(info, "run_id"), needed(info, "experiment_id")
        inputs = [self._datasets.read(each) for each in items(item(data, "inputs"), "dataset_inputs")]
        user = next(distinct([tags.get("mlflow.user", ""), text(info, "user_id")]), "")
        bare, properties = split_tags(tags)
        run = Run(
            self._instance,
            id_,
            experiment,
            name=text(info, "run_name"),
            description=tags.get(DESCRIPTION) or None,
            url=f"{self._web}{quote(experiment, safe='')}/runs/{quote(id_, safe='')}",
            status=text(info, "status"),
            started_at=moment(info, "start_time"),
            ended_at=moment(info, "end_time"),
            user=user,
            ran_by=self._people.address(user),
            parent=tags.get("mlflow.parentRunId", ""),
            source_name=tags.get(f"{_SOURCE}name", ""),
            source_type=tags.get(f"{_SOURCE}type", ""),
            git_commit=tags.get(f"{_SOURCE}git.commit", ""),
            git_branch=tags.get(f"{_SOURCE}git.branch", ""),
            git_repository=tags.get(f"{_SOURCE}git.repoURL", ""),
            entry_point=tags.get("mlflow.project.entryPoint", ""),
            artifact_uri=text(info, "artifact_uri"),
            parameters=pairs(found, "params"),
            metrics=numbers(found, "metrics"),
            properties={**dict.fromkeys(bare, ""), **properties},
            inputs=[read.input for read in inputs],
        )
        return run, Made(user, inputs)
