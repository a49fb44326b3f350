"""A real PostgreSQL read as a source: every kind of relation, type and name, and what may not be read."""

import psycopg
import pytest
from postgres_databases import ON_POSTGRES, Postgres
from said_by_sql import Said

from ingest.extract.sql_database.source import SqlDatabase
from schemas.errors import InvalidSource, SourceUnavailable

pytestmark = ON_POSTGRES

SHOP = [
    "CREATE SCHEMA sales",
    "COMMENT ON SCHEMA sales IS 'What is sold'",
    "CREATE TABLE customers (id bigint PRIMARY KEY, mail text)",
    "COMMENT ON TABLE customers IS 'Who buys; \"quoted\" / 顧客'",
    "COMMENT ON COLUMN customers.mail IS 'Where to write'",
    "CREATE TABLE sales.orders (id int, part int, customer bigint REFERENCES customers, total numeric(10,2))",
    "ALTER TABLE sales.orders ADD PRIMARY KEY (id, part)",
    "CREATE TABLE sales.lines (number int, part int, FOREIGN KEY (number, part) REFERENCES sales.orders)",
    """CREATE VIEW sales.report AS SELECT c.mail, sum(o.total) AS total FROM sales.orders o
    JOIN customers c ON c.id = o.customer GROUP BY c.mail""",
    "CREATE MATERIALIZED VIEW top AS SELECT * FROM sales.report",
]


@pytest.fixture(scope="module")
def shop(postgres: Postgres) -> str:
    return postgres.server.url(postgres.database(*SHOP, name="shop"))


def test_tables_views_and_columns_are_said_with_their_comments_and_keys(shop: str):
    said = Said(shop)

    assert {name: table.is_view for name, table in said.tables.items()} == {
        "public.customers": False,
        "public.top": True,
        "sales.lines": False,
        "sales.orders": False,
        "sales.report": True,
    }
    customers = said.tables["public.customers"]
    assert (customers.database, customers.cluster) == ("postgres", "shop")
    assert customers.description == 'Who buys; "quoted" / 顧客'
    assert [column.description for column in customers.columns] == [None, "Where to write"]
    assert said.tables["sales.orders"].schema_description == "What is sold"
    assert said.types("sales.orders") == {
        "id": "integer",
        "part": "integer",
        "customer": "bigint",
        "total": "numeric(10,2)",
    }
    assert said.badges("sales.orders") == {"id": ["pk"], "part": ["pk"], "customer": ["fk"], "total": []}
    assert said.refused == {}


def test_a_column_has_each_role_once_in_however_many_keys_it_is(postgres: Postgres):
    name = postgres.database(
        "CREATE TABLE a (id int PRIMARY KEY)",
        "CREATE TABLE b (id int PRIMARY KEY)",
        "CREATE TABLE c (at date, id int REFERENCES a REFERENCES b, PRIMARY KEY (id, at)) PARTITION BY RANGE (id, at)",
    )

    badges = Said(postgres.server.url(name)).badges("public.c")

    assert badges == {"at": ["pk", "partition column"], "id": ["pk", "fk", "partition column"]}


def test_what_a_primary_key_only_includes_is_no_part_of_it(postgres: Postgres):
    name = postgres.database("CREATE TABLE a (id int, at date, PRIMARY KEY (id) INCLUDE (at))")

    assert Said(postgres.server.url(name)).badges("public.a") == {"at": [], "id": ["pk"]}


def test_foreign_keys_become_joins_with_the_whole_condition_at_each_column(shop: str):
    said = Said(shop)

    (join,) = said.queries["postgres://shop.sales/orders"].joins
    assert (join.left, join.operator, join.right) == (
        "postgres://shop.sales/orders/customer",
        "=",
        "postgres://shop.public/customers/id",
    )
    both = said.queries["postgres://shop.sales/lines"].joins
    assert [(join.left[-6:], join.right[-4:]) for join in both] == [("number", "s/id"), ("s/part", "part")]
    assert {join.sql for join in both} == {
        "INNER JOIN sales.orders ON sales.lines.number = sales.orders.id AND sales.lines.part = sales.orders.part"
    }


