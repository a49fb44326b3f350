"""Say dbt's exposures as dashboards: what outside dbt is made from its tables."""

from collections.abc import Iterator

from ingest.extract.dbt.artifacts import BadNode, Manifest, Node, refused
from ingest.extract.dbt.owners import Owners
from ingest.extract.dbt.relations import Relations
from ingest.extract.source import Refused
from schemas.statements import Dashboard, Group, Label


def dashboards(
    manifest: Manifest, relations: Relations, owners: Owners, product: str, cluster: str
) -> Iterator[Dashboard | Refused]:
    """Yield each exposure; its group is its project."""
    for node in manifest.all("exposures"):
        if isinstance(node, Refused):
            yield node
            continue
        try:
            yield from relations.unknown(node)
            yield _dashboard(node, relations, owners, product, cluster)
        except BadNode as error:
            yield refused(node.id, error)


def _dashboard(node: Node, relations: Relations, owners: Owners, product: str, cluster: str) -> Dashboard:
    name = node.needed("name")
    project = node.text("package_name") or node.id.split(".")[1]
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
