"""The indexes behind one prefix: generations beside each other, and an alias on the one that serves.

PREFIX                     the alias; moved atomically, and the old generation is removed in the same step
PREFIX-v3.1-…              a generation, named after the versions it was written in
PREFIX-v3.1-…-writing      its own alias, which goes with it: a late write never makes an index by its name
PREFIX-lock                who rebuilds or creates at the moment (opensearch_lock.py)
"""

import re
import time
import uuid
from contextlib import suppress
from threading import RLock

from schemas.documents import VERSION
from schemas.errors import FramError, IndexUnavailable, Invalid
from search_service.index.opensearch_connection import WRITE_PATIENCE, Connection, IndexGone
from search_service.index.opensearch_mapping import FORMAT, REFRESH_INTERVAL, index_body, is_ours

_VERSION = f"v{VERSION}.{FORMAT}-"
_UNBUILT = "unbuilt-"  # part of the name of a first generation: it is empty because nothing was read from the graph
_LEGACY_NAMED = 3  # the major version from which on the BM25 with Tantivy's formula has a name of its own
TRUST_SECONDS = 1.0  # for which it is believed that the same generation serves


class Generations:
    """Knows which generation serves; makes and drops them."""

    def __init__(self, connection: Connection, *, shards: int, replicas: int) -> None:
        self._connection = connection
        self._prefix = connection.address.prefix
        self._pattern = re.compile(rf"{re.escape(self._prefix)}-v\d+\.\d+-({_UNBUILT})?[0-9a-f]{{32}}")
        self._shards = shards
        self._replicas = replicas
        self._lock = RLock()
        self._known = ""
        self._known_until = 0.0

    def serving(self, *, fresh: bool = False) -> str:
        """Return the generation that serves. Raises IndexUnavailable when there is none that this version can use."""
        with self._lock:
            if fresh or time.monotonic() > self._known_until:
                self._known_until = 0.0
                name = self._find()
                if name is None:
                    raise IndexUnavailable(
                        f"There is no search index {self._prefix!r} of this version; the publisher makes one."
                    )
                if trouble := self.mapping_trouble(name):
                    raise trouble
                self._known, self._known_until = name, time.monotonic() + TRUST_SECONDS
            return self._known

    def is_built(self, name: str) -> bool:
        """Say whether a generation was swapped in by a rebuild."""
        return not name.startswith(f"{self._prefix}-{_VERSION}{_UNBUILT}")

    def ensure(self) -> str:
        """Return the generation that serves, having made one that waits to be built where there is none to be used.

        Only for the holder of the lock.
        """
        try:
            return self.serving(fresh=True)
        except IndexGone:
            raise  # another takes its place at this moment, which must not be removed for want of it
        except IndexUnavailable:
            held = self._aliased()
        new = self.new(_UNBUILT)
        self.show_writes(new)
        self.point_to(new, instead_of=held)
        return self.serving(fresh=True)

    def new(self, mark: str = "") -> str:
        """Make an empty generation, which shows what is written to it when it is refreshed."""
        name = f"{self._prefix}-{_VERSION}{mark}{uuid.uuid4().hex}"
        body = index_body(shards=self._shards, replicas=self._replicas, similarity=self._similarity())
        body["aliases"] = {self.writing(name): {}}
        try:
            self._connection.ask("PUT", f"/{name}", body, patience=WRITE_PATIENCE)
        except Invalid as error:
            raise IndexUnavailable(error.message) from error
        return name

    @staticmethod
    def writing(name: str) -> str:
        """Return the alias by which a generation is written to."""
        return f"{name}-writing"

    def point_to(self, name: str, *, instead_of: list[str]) -> None:
        """Let a generation serve and remove the others, atomically. Raises IndexUnavailable if one is gone."""
        actions: list[dict[str, object]] = [{"add": {"index": name, "alias": self._prefix}}]
        for old in instead_of:
            if self._pattern.fullmatch(old):
                actions.append({"remove_index": {"index": old}})
            else:  # not made by Fram
                actions.append({"remove": {"index": old, "alias": self._prefix}})
        try:
            self._connection.ask("POST", "/_aliases", {"actions": actions}, patience=WRITE_PATIENCE)
        except Invalid as error:  # such as an index that has the name of the alias
            raise IndexUnavailable(error.message) from error
        with self._lock:
            self._known_until = 0.0

    def show_writes(self, name: str) -> None:
        """Have a generation show by itself what is written to it from now on."""
        self._connection.ask("PUT", f"/{name}/_settings", {"index.refresh_interval": REFRESH_INTERVAL})

    def merge(self, name: str) -> None:
        """Begin to make one segment of a new generation: a word with wrong letters is looked up in each of them."""
        whole = {"max_num_segments": 1, "wait_for_completion": "false"}
        with suppress(FramError):  # searches are only slower without
            self._connection.ask("POST", f"/{name}/_forcemerge", params=whole)

    def drop_all_but(self, kept: str) -> None:
        """Remove generations that neither serve nor are being written. Only for the holder of the lock."""
        all_of_them = {"filter_path": "*.aliases", "expand_wildcards": "all"}
        there = self._connection.ask("GET", f"/{self._prefix}-v*", params=all_of_them)
        for name in there:
            if name != kept and self._pattern.fullmatch(name):
                self.drop(name)

    def drop(self, name: str) -> None:
        """Remove a generation. Idempotent."""
        self._connection.ask("DELETE", f"/{name}", ignore=(404,), patience=WRITE_PATIENCE)

    def mapping_trouble(self, name: str) -> IndexUnavailable | None:
        """Say what is wrong when the fields of a generation are not the ones declared."""
        found = self._connection.ask("GET", f"/{name}/_mapping")
        if is_ours(found.get(name, {}).get("mappings", {}).get("properties", {})):
            return None
        return IndexUnavailable(
            f"The mapping of the index {name} is not the one Fram made. Start the publisher or run "
            f"`fram search rebuild`: it makes a new index from the graph."
        )

    def _find(self) -> str | None:
        match self._aliased():
            case []:
                return None
            case [name]:
                return name if name.startswith(f"{self._prefix}-{_VERSION}") else None
            case several:
                raise IndexUnavailable(f"The alias {self._prefix!r} is on several indexes: {', '.join(several)}.")

    def _aliased(self) -> list[str]:
        answer = self._connection.ask("GET", f"/_alias/{self._prefix}", ignore=(404,))
        return sorted(name for name in answer if name not in ("error", "status"))

    def _similarity(self) -> str:
        version = str(self._connection.ask("GET", "/")["version"]["number"])
        return "LegacyBM25" if int(version.partition(".")[0]) >= _LEGACY_NAMED else "BM25"