def test_definitions_of_views_become_lineage_of_tables_and_columns(shop: str):
    said = Said(shop)

    report, top = "postgres://shop.sales/report", "postgres://shop.public/top"
    assert set(said.lineage[report].upstream) == {"postgres://shop.sales/orders", "postgres://shop.public/customers"}
    assert said.steps(report) == {
        ("postgres://shop.public/customers/mail", f"{report}/mail", None),
        ("postgres://shop.sales/orders/total", f"{report}/total", "SUM(o.total)"),
    }
    assert said.steps(top) == {(f"{report}/mail", f"{top}/mail", None), (f"{report}/total", f"{top}/total", None)}


def test_what_a_view_names_without_a_schema_is_found_whatever_the_users_search_path_is(postgres: Postgres):
    name = postgres.database(
        "CREATE SCHEMA other",
        "CREATE TABLE public.t (a int)",
        "CREATE TABLE other.t (a int)",
        "CREATE VIEW public.v AS SELECT a FROM other.t",
        "ALTER ROLE fram SET search_path = other",
    )
    try:
        said = Said(postgres.server.url(name))
    finally:
        postgres.run(name, "ALTER ROLE fram RESET search_path")

    (found,) = said.lineage.values()
    assert found.upstream == [f"postgres://{name}.other/t"]


def test_a_view_that_sqlglot_does_not_understand_is_still_below_its_tables(postgres: Postgres):
    name = postgres.database(
        "CREATE SCHEMA s",
        "CREATE TABLE s.t (a int, b oid[])",
        "CREATE VIEW v AS SELECT b = '{0}'::oid[] AS x FROM s.t",
        "CREATE VIEW w AS SELECT a FROM s.t",
    )

    said = Said(postgres.server.url(name))

    assert [one.upstream for one in said.lineage.values()] == [[f"postgres://{name}.s/t"]] * 2
    assert said.steps(f"postgres://{name}.public/w")
    assert "public.v" in said.refused  # or else this needs another statement that is not understood


def test_nested_types_are_taken_apart(postgres: Postgres):
    name = postgres.database(
        "CREATE SCHEMA geo",
        'CREATE TYPE geo.place AS (street text, "zip code" varchar(10), tags text[])',
        "CREATE TYPE address AS (now geo.place, earlier geo.place[])",
        "CREATE TYPE mood AS ENUM ('good', 'bad (')",
        "CREATE DOMAIN email AS text",
        """CREATE TABLE t (a address, i int[], n numeric(8,2)[], m mood, ms mood[], e email, v int2vector, j jsonb,
        r int4range, x xml, t timestamptz(3))""",
    )
    place = 'struct<street:text,"zip code":character varying(10),tags:array<text>>'

    assert Said(postgres.server.url(name)).types("public.t") == {
        "a": f"struct<now:{place},earlier:array<{place}>>",
        "i": "array<integer>",
        "n": "array<numeric(8,2)>",
        "m": "mood",
        "ms": "array<mood>",
        "e": "email",
        "v": "int2vector",
        "j": "jsonb",
        "r": "int4range",
        "x": "xml",
        "t": "timestamp(3) with time zone",
    }


HOSTILE = [
    "a.b/c d",
    "sel%s ect %(x)s %%",
    ":name",
    "it's",
    'double"quote',
    "größe 顧客 🐘",
    "SELECT",
    "\\x' OR 1=1 --",
]


