"""Say dbt's exposures as dashboards: what outside dbt is made from its tables."""

from collections.abc import Iterator

from ingest.extract.dbt.artifacts import BadNode, Manifest, Node, refused
from ingest.extract.dbt.owners import Owners
from ingest.extract.dbt.relations import Relations
from ingest.extract.source import Refused
from schemas.keys import DashboardKey
from schemas.statements import Dashboard, Group, Label, Lineage, Step


def dashboards(
    manifest: Manifest, relations: Relations, owners: Owners, product: str, cluster: str
) -> Iterator[Dashboard | Lineage | Refused]:
    """Yield each exposure, and the columns it is made from if it names them; its group is its project."""
    for node in manifest.all("exposures"):
        if isinstance(node, Refused):
            yield node
            continue
        try:
            yield from relations.unknown(node)
            dashboard = _dashboard(node, relations, owners, product, cluster)
            yield dashboard
            yield from _columns(node, dashboard, relations)
        except BadNode as error:
            yield refused(node.id, error)


def _dashboard(node: Node, relations: Relations, owners: Owners, product: str, cluster: str) -> Dashboard:
    name = node.needed("name")
    project = node.text("package_name") or node.id.partition(".")[2].partition(".")[0] or name
    kind, maturity = node.text("type"), node.text("maturity")
    tags = node.texts("tags") + node.texts("config.tags")
    return Dashboard(
        product,
        cluster,
        Group(project, project),
        id=name,
        name=node.text("label") or name,
        url=node.text("url"),
        description=node.text("description").strip() or None,
        tables=[relation.key for relation in relations.above(node.parents())],
        tags=list(dict.fromkeys(tag.strip().lower() for tag in tags if tag.strip())),
        badges=[Label(kind, "dbt")] * (kind not in {"", "dashboard"})
        + [Label(f"{maturity} maturity", "dbt")] * bool(maturity),
        owners=owners.of(node),
    )


def _columns(node: Node, dashboard: Dashboard, relations: Relations) -> Iterator[Lineage | Refused]:
    """Yield which columns it is made from, as `meta.columns` names them: `{orders: [amount, customer]}`."""
    said = node.meta().get("columns")
    if not isinstance(said, dict):
        return  # dbt leaves `meta` to its users: another shape is meant for somebody else
    key = str(DashboardKey(dashboard.product, dashboard.cluster, dashboard.group.id, dashboard.id))
    above = {name: one for one in relations.above(node.parents()) for name in (one.name.name, *one.id.split(".")[2:])}
    steps = []
    for name, columns in said.items():
        if name not in above:
            yield Refused(node.id, f"{node.id}: meta.columns names {name}, on which it does not depend.")
        elif not isinstance(columns, list) or not all(isinstance(column, str) and column for column in columns):
            yield Refused(node.id, f"{node.id}: meta.columns.{name} is no list of texts.")
        else:
            steps += [Step(relations.column(above[name], column), key) for column in columns]
    if steps:
        yield Lineage("dashboard", key, columns=steps)
