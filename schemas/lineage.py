"""What the exploration of lineage returns: frozen values whose fields are the keys of the replies. Epoch seconds."""

from collections.abc import Mapping, Sequence

from schemas.entities import Badge, entity


@entity
class End:
    """A node by its kind (table, column, dashboard, feature, run, model_version or model) and key."""

    kind: str
    key: str


@entity
class Node:
    """A node of an exploration. What is hidden is next to it and not in the reply.

    `level`: the shortest distance, negative upstream, 0 the start. `table`: the key of a column's table; its owners
    are the column's too. A dashboard's database is its product and its schema the id of its group; a feature has a
    group as schema alone; what MLflow holds has its instance. `gone_since`: when the last source that told of it fell
    silent, null where one tells of it still, or none ever did.
    """

    kind: str
    key: str
    name: str
    schema: str | None
    database: str | None
    cluster: str | None
    level: int
    usage: int
    owners: Sequence[str]
    badges: Sequence[Badge]
    table: str | None
    gone_since: int | None
    upstream_count: int
    downstream_count: int
    hidden_upstream: int
    hidden_downstream: int


@entity
class Origin:
    """Where an edge came from: the source and run that last confirmed it, or the person who drew it, and why."""

    source: str | None
    run: str | None
    first_seen_at: int | None
    last_seen_at: int | None
    author: str | None
    reason: str | None


@entity
class Edge:
    """An edge of lineage: the target is made from the source."""

    source: End
    target: End
    origin: Origin


@entity
class Exploration:
    """What is around a node. `complete` is False when something within the depth was left out.

    `next` is where the start's neighbours go on, null behind the last.
    """

    kind: str
    key: str
    direction: str
    depth: int
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    complete: bool
    next: str | None


@entity
class Among:
    """The edges among nodes that were named; `nodes`: their columns, where these were asked for.

    `complete` is False when there are more edges, or columns, than were looked at.
    """

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    complete: bool


@entity
class Affected:
    """Something downstream, and how many edges away; `gone_since` as of a node."""

    kind: str
    key: str
    name: str
    distance: int
    owners: Sequence[str]
    usage: int
    gone_since: int | None


@entity
class OwnerCount:
    owner: str
    count: int


@entity
class Impact:
    """Everything downstream of a node, the nearest first, then the most used; counted by kind and by owner."""

    kind: str
    key: str
    items: Sequence[Affected]
    counts: Mapping[str, int]
    owners: Sequence[OwnerCount]
    complete: bool


@entity
class DependentModel:
    """A version of a model that depends on something, and its model by key and name.

    `known_by`, of a column: the `signature` of the version, the `dataset` it learned from, `lineage`, or no more than
    the `table`. `in_production`: by its stage, or an alias that means it.
    """

    key: str
    version: str
    model: str
    name: str
    stage: str | None
    aliases: Sequence[str]
    in_production: bool
    known_by: str | None
    distance: int
    runs: Sequence[str]
    owners: Sequence[str]


@entity
class DependentModels:
    """Every version of a model downstream, those in production first."""

    kind: str
    key: str
    items: Sequence[DependentModel]
    complete: bool


@entity
class Stop:
    """A node on a path."""

    kind: str
    key: str
    name: str


@entity
class Paths:
    """The shortest paths from one node downstream to another; `length` in edges, null where there is none.

    `complete` is False when there may be more of them, or shorter ones, than were found.
    """

    paths: Sequence[Sequence[Stop]]
    length: int | None
    complete: bool


@entity
class Drawn:
    """An edge that was drawn or removed by hand, and whether that changed anything."""

    source: End
    target: End
    changed: bool
