"""A database as a job reads it into the graph: what the page then shows, what a second run writes, what it marks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_databases import ON_POSTGRES, Postgres

from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from metadata_service.catalog.tables import get_table
from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from schemas.graph import GONE
from schemas.ingest_runs import FAILED, SUCCEEDED

pytestmark = ON_POSTGRES


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{tmp_path / 'graph.db'}")
    store.ensure_schema()
    yield store
    store.close()


@pytest.fixture
def name(postgres: Postgres) -> str:
    return postgres.database(
        'CREATE TYPE place AS (street text, "zip code" text)',
        "CREATE TABLE customers (id int PRIMARY KEY, home place)",
        "COMMENT ON TABLE customers IS 'Who buys'",
        "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers)",
        "CREATE VIEW report AS SELECT o.id, c.home FROM orders o JOIN customers c ON c.id = o.customer",
        name="shop",
    )


def job(url: str, **settings: object) -> Job:
    return Job("warehouse", "sql", {"url": url, **settings}, retries=0)


def test_what_a_database_says_is_on_the_tables_page(postgres: Postgres, store: GraphStore, name: str):
    run = Runner(store, Jobs()).run(job(postgres.server.url(name), row_counts="exact"))

    assert (run.status, run.refused, run.unresolved) == (SUCCEEDED, 0, 0)
    customers = get_table(store, "postgres://shop.public/customers")
    assert customers.description == "Who buys"
    assert [badge.badge_name for badge in customers.columns[0].badges] == ["pk"]
    home = customers.columns[1].type_metadata
    assert home is not None
    assert [(part.name, part.data_type) for part in home.children] == [("street", "text"), ("zip code", "text")]
    (join,) = get_table(store, "postgres://shop.public/orders").common_joins
    assert (join.column, join.joined_on_table.name, join.joined_on_column) == ("customer", "customers", "id")
    assert get_table(store, "postgres://shop.public/report").is_view


def test_a_second_run_writes_nothing_and_a_table_that_is_gone_is_marked(
    postgres: Postgres, store: GraphStore, name: str
):
    runner, read = Runner(store, Jobs()), job(postgres.server.url(name))
    first = runner.run(read)

    again = runner.run(read)
    postgres.run(name, "DROP TABLE orders CASCADE")
    later = runner.run(read, accept_removal=True)

    assert (again.written, again.unchanged) == (0, first.read)
    # What goes: orders, its join, report, its lineage, and the badge fk, which no column has any more.
    assert (later.status, later.written, later.removed) == (SUCCEEDED, 0, 5)
    gone = {node.ref.key for node in store.list_nodes("Table", limit=100) if node.props.get(GONE)}
    assert gone == {"postgres://shop.public/orders", "postgres://shop.public/report"}


def test_nothing_is_marked_while_a_schema_is_shut(postgres: Postgres, store: GraphStore, name: str):
    postgres.run(
        name,
        "DROP ROLE IF EXISTS guest",
        "CREATE ROLE guest LOGIN PASSWORD 'g'",
        "CREATE SCHEMA more",
        "CREATE TABLE more.t (a int)",
        "GRANT USAGE ON SCHEMA more TO guest",
    )
    runner, read = Runner(store, Jobs()), job(postgres.server.url(name, "guest", "g"))
    runner.run(read)

    postgres.run(name, "REVOKE USAGE ON SCHEMA more FROM guest")
    run = runner.run(read, accept_removal=True)

    assert (run.status, run.refused, run.removed) == (SUCCEEDED, 1, 0)
    assert not any(node.props.get(GONE) for node in store.list_nodes("Table", limit=100))


def test_a_database_that_is_down_fails_the_run_and_marks_nothing(postgres: Postgres, store: GraphStore, name: str):
    runner = Runner(store, Jobs())
    runner.run(job(postgres.server.url(name)))

    run = runner.run(job("postgresql://fram:geheim@127.0.0.1:1/shop"))

    assert run.status == FAILED
    assert "does not answer" in run.message
    assert "geheim" not in run.message
    assert not any(node.props.get(GONE) for node in store.list_nodes("Table", limit=100))
