"""Say a node of dbt as a table: the manifest's descriptions, tags and owners with the catalog's columns and types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import quote

from ingest.extract.dbt.artifacts import Catalog, Manifest, Node
from ingest.extract.dbt.metrics import Metrics
from ingest.extract.dbt.owners import Owners
from ingest.extract.dbt.relations import Relation
from ingest.extract.dbt.tests import Results, Tests, column_measures, measures
from ingest.extract.sql.naming import Naming
from schemas.statements import Code, Column, Label, Measure, Report, Table

_VIEWS = frozenset({"view", "materialized_view", "materializedview", "materialized view"})
_UPDATED = frozenset({"pass"})


@dataclass(frozen=True, slots=True)
class Links:
    """Where a project's code and its documentation are on the web, if they are."""

    source_url: str
    docs_url: str
    project: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a node is said with."""

    naming: Naming
    manifest: Manifest
    catalog: Catalog
    results: Results
    tests: Tests
    owners: Owners
    metrics: Metrics
    links: Links


def table_of(relation: Relation, node: Node, outputs: Sequence[str], read: Sequence[str], context: Context) -> Table:
    """Say a node. What the catalog does not have takes its columns from its query and from those that `read` it.

    Raises BadNode.
    """
    found = context.catalog.find(node.id)
    tests = context.tests.of(node.id)
    result = context.results.find(node.id)
    cluster, schema, name = context.naming.parts(relation.name)
    is_view = _is_view(node, found)
    ran = result is not None and result.status in _UPDATED and not is_view
    return Table(
        context.naming.database,
        cluster,
        schema,
        name,
        is_view=is_view,
        description=node.text("description").strip() or (found.text("metadata.comment") if found else "") or None,
        schema_description=node.text("source_description").strip() or None,
        columns=_columns(node, found, [*outputs, *read], column_measures(tests), context.naming),
        tags=_tags(node),
        owners=context.owners.of(node),
        statistics=[*_statistics(found), *measures(tests)],
        updated_at=result.at if ran and result else None,
        code=_code(node, context.links),
        reports=_reports(node, context.links),
        notes={
            name: text
            for name, text in {
                "dbt": _about(node),
                "dbt_tests": "\n".join(test.told() for test in tests),
                "dbt_metrics": context.metrics.told(node.id),
            }.items()
            if text
        },
    )


def _is_view(node: Node, found: Node | None) -> bool | None:
    said = found.text("metadata.type").lower() if found else ""
    if said:
        return "view" in said
    return node.materialized in _VIEWS if node.kind == "model" else None if node.kind == "source" else False


def _columns(
    node: Node,
    found: Node | None,
    seen: Sequence[str],
    tested: Mapping[str, Sequence[Measure]],
    naming: Naming,
) -> list[Column]:
    """Return the columns: those of the catalog in its order; without it, all that are described or were seen in SQL."""
    described = {one.text("name") or key: one for key, one in node.objects("columns")}
    known = dict(Catalog.columns(found)) if found else {}
    by_case = {name.casefold(): one for name, one in described.items()}
    guessed = {name.casefold(): name for name in [*described, *seen]}  # in the case that SQL has, if it has them
    names = list(known) or _in_order(seen, guessed)
    nothing = Node("", {})
    once = {naming.fold(name): name for name in reversed(names)}  # the first of those that are one in the graph's case
    return [
        Column(
            naming.fold(name),
            known.get(name, nothing).text("type") or by_case.get(name.casefold(), nothing).text("data_type"),
            by_case.get(name.casefold(), nothing).text("description").strip()
            or known.get(name, nothing).text("comment")
            or None,
            [Label(tag, "dbt") for tag in _tags(by_case.get(name.casefold(), nothing))],
            tested.get(name.lower(), ()),
        )
        for name in names
        if once[naming.fold(name)] == name
    ]


def _in_order(first: Sequence[str], names: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(names[key] for key in [*(name.casefold() for name in first), *names]))


def _tags(node: Node) -> list[str]:
    found = chain(node.texts("tags"), node.texts("config.tags"))
    return list(dict.fromkeys(name for tag in found if (name := tag.strip().lower())))


def _statistics(found: Node | None) -> list[Measure]:
    """Return what the catalog measured of a table: rows, bytes, … as the adapter calls them."""
    return [
        Measure(key, _number(one.fields["value"]))
        for key, one in (found.objects("stats") if found else ())
        if key != "has_stats" and one.fields.get("include") is not False and one.fields.get("value") is not None
    ]


def _number(value: Any) -> str:
    """Write a number as people do: adapters have 412880.0 rows."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _code(node: Node, links: Links) -> Code | None:
    """Return where the code is that makes it; what makes a source, dbt does not know."""
    if node.kind == "source":
        return None
    path = node.text("original_file_path").replace("\\", "/")
    own = not links.project or node.text("package_name") == links.project
    return Code(f"{links.source_url.rstrip('/')}/{quote(path)}") if links.source_url and path and own else None


def _reports(node: Node, links: Links) -> list[Report]:
    return (
        [Report("dbt docs", f"{links.docs_url.rstrip('/')}/#!/{node.kind}/{quote(node.id)}")] if links.docs_url else []
    )


def _about(node: Node) -> str:
    """Say in a line what the node is for dbt."""
    how = node.materialized if node.kind == "model" else ""
    version = node.fields.get("version")
    said = [
        f"{how} {node.kind}".strip().capitalize(),
        f"`{node.text('source_name')}.{node.text('name')}`" if node.kind == "source" else f"`{node.text('name')}`",
        f"version {version}" if version is not None else "",
        f"of the dbt project `{node.text('package_name')}`" if node.text("package_name") else "",
        f"(`{node.text('original_file_path')}`)" if node.text("original_file_path") else "",
    ]
    dated = node.text("deprecation_date")
    return " ".join(filter(None, said)) + "." + (f" Deprecated from {dated[:10]} on." if dated else "")
