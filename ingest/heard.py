"""What each source says of one thing, in the order in which they win: also what a person's word stands before."""

import orjson

from ingest.jobs import Jobs
from ingest.ledger import held as kept
from ingest.ledger.said import unpack
from metadata_service.store.port import GraphStore
from schemas.ingest_runs import Heard


def hear(store: GraphStore, jobs: Jobs, kind: str, key: str) -> list[Heard]:
    """Return what every source says, or last said, of this."""
    names = {f"{source}/{kind}/{key}": source for source in sorted(kept.sources(store), key=jobs.order)}
    found = kept.fetch(store, names)
    return [
        Heard(
            source,
            held.run,
            held.first_run,
            held.unresolved is not None,
            held.gone_since,
            orjson.loads(unpack(held.body)),
        )
        for name, source in names.items()
        if (held := found.get(name)) is not None
    ]
