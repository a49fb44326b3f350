"""What a source says of one thing: a table with its columns, its lineage, its readers, a dashboard or a person.

One frozen value a statement; extractors yield them, `POST /ingest/entities` takes them as JSON, and the graph keeps
them (docs/adr/0012). None and an empty list say nothing: another source's word stands. Keys are those of
docs/graph-model.md; moments are epoch seconds. `KINDS` names every kind of statement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType

from schemas.entities import entity
from schemas.model_statements import Dataset, Experiment, ExperimentRuns, Model, ModelVersion, Run


@entity
class Label:
    """A badge, which resources share by its name."""

    name: str
    category: str = "status"


@entity
class Measure:
    """A statistic of a table or column, over the time given."""

    name: str
    value: str
    start: int | None = None
    end: int | None = None


@entity
class Column:
    """A column of a table; nested types are read from `type`. Columns stand in the order of their list."""

    name: str
    type: str = ""
    description: str | None = None
    badges: Sequence[Label] = ()
    statistics: Sequence[Measure] = ()


@entity
class Watermark:
    """The low or high watermark of a table; `partition` is `column=value`, `created_at` as the source writes it."""

    type: str
    partition: str
    created_at: str


@entity
class Code:
    """Where the code is that makes a table."""

    url: str
    type: str = "github"


@entity
class Task:
    """A task of a scheduler that makes a table."""

    cluster: str
    dag: str
    task: str
    url: str = ""


@entity
class Report:
    """A report about a table: a profile, the results of its tests."""

    name: str
    url: str


@entity
class Table:
    """A table or view. With nothing but its name it is a stub, which other sources fill."""

    database: str
    cluster: str
    schema: str
    name: str
    is_view: bool | None = None
    description: str | None = None
    schema_description: str | None = None
    columns: Sequence[Column] = ()
    tags: Sequence[str] = ()
    badges: Sequence[Label] = ()
    owners: Sequence[str] = ()
    statistics: Sequence[Measure] = ()
    watermarks: Sequence[Watermark] = ()
    updated_at: int | None = None
    code: Code | None = None
    task: Task | None = None
    reports: Sequence[Report] = ()
    notes: Mapping[str, str] = field(default_factory=dict)  # descriptions that a program wrote, by its name


@entity
class Step:
    """A column is made from another one, by key; `transformation` says how, in the source's own words."""

    source: str
    target: str
    transformation: str | None = None


@entity
class Lineage:
    """Everything that a table, dashboard or feature is made from, its columns' steps among it."""

    kind: str
    key: str
    upstream: Sequence[str] = ()  # keys of tables
    columns: Sequence[Step] = ()


@entity
class Reads:
    """How often a person read a table or dashboard."""

    email: str
    count: int


@entity
class Usage:
    """Who reads a table, dashboard or feature."""

    kind: str
    key: str
    readers: Sequence[Reads] = ()


@entity
class Join:
    """How a column of a table is joined with another one, and how often that was seen."""

    left: str
    right: str
    type: str
    operator: str
    sql: str
    count: int = 1


@entity
class Filter:
    """A condition by which a table's rows are chosen, the columns in it by key, and how often that was seen."""

    clause: str
    columns: Sequence[str]
    count: int = 1


@entity
class Queries:
    """How a table is commonly joined and filtered."""

    table: str
    joins: Sequence[Join] = ()
    filters: Sequence[Filter] = ()


@entity
class Chart:
    id: str
    name: str = ""
    type: str = ""
    url: str = ""


@entity
class DashboardQuery:
    """A query of a dashboard, with the charts it feeds."""

    id: str
    name: str = ""
    url: str = ""
    text: str = ""
    charts: Sequence[Chart] = ()


@entity
class Group:
    """A group of dashboards."""

    id: str
    name: str = ""
    url: str = ""
    description: str | None = None


@entity
class Dashboard:
    """A dashboard and the tables it shows, by key."""

    product: str
    cluster: str
    group: Group
    id: str
    name: str
    url: str = ""
    description: str | None = None
    created_at: int | None = None
    updated_at: int | None = None
    last_run_at: int | None = None
    last_run_state: str | None = None
    last_success_at: int | None = None
    tables: Sequence[str] = ()
    queries: Sequence[DashboardQuery] = ()
    tags: Sequence[str] = ()
    badges: Sequence[Label] = ()
    owners: Sequence[str] = ()


@entity
class Person:
    """A person, by address."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    display_name: str | None = None
    github_username: str | None = None
    slack_id: str | None = None
    team_name: str | None = None
    role_name: str | None = None
    employee_type: str | None = None
    profile_url: str | None = None
    manager_email: str | None = None
    is_active: bool = True


Statement = (
    Table
    | Lineage
    | Usage
    | Queries
    | Dashboard
    | Person
    | Experiment
    | ExperimentRuns
    | Run
    | Dataset
    | Model
    | ModelVersion
)

KINDS: Mapping[str, type[Statement]] = MappingProxyType(
    {
        "table": Table,
        "lineage": Lineage,
        "usage": Usage,
        "queries": Queries,
        "dashboard": Dashboard,
        "person": Person,
        "experiment": Experiment,
        "experiment_runs": ExperimentRuns,
        "run": Run,
        "dataset": Dataset,
        "model": Model,
        "model_version": ModelVersion,
    }
)
