"""Dashboards with their queries and charts, and the groups they stand in."""

from collections.abc import Iterator

from ingest import records
from ingest.building.lineage import checked
from ingest.building.shared import SharedGroup
from ingest.building.tables import badges
from ingest.records import Put, link, present
from metadata_service.store.mutations import NodeRef, PutNode
from schemas import keys
from schemas.statements import Chart, Dashboard, DashboardQuery

LAST, LAST_SUCCESSFUL = "_last_execution", "_last_successful_execution"
SUCCEEDED = "succeeded"


def dashboard_key(said: Dashboard) -> str:
    return records.dashboard_ref(said.product, said.cluster, said.group.id, said.id).key


def dashboard(said: Dashboard) -> Iterator[Put]:
    """Put a dashboard. Raises InvalidKey for an empty id or what is no key of a table."""
    place = said.product, said.cluster, said.group.id
    ref, group = records.dashboard_ref(*place, said.id), records.dashboard_group_ref(*place)
    yield from records.dashboard_group(*place, "")  # what it is called is a statement of its own
    yield from records.dashboard(ref, group, said.name, url=said.url, created_timestamp=said.created_at)
    yield from records.description(ref, said.description or "")
    yield from _executions(ref, said)
    if said.updated_at is not None:
        yield from records.dashboard_updated(ref, said.updated_at)
    yield from records.dashboard_tables(ref, [checked(keys.TableKey, key) for key in said.tables])
    for query in said.queries:
        yield from _query(ref, query)
    yield from records.tags(ref, said.tags)
    yield from badges(ref, said.badges)
    yield from records.owners(ref, said.owners)


def _executions(ref: NodeRef, said: Dashboard) -> Iterator[Put]:
    if said.last_run_at is not None:
        yield from records.dashboard_execution(ref, LAST, said.last_run_at, said.last_run_state or "")
    if said.last_success_at is not None:
        yield from records.dashboard_execution(ref, LAST_SUCCESSFUL, said.last_success_at, SUCCEEDED)


def _query(dashboard: NodeRef, said: DashboardQuery) -> Iterator[Put]:
    query = NodeRef("Query", str(keys.DashboardQueryKey(dashboard.key, said.id)))
    yield from records.dashboard_query(dashboard, said.id, name=said.name, url=said.url, text=said.text)
    for chart in said.charts:
        yield from _chart(dashboard, said.id, query, chart)


def _chart(dashboard: NodeRef, query_id: str, query: NodeRef, said: Chart) -> Iterator[Put]:
    ref = NodeRef("Chart", str(keys.ChartKey(dashboard.key, query_id, said.id)))
    yield PutNode(ref, present(id=said.id, name=said.name, type=said.type, url=said.url))
    yield link("HAS_CHART", query, ref)


def group_key(said: SharedGroup) -> str:
    return records.dashboard_group_ref(said.product, said.cluster, said.id).key


def group(said: SharedGroup) -> Iterator[Put]:
    """Put a group of dashboards."""
    yield from records.dashboard_group(said.product, said.cluster, said.id, said.name, said.url)
    ref = records.dashboard_group_ref(said.product, said.cluster, said.id)
    yield from records.description(ref, said.description or "")
