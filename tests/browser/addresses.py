"""Pages of the demo catalogue, by what they are about."""

from urllib.parse import quote


def _of(kind: str, key: str) -> str:
    return f"/{kind}/{quote(key, safe=':@')}"


ORDERS = "snowflake://warehouse.marts/fct_orders"
TABLE = _of("table", ORDERS)
QUIET_TABLE = _of("table", "snowflake://warehouse.marts/dim_date")
DASHBOARD = _of("dashboard", "tableau_dashboard://prod.finance/daily-flash")
FEATURE = _of("feature", "subscription_health/late_deliveries_60d/1.2")
PERSON = _of("person", "hana.kim@merrowfield.example")
SHIPMENTS = "snowflake://warehouse.marts/fct_shipments"
MODEL = _of("model", "mlflow://merrowfield/model/churn")
LINEAGE = f"/lineage{TABLE}"

ALL = {
    "home": "/",
    "search": "/search?q=orders",
    "search-narrowed": "/search?q=orders&kind=table&f.schema=marts",
    "search-nothing": "/search?q=zzzzqqqq",
    "table": TABLE,
    "table-column": f"{TABLE}?column=order_date",
    "table-nested": _of("table", "kafka://events.web/pageViewed") + "?column=page",
    "table-watermarks": _of("table", "kafka://events.web/pageViewed") + "?tab=watermarks",
    "table-dashboards": f"{TABLE}?tab=dashboards",
    "table-lineage": f"{TABLE}?tab=lineage",
    "table-usage": f"{TABLE}?tab=usage",
    "table-joins": f"{TABLE}?tab=joins",
    "table-history": f"{TABLE}?tab=history",
    "dashboard": DASHBOARD,
    "dashboard-charts": f"{DASHBOARD}?tab=charts",
    "dashboard-korean": _of("dashboard", "superset_dashboard://prod.roastery/busan-live"),
    "feature": FEATURE,
    "feature-code": f"{FEATURE}?tab=code",
    "person": PERSON,
    "person-korean": _of("person", "minjun.choi@merrowfield.example"),
    "search-people": "/search?kind=user",
    "search-dashboards": "/search?q=revenue&kind=dashboard",
    "search-models": "/search?q=churn&kind=model",
    "search-experiments": "/search?kind=experiment",
    "table-models": _of("table", SHIPMENTS) + "?tab=lineage",
    "model": MODEL,
    "experiment": _of("experiment", "mlflow://merrowfield/experiment/7"),
    "labels": "/labels",
    "ingest": "/ingest",
    "sync": "/sync",
    "missing": "/table/hive:%2F%2Fno.such%2Ftable",
    "nowhere": "/no/such/page",
}
