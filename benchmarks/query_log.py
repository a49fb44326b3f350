"""How fast a query log is read, beside bare calls of sqlglot's lineage on the same statements in as many processes.

The bare side parses each statement once and asks once for all of its columns (one call with a shared cache, the best
that sqlglot offers); it keeps nothing. Ours also reads the file, finds joins, filters and readers, sends its answers
back and counts them. Every statement is another one, so that nothing is remembered. The statements are made up; the
files `*.sql` of a folder named by FRAM_BENCHMARK_SQL are measured as well.
"""

import json
import multiprocessing
import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage

from benchmarks.measure import Figure, paired
from ingest.extract.query_log.source import CHUNK_STATEMENTS, QueryLog, QueryLogSettings
from schemas.statements import Lineage

STATEMENTS = 400
DIALECT = "postgres"
WORKERS = os.cpu_count() or 1
ROUNDS = 3


def run(statements: int = STATEMENTS) -> Iterator[Figure]:
    """Measure the made-up statements, then those of a folder, each as often as it takes to have as many."""
    yield _figure("made up", made_up(statements))
    folder = os.environ.get("FRAM_BENCHMARK_SQL")
    if folder:
        texts = [path.read_text() for path in sorted(Path(folder).glob("*.sql"))]
        times = -(-statements // len(texts))
        yield _figure(f"{len(texts)} of a folder", [f"/* {n} */ {text}" for n in range(times) for text in texts])


def made_up(count: int) -> list[str]:
    """Give statements as an analyst's warehouse sees them: stages, windows, aggregates, five joins, filters."""
    return [
        f"""insert into mart.sales_{n} (customer, region, month, revenue, orders, rank)
        with paid as (
            select o.id, o.customer_id, o.region_id, date_trunc('month', o.placed_at) as month,
                   o.total * fx.rate as value
            from core.orders_{n % 40} as o
            join core.rates as fx on fx.currency = o.currency and fx.day = o.day
            where o.state = 'paid' and o.total > {n} and o.placed_at >= '2026-01-01'
        ), returned as (
            select r.order_id, sum(r.amount) as amount from core.returns_{n % 30} as r
            left join core.reasons as why on why.id = r.reason_id where why.kind <> 'test' group by r.order_id
        )
        select c.name, coalesce(g.label, 'none'), paid.month, sum(paid.value - coalesce(returned.amount, 0)),
               count(distinct paid.id), row_number() over (partition by g.label order by sum(paid.value) desc)
        from paid
        join core.customers as c on c.id = paid.customer_id
        left join returned on returned.order_id = paid.id
        left join (select reg.id, upper(reg.label) as label from core.regions as reg) as g on g.id = paid.region_id
        where c.country in ('NO', 'DE', 'KR') group by c.name, g.label, paid.month"""  # noqa: S608  # only read
        for n in range(count)
    ]


def _figure(name: str, statements: Sequence[str]) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.ndjson"
        path.write_text("\n".join(json.dumps({"query": sql, "user": "jane"}) for sql in statements))
        ours, bare, ratio = paired(lambda: _ours(path), lambda: _bare(statements), ROUNDS)
    size = len(statements)
    return Figure(
        f"query log, {size:,} statements ({name}), {WORKERS} processes",
        1 / ratio,
        0.8,
        f"{size / ours:,.0f}/s",
        f"{size / bare:,.0f}/s",
        at_least=True,
    )


def _ours(path: Path) -> None:
    settings = QueryLogSettings().load({"path": str(path), "database": DIALECT, "workers": WORKERS})
    assert any(isinstance(one, Lineage) for one in QueryLog(**settings).extract())


def _bare(statements: Sequence[str]) -> None:
    chunks = [statements[at : at + CHUNK_STATEMENTS] for at in range(0, len(statements), CHUNK_STATEMENTS)]
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        assert sum(pool.map(_bare_chunk, chunks))


def _bare_chunk(chunk: Sequence[str]) -> int:
    return sum(_bare_columns(sql) for sql in chunk)


def _bare_columns(sql: str) -> int:
    """Return for how many columns sqlglot tells lineage; none where it would have to know the schema."""
    try:
        statement = sqlglot.parse_one(sql, dialect=DIALECT)
        query = statement.expression if isinstance(statement, exp.Insert) else statement
        return len(lineage(None, query, {}, dialect=DIALECT, copy=False))
    except SqlglotError:
        return 0