def test_names_of_any_kind_are_said_measured_and_joined(postgres: Postgres):
    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    statements = []
    for schema in HOSTILE:
        statements.append(f"CREATE SCHEMA {quoted(schema)}")
        for table in HOSTILE:
            columns = ", ".join(f"{quoted(column)} int" for column in HOSTILE)
            statements.append(
                f"CREATE TABLE {quoted(schema)}.{quoted(table)} ({columns}, UNIQUE ({quoted(HOSTILE[0])}))"
            )
        own, other = (f"{quoted(schema)}.{quoted(table)}" for table in HOSTILE[:2])
        statements.append(
            f"ALTER TABLE {other} ADD FOREIGN KEY ({quoted(HOSTILE[3])}) REFERENCES {own} ({quoted(HOSTILE[0])})"
        )
        statements.append(f"INSERT INTO {own} ({quoted(HOSTILE[0])}) VALUES (7)")
        statements.append(f"CREATE VIEW {quoted(schema)}.v AS SELECT {', '.join(map(quoted, HOSTILE))} FROM {own}")
    name = postgres.database(*statements, name="ho.st/ile")

    said = Said(postgres.server.url(name), statistics=True, row_counts="exact")

    assert said.refused == {}
    assert set(said.tables) == {f"{schema}.{table}" for schema in HOSTILE for table in [*HOSTILE, "v"]}
    for schema in HOSTILE:
        table = said.tables[f"{schema}.{HOSTILE[0]}"]
        assert [column.name for column in table.columns] == HOSTILE
        assert {one.name: one.value for one in table.statistics} == {"row_count": "1", "sampled_rows": "1"}
        assert {one.name: one.value for one in table.columns[0].statistics}["max"] == "7"
    assert len(said.queries) == len(said.lineage) == len(HOSTILE)
    assert all(len(one.columns) == len(HOSTILE) for one in said.lineage.values())


def test_the_longest_names_and_widest_tables_are_said(postgres: Postgres):
    columns = ", ".join(f"c{number} int" for number in range(1600))
    name = postgres.database(f"CREATE TABLE {'t' * 63} ({'c' * 63} int)", f"CREATE TABLE wide ({columns})")

    said = Said(postgres.server.url(name), statistics=True)

    assert list(said.types(f"public.{'t' * 63}")) == ["c" * 63]
    assert list(said.types("public.wide")) == [f"c{number}" for number in range(1600)]


def test_a_table_without_columns_and_columns_that_were_dropped(postgres: Postgres):
    name = postgres.database("CREATE TABLE nothing ()", "CREATE TABLE t (a int, b int)", "ALTER TABLE t DROP COLUMN a")

    said = Said(postgres.server.url(name), statistics=True, row_counts="exact")

    assert said.types("public.nothing") == {}
    assert said.types("public.t") == {"b": "integer"}


def test_a_partitioned_table_is_one_unless_its_parts_are_asked_for(postgres: Postgres):
    url = postgres.server.url(
        postgres.database(
            "CREATE TABLE customers (id int PRIMARY KEY)",
            "CREATE TABLE events (at date, customer int REFERENCES customers) PARTITION BY RANGE (at)",
            "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        )
    )

    whole, parts = Said(url), Said(url, partitions=True)

    assert set(whole.tables) == {"public.customers", "public.events"}
    assert set(parts.tables) == {*whole.tables, "public.events_1"}
    assert whole.badges("public.events") == {"at": ["partition column"], "customer": ["fk"]}
    assert len(whole.queries) == len(parts.queries) == 1  # a part's foreign key is its table's


def test_a_foreign_table_is_a_table(postgres: Postgres):
    name = postgres.database(
        "CREATE EXTENSION file_fdw",
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE FOREIGN TABLE words (word text) SERVER files OPTIONS (filename '/no/such/file')",
    )

    said = Said(postgres.server.url(name), row_counts="exact")

    assert said.types("public.words") == {"word": "text"}
    assert "No such file" in said.refused["public.words"]


def test_generated_and_identity_columns_are_columns(postgres: Postgres):
    name = postgres.database(
        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS (2) STORED, s serial)"
    )

    assert Said(postgres.server.url(name)).types("public.t") == dict.fromkeys(["id", "b", "s"], "integer")


