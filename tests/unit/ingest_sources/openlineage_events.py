"""Events of OpenLineage, made short: for tests of whatever takes them."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from ingest.extract.openlineage.events import kind_of
from ingest.extract.openlineage.fold import take
from ingest.extract.openlineage.known import Known
from ingest.extract.openlineage.naming import Names
from ingest.extract.openlineage.tables import statements
from schemas.statements import Lineage, Statement, Table

URI = "https://example.org/producer"
BASE = {"_producer": URI, "_schemaURL": URI}
DB = "postgres://db:5432"


def moment(minute: int) -> str:
    return f"2026-01-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z"


def epoch(minute: int) -> int:
    return 1_767_225_600 + 60 * minute


def run_id(number: int) -> str:
    return str(UUID(int=number))


def facets(**said: dict[str, Any]) -> dict[str, Any]:
    return {name: {**BASE, **one} for name, one in said.items()}


def dataset(name: str, namespace: str = DB, **said: dict[str, Any]) -> dict[str, Any]:
    """Name a table of the database wh, schema public, unless it says more itself."""
    full = name if namespace != DB or "." in name else f"wh.public.{name}"
    return {"namespace": namespace, "name": full, **({"facets": facets(**said)} if said else {})}


def key(name: str) -> str:
    return f"postgres://wh.public/{name}"


def fields(*names: str, kind: str = "int") -> dict[str, Any]:
    return {"fields": [{"name": name, "type": kind} for name in names]}


def columns(**made: list[tuple[str, str]]) -> dict[str, Any]:
    """Say that each column is made, as it is, from columns of tables."""
    how = [{"type": "DIRECT", "subtype": "IDENTITY"}]
    return {
        "fields": {
            column: {
                "inputFields": [{**dataset(table), "field": one, "transformations": how} for table, one in sources]
            }
            for column, sources in made.items()
        }
    }


def _base(minute: int) -> dict[str, Any]:
    return {"eventTime": moment(minute), "producer": URI, "schemaURL": URI}


def a_job(name: str = "job", **said: dict[str, Any]) -> dict[str, Any]:
    return {"namespace": "scheduler", "name": name, **({"facets": facets(**said)} if said else {})}


def run_event(
    state: str = "COMPLETE",
    minute: int = 0,
    inputs: Iterable[dict[str, Any]] = (),
    outputs: Iterable[dict[str, Any]] = (),
    *,
    run: int = 1,
    job: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        **_base(minute),
        "eventType": state,
        "run": {"runId": run_id(run)},
        "job": job or a_job(),
        "inputs": list(inputs),
        "outputs": list(outputs),
    }


def job_event(minute: int, inputs: Iterable[dict[str, Any]], outputs: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {**_base(minute), "job": a_job(), "inputs": list(inputs), "outputs": list(outputs)}


def dataset_event(minute: int, of: dict[str, Any]) -> dict[str, Any]:
    return {**_base(minute), "dataset": of}


class Told:
    """What events tell when they are taken in one after the other, each read and written as it would be in a graph."""

    def __init__(self, *events: dict[str, Any], names: Names | None = None) -> None:
        self.names = names or Names()
        self.kept: dict[str, bytes] = {}
        self.due: list[dict[str, bool]] = []
        for event in events:
            self.take(event)

    def take(self, event: dict[str, Any]) -> dict[str, bool]:
        """Take in an event; return of which tables something new is known, and whether it is to be said soon."""
        known = self.known()
        sent = json.loads(json.dumps(event))
        take(known, self.names, kind_of(sent), sent)
        assert sent == event, "an event is not changed"
        self.kept |= {name: orjson.dumps(record) for name, record in known.changed.items() if record is not None}
        for name in [name for name, record in known.changed.items() if record is None]:
            self.kept.pop(name, None)
        return known.due

    def known(self) -> Known:
        return Known(lambda names: {name: self.kept[name] for name in names if name in self.kept})

    def statements(self) -> list[Statement]:
        known = self.known()
        keys = sorted(json.loads(body)["key"] for name, body in self.kept.items() if name.startswith("dataset/"))
        return [one for key in keys for one in statements(known.dataset(key), self.names)]

    def tables(self) -> dict[str, Table]:
        found = (one for one in self.statements() if isinstance(one, Table))
        return {f"{one.database}://{one.cluster}.{one.schema}/{one.name}": one for one in found}

    def lineage(self) -> dict[str, Lineage]:
        return {one.key: one for one in self.statements() if isinstance(one, Lineage)}

    def upstream(self) -> dict[str, list[str]]:
        """Return the names of what each table is made from, of those that are made from something."""
        cut = len(key(""))
        return {one[cut:]: [up[cut:] for up in said.upstream] for one, said in self.lineage().items() if said.upstream}
