"""Writing to one generation: in bulk, the revision being the version, so that the newer or equal one wins.

Deletes are documents too: of a document deleted for real the version is forgotten within a minute.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from schemas.errors import FramError, IndexUnavailable, Invalid
from search_service.index.opensearch_connection import WRITE_PATIENCE, Connection
from search_service.index.opensearch_generations import Generations
from search_service.index.opensearch_mapping import id_of, prepare
from search_service.index.port import Entry, Outcome, Prepared, Written

MAX_BULK_BYTES = 8_000_000
MAX_BULK_ENTRIES = 2_000

Admitted = tuple[int, bytes]  # the place of an entry in its batch, and the two lines of a bulk request for it


class Writer:
    """Writes to the generations of one prefix."""

    def __init__(self, connection: Connection, generations: Generations) -> None:
        self._connection = connection
        self._generations = generations

    def write(self, generation: str, entries: Sequence[Entry | Prepared], *, over: bool = True) -> list[Written]:
        """Write entries; `over` writes over the same revision too.

        Raises IndexUnavailable when the generation takes no writes; some entries may be written then.
        """
        outcomes: list[Written | None] = [None] * len(entries)
        admitted: list[Admitted] = []
        for place, entry in enumerate(entries):
            try:
                prepared = entry if isinstance(entry, Prepared) else prepare(entry)
                admitted.append((place, _action(prepared, over=over)))
            except Invalid as error:
                outcomes[place] = Written(Outcome.REFUSED, error.message)
        for chunk in _chunks(admitted):
            items = self._send(generation, b"".join(lines for _, lines in chunk))
            for (place, _), item in zip(chunk, items, strict=True):
                outcomes[place] = self._outcome(generation, item["index"])
        return [outcome for outcome in outcomes if outcome is not None]

    def _send(self, generation: str, body: bytes) -> list[dict[str, Any]]:
        path = f"/{self._generations.writing(generation)}/_bulk"
        params = {"require_alias": "true", "timeout": f"{max(1, int(self._connection.timeout_seconds))}s"}
        try:
            answer = self._connection.ask("POST", path, body, params=params, patience=WRITE_PATIENCE, ignore=(404,))
        except Invalid as error:
            raise IndexUnavailable(error.message) from error
        if "items" not in answer:
            raise self._connection.trouble(404, answer.get("error"))
        return list(answer["items"])

    def _outcome(self, generation: str, item: dict[str, Any]) -> Written:
        """Tell a fault of the entry from a trouble of the index, which is raised."""
        status = item["status"]
        if status < 300:
            return Written(Outcome.WRITTEN)
        if status == 409:
            return Written(Outcome.STALE)
        trouble: FramError = self._connection.trouble(status, item["error"])
        if isinstance(trouble, Invalid):
            wrong_mapping = self._generations.mapping_trouble(generation)
            if wrong_mapping is None:
                return Written(Outcome.REFUSED, trouble.message)
            raise wrong_mapping
        raise trouble


def _action(prepared: Prepared, *, over: bool) -> bytes:
    version_type = "external_gte" if over else "external"
    meta = {"_id": id_of(prepared.kind, prepared.key), "version": prepared.revision, "version_type": version_type}
    return b'{"index":%b}\n%b\n' % (orjson.dumps(meta), prepared.body)


def _chunks(admitted: Sequence[Admitted]) -> Iterator[list[Admitted]]:
    """Cut a batch into requests that are not too large."""
    chunk: list[Admitted] = []
    size = 0
    for place, lines in admitted:
        if chunk and (size + len(lines) > MAX_BULK_BYTES or len(chunk) == MAX_BULK_ENTRIES):
            yield chunk
            chunk, size = [], 0
        chunk.append((place, lines))
        size += len(lines)
    if chunk:
        yield chunk
