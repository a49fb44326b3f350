"""What a source says of machine learning: experiments, their runs and what these read, models and their versions.

Statements like those of schemas/statements.py, which names their kinds. `instance` is the registry they stand in, as
it is called in keys; `properties` are its own tags, by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field

from schemas.entities import entity


@entity
class Experiment:
    """An experiment."""

    instance: str
    id: str
    name: str
    description: str | None = None
    url: str = ""
    artifact_location: str = ""
    created_at: int | None = None
    updated_at: int | None = None
    tags: Sequence[str] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    owners: Sequence[str] = ()


@entity
class ExperimentRuns:
    """What the runs of an experiment have together: how many they are, and the names in them."""

    instance: str
    experiment: str
    count: int
    parameters: Sequence[str] = ()
    metrics: Sequence[str] = ()
    datasets: Sequence[str] = ()
    users: Sequence[str] = ()


@entity
class Input:
    """A dataset that a run has read, and the table, by key, that it is taken from, where that is known."""

    name: str
    digest: str
    context: str = ""
    table: str | None = None


@entity
class Run:
    """A run of an experiment, by the ids of both. `user` is a name of the system it ran on, `ran_by` a person."""

    instance: str
    id: str
    experiment: str
    name: str = ""
    description: str | None = None
    url: str = ""
    status: str = ""
    started_at: int | None = None
    ended_at: int | None = None
    user: str = ""
    ran_by: str = ""
    parent: str = ""
    source_name: str = ""
    source_type: str = ""
    git_commit: str = ""
    git_branch: str = ""
    git_repository: str = ""
    entry_point: str = ""
    artifact_uri: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    inputs: Sequence[Input] = ()


@entity
class Dataset:
    """A dataset at one digest of its content. `source`, `schema` and `profile` as the source writes them."""

    instance: str
    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    table: str | None = None


@entity
class Model:
    """A registered model. `aliases`: the version of each; `stages`: the stage of each version that is in one.

    What changes in these two is remembered (docs/adr/0014).
    """

    instance: str
    name: str
    description: str | None = None
    url: str = ""
    created_at: int | None = None
    updated_at: int | None = None
    tags: Sequence[str] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    owners: Sequence[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)


@entity
class SignatureField:
    """A field that a model takes or returns."""

    name: str
    type: str = ""
    required: bool = True


@entity
class UsedColumn:
    """A column, by key, that a version learned from; `known_by` says how that is known."""

    key: str
    known_by: str


@entity
class ModelVersion:
    """A version of a registered model, and the run that made it, by its id. `inputs` are None where not known."""

    instance: str
    model: str
    version: str
    description: str | None = None
    url: str = ""
    stage: str = ""
    aliases: Sequence[str] = ()
    status: str = ""
    status_message: str = ""
    run: str = ""
    model_id: str = ""
    source_uri: str = ""
    flavors: Sequence[str] = ()
    inputs: Sequence[SignatureField] | None = None
    outputs: Sequence[SignatureField] | None = None
    size_bytes: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[UsedColumn] = ()
