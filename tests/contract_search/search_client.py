"""A client of the search service over any index, without sockets."""

from collections import Counter

from documented import hold
from flask.testing import FlaskClient

from schemas.settings import Settings
from search_service.app import SERVICE, create_app
from search_service.index.port import Entry, Outcome, SearchIndex

ORDERS = "hive://gold.core/orders"
BOARD = "mode_dashboard://gold.finance/revenue"
FEATURE = "customers/orders_total/1"
ADA = "ada@example.com"

ENTRIES = (
    Entry(
        "table",
        ORDERS,
        1,
        {
            "key": ORDERS,
            "resource_type": "table",
            "database": "hive",
            "cluster": "gold",
            "schema": "core",
            "name": "orders",
            "description": "Every <order>.",
            "tags": ["money"],
            "badges": ["pii"],
            "columns": ["id", "amount"],
            "total_usage": 40,
            "unique_usage": 4,
        },
    ),
    *(
        Entry(
            "table",
            f"hive://gold.core/part_{number:02}",
            1,
            {
                "key": f"hive://gold.core/part_{number:02}",
                "resource_type": "table",
                "database": "hive",
                "cluster": "gold",
                "schema": "core",
                "name": f"part_{number:02}",
                "tags": ["part"],
                "total_usage": number,
            },
        )
        for number in range(25)
    ),
    Entry(
        "dashboard",
        BOARD,
        1,
        {
            "key": BOARD,
            "resource_type": "dashboard",
            "uri": BOARD,
            "name": "Orders by day",
            "product": "mode",
            "cluster": "gold",
            "group_name": "Finance",
            "chart_names": ["Bars"],
            "badges": ["gold"],
            "last_successful_run_timestamp": 1600000000,
        },
    ),
    Entry(
        "feature",
        FEATURE,
        1,
        {
            "key": FEATURE,
            "resource_type": "feature",
            "name": "orders_total",
            "feature_group": "customers",
            "version": "1",
            "availability": ["hive"],
        },
    ),
    Entry(
        "user",
        ADA,
        1,
        {"key": ADA, "resource_type": "user", "email": ADA, "name": "Ada Orders", "first_name": "Ada", "user_id": ADA},
    ),
)


def fill(index: SearchIndex) -> None:
    index.ensure()
    with index.rebuild(since=0) as rebuild:
        assert {written.outcome for written in rebuild.write(ENTRIES)} == {Outcome.WRITTEN}
        rebuild.swap(Counter(entry.kind for entry in ENTRIES))


def client_over(index: SearchIndex) -> FlaskClient:
    app = create_app(Settings(), index)
    assert not app.testing
    return hold(app, SERVICE)
