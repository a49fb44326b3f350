"""Where a relation of lineage came from, written on it as it is written: who or what said so, when first and last.

A source that says the same again stamps a relation once a day at most, so that loading an unchanged source stays a
matter of reading (docs/adr/0011).
"""

from metadata_service.store.mutations import Batch
from metadata_service.store.shapes import Props
from schemas.graph import EDITED_BY, FIRST_SEEN, LAST_SEEN, REASON, RUN, SOURCE, Value

FRESH_SECONDS = 86_400  # so long a relation counts as just seen

Marks = dict[str, Value | None]


def confirmed(before: Props, batch: Batch, now: int) -> Marks:
    """Return what a source's word leaves on a relation, new or known, at `now` in epoch seconds; mostly nothing."""
    last = before.get(LAST_SEEN)
    if not batch.source or (SOURCE in before and isinstance(last, int) and now - last < FRESH_SECONDS):
        return {}
    return {SOURCE: batch.source, RUN: batch.run or None, FIRST_SEEN: before.get(FIRST_SEEN, now), LAST_SEEN: now}


def drawn(before: Props, batch: Batch, now: int) -> Marks:
    """Return what a person's word leaves on a relation, new or known, at `now` in epoch seconds."""
    marks: Marks = {EDITED_BY: batch.actor, REASON: batch.reason or None}
    return marks if FIRST_SEEN in before else {**marks, FIRST_SEEN: now}