def test_a_schema_that_the_user_may_not_use_is_refused_and_the_rest_is_read(postgres: Postgres):
    name = postgres.database(
        "CREATE SCHEMA secret",
        "CREATE TABLE secret.t (a int)",
        "CREATE TABLE open_ (a int)",
        "CREATE TABLE shut (a int)",
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN PASSWORD 'r'",
        "GRANT SELECT ON open_ TO reader",
    )

    said = Said(postgres.server.url(name, "reader", "r"), row_counts="exact")

    assert set(said.tables) == {"public.open_", "public.shut"}
    assert said.refused == {
        "secret": "The user may not look into this schema: USAGE on it is missing.",
        "public.shut": "It could not be measured: permission denied for table shut.",
    }
    assert Said(postgres.server.url(name, "reader", "r"), exclude_schemas=["sec*"]).refused == {}


def test_patterns_choose_schemas_and_tables(shop: str):
    assert set(Said(shop, include_schemas=["SALES"]).tables) == {"sales.lines", "sales.orders", "sales.report"}
    assert set(Said(shop, include_tables=["*.o*", "public.*"], exclude_tables=["*.top"]).tables) == {
        "public.customers",
        "sales.orders",
    }
    assert Said(shop, include_schemas=["none"]).items == []


def test_lineage_and_joins_are_left_out_when_they_are_not_wanted(shop: str):
    said = Said(shop, lineage=False, joins=False)

    assert len(said.items) == len(said.tables) == 5


def test_keys_take_their_database_and_cluster_from_the_settings(shop: str):
    said = Said(shop, database="warehouse", cluster="eu.west")

    assert "warehouse://eu%2Ewest.sales/report" in said.lineage
    assert {(table.database, table.cluster) for table in said.tables.values()} == {("warehouse", "eu.west")}
    assert "postgres://gold.sales/report" in Said(shop, clusters={"shop": "gold"}).lineage


def test_check_says_what_would_be_read_and_nothing_of_the_password(postgres: Postgres, shop: str):
    told = SqlDatabase(**SqlDatabase.settings().load({"url": shop})).check()

    version = postgres.server.port
    assert told.startswith(f"postgresql://127.0.0.1:{version}/shop, PostgreSQL ")
    assert "3 tables and 2 views in 2 schemas, kept as postgres://shop." in told
    assert "correct-horse" not in told


def check(url: str, **settings: object) -> str:
    return SqlDatabase(**SqlDatabase.settings().load({"url": url, **settings})).check()


def test_the_password_may_stand_by_itself(postgres: Postgres, shop: str):
    bare = shop.replace(":correct-horse", "")

    assert check(bare, password="correct-horse") == check(shop)


@pytest.mark.parametrize("user", ["fram", "nobody"])
def test_a_wrong_user_or_password_is_not_tried_again(postgres: Postgres, shop: str, user: str):
    with pytest.raises(InvalidSource, match=r"^url: .*password authentication failed") as raised:
        check(postgres.server.url("shop", user, "p%40ss%2Fwrong"))

    assert not {"p@ss", "p%40ss", "wrong"} & set(raised.value.message.replace("/", " ").split())


def test_a_database_that_is_not_there_is_named(postgres: Postgres):
    with pytest.raises(InvalidSource, match='database "none" does not exist'):
        check(postgres.server.url("none"))


def test_a_server_that_is_not_there_may_answer_later():
    with pytest.raises(SourceUnavailable, match=r"^postgresql://127\.0\.0\.1:1/shop does not answer: .*refused"):
        check("postgresql://fram:secret@127.0.0.1:1/shop")


