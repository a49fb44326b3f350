"""What the catalogue returns of models, experiments and runs: frozen values whose fields are the keys of the replies.

Moments are epoch seconds; `properties` are a registry's own tags as `name=value`.
"""

from collections.abc import Mapping, Sequence

from schemas.entities import Badge, Tag, User, entity
from schemas.model_statements import SignatureField, UsedColumn


@entity
class ModelChange:
    """A stage (of the version `subject`) or an alias (called `subject`) that became another, as a run saw it."""

    kind: str
    subject: str
    before: str | None
    after: str | None
    observed_at: int
    run: str


@entity
class DatasetRead:
    """A dataset that a run has read, with the tables it is taken from, by key."""

    key: str
    name: str
    digest: str
    source_type: str | None
    source: str | None
    context: str | None
    columns: Sequence[str]
    tables: Sequence[str]


@entity
class RunSummary:
    """A run as a row of its experiment."""

    key: str
    name: str
    status: str | None
    started_at: int | None
    ended_at: int | None
    user: str | None
    git_commit: str | None
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]


@entity
class ModelVersion:
    """A version of a model, with the run that made it and what that has read."""

    key: str
    model: str
    name: str
    version: str
    url: str | None
    stage: str | None
    aliases: Sequence[str]
    status: str | None
    status_message: str | None
    description: str | None
    flavors: Sequence[str]
    inputs: Sequence[SignatureField] | None
    outputs: Sequence[SignatureField] | None
    size_bytes: int | None
    model_id: str | None
    source_uri: str | None
    created_at: int | None
    updated_at: int | None
    properties: Sequence[str]
    run: RunSummary | None
    datasets: Sequence[DatasetRead]
    columns: Sequence[UsedColumn]


@entity
class Model:
    """A registered model, its newest versions and changes first."""

    key: str
    name: str
    instance: str
    url: str | None
    description: str | None
    owners: Sequence[User]
    tags: Sequence[Tag]
    badges: Sequence[Badge]
    properties: Sequence[str]
    created_at: int | None
    updated_at: int | None
    versions: Sequence[ModelVersion]
    changes: Sequence[ModelChange]
    complete: bool


@entity
class Experiment:
    """An experiment, with what its runs have together."""

    key: str
    name: str
    instance: str
    url: str | None
    description: str | None
    owners: Sequence[User]
    tags: Sequence[Tag]
    badges: Sequence[Badge]
    properties: Sequence[str]
    artifact_location: str | None
    created_at: int | None
    updated_at: int | None
    run_count: int | None
    parameters: Sequence[str]
    metrics: Sequence[str]
    datasets: Sequence[str]
    users: Sequence[str]


@entity
class RunPage:
    """Some runs of an experiment, of `total` that pass; `complete` is False when not all of its runs were looked at."""

    items: Sequence[RunSummary]
    total: int
    complete: bool


@entity
class Named:
    key: str
    name: str


@entity
class MadeVersion:
    """A version that a run made."""

    key: str
    name: str
    stage: str | None
    aliases: Sequence[str]


@entity
class Run(RunSummary):
    """A run with everything known of it."""

    experiment: Named | None
    url: str | None
    description: str | None
    ran_by: str | None
    source_name: str | None
    source_type: str | None
    git_branch: str | None
    git_repository: str | None
    entry_point: str | None
    artifact_uri: str | None
    properties: Sequence[str]
    parent: Named | None
    children: Sequence[Named]
    datasets: Sequence[DatasetRead]
    versions: Sequence[MadeVersion]