def test_a_connection_that_is_cut_while_it_is_read_is_the_sources_outage(postgres: Postgres):
    schemas = [f"s{number}" for number in range(9)]
    name = postgres.database(*(f"CREATE SCHEMA {schema} CREATE TABLE t (a int)" for schema in schemas))
    told = SqlDatabase.settings().load({"url": postgres.server.url(name)})
    items = SqlDatabase(**told).extract()
    next(items)

    postgres.run("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    with pytest.raises(SourceUnavailable, match=f"{name}: "):
        list(items)


def test_nothing_is_written_and_nothing_left_open(postgres: Postgres):
    name = postgres.database(
        "CREATE TABLE t (a int)",
        "CREATE FUNCTION sly() RETURNS int LANGUAGE sql AS 'INSERT INTO t VALUES (1) RETURNING a'",
        "CREATE VIEW v AS SELECT sly() AS a",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a",
    )

    Said(postgres.server.url(name), statistics=True, row_counts="exact")

    with psycopg.connect(postgres.server.url(name)) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert connection.execute(others).fetchone() == (0,)


def test_columns_are_measured_by_their_type(postgres: Postgres):
    name = postgres.database(
        "CREATE TABLE t (n int, d date, s text, b boolean, j json, p point, i interval, e numeric)",
        """INSERT INTO t SELECT nullif(i % 5, 0), date '2025-01-01' + i, 'secret' || i, true, '{}', '(1,2)', '1 day',
        'NaN' FROM generate_series(1, 100) i""",
    )

    table = Said(postgres.server.url(name), statistics=True, row_counts="exact").tables["public.t"]

    measured = {one.name: {m.name: m.value for m in one.statistics} for one in table.columns}
    assert {one.name: one.value for one in table.statistics} == {"row_count": "100", "sampled_rows": "100"}
    assert measured == {
        "n": {"null_percent": "20", "distinct_count": "4", "min": "1", "max": "4", "avg": "2.5"},
        "d": {"null_percent": "0", "distinct_count": "100", "min": "2025-01-02", "max": "2025-04-11"},
        "s": {"null_percent": "0", "distinct_count": "100"},
        "b": {"null_percent": "0", "distinct_count": "1"},
        "j": {"null_percent": "0"},
        "p": {"null_percent": "0"},
        "i": {"null_percent": "0"},
        "e": {"null_percent": "0", "distinct_count": "1", "min": "NaN", "max": "NaN", "avg": "nan"},
    }


def test_a_large_table_is_sampled_and_alike_each_time(postgres: Postgres):
    name = postgres.database("CREATE TABLE t AS SELECT i FROM generate_series(1, 50000) i", "ANALYZE t")
    settings = {"statistics": True, "sample_rows": 1000, "row_counts": "estimated"}

    once, again = (Said(postgres.server.url(name), **settings).items for _ in range(2))

    assert once == again
    told = {one.name: one.value for one in once[0].statistics}
    assert told["estimated_row_count"] == "50000"
    assert 500 <= int(told["sampled_rows"]) <= 1000
    assert int({m.name: m.value for m in once[0].columns[0].statistics}["max"]) > 1000  # no mere first rows


def test_what_takes_too_long_is_said_without_statistics(postgres: Postgres):
    name = postgres.database(
        "CREATE TABLE slow (a int)",
        "CREATE TABLE quick (a int)",
        "ALTER TABLE slow ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY slow ON slow USING (pg_sleep(60) IS NOT NULL)",
        "INSERT INTO slow VALUES (1)",
        "DROP ROLE IF EXISTS waiter",
        "CREATE ROLE waiter LOGIN PASSWORD 'w'",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO waiter",
    )
    url = postgres.server.url(name, "waiter", "w")

    said = Said(url, row_counts="exact", query_seconds=1)
    late = Said(url, row_counts="exact", statistics_seconds=0)

    assert set(said.tables) == set(late.tables) == {"public.quick", "public.slow"}
    assert list(said.refused) == ["public.slow"]
    assert "cancel" in said.refused["public.slow"]
    assert late.refused == {
        "statistics_seconds": "The time for counting and measuring was over: 2 tables were left out."
    }
