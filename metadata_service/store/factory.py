"""Open a graph store by its URL; the only place that knows which adapters there are."""

from metadata_service.store.port import Clock, GraphStore, Tracer, wall_clock
from schemas.errors import InvalidSetting

NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def open_store(
    url: str, *, tracer: Tracer | None = None, clock: Clock = wall_clock, mapped: bool = False
) -> GraphStore:
    """Open `memory:`, `sqlite:///PATH` (four slashes for an absolute path) or a Neo4j URL.

    Credentials of a Neo4j URL are its user and password (percent-encoded); its path, if any, names the database.
    `mapped`: read an embedded store's file through memory, which spares calls to the system; a disk that fails then
    kills the process, so it is for one that does nothing but read. Drivers are imported on demand. Connects lazily:
    raises InvalidSetting for a bad URL, never for an absent server.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        from metadata_service.store.memory import MemoryGraphStore

        return MemoryGraphStore(clock=clock)
    if scheme == "sqlite":
        if not rest.startswith("///") or rest == "///":
            raise InvalidSetting(f"The graph URL {url!r} names no file; write sqlite:///path/to/graph.db.")
        from metadata_service.store.sqlite import SqliteGraphStore

        return SqliteGraphStore(rest.removeprefix("///"), tracer=tracer, clock=clock, mapped=mapped)
    if scheme in NEO4J_SCHEMES:
        from metadata_service.store.neo4j import Neo4jGraphStore

        return Neo4jGraphStore(url, tracer=tracer, clock=clock)
    raise InvalidSetting(f"The graph URL {safe_url(url)!r} has an unknown scheme; use sqlite:///… or neo4j://….")


def safe_url(url: str) -> str:
    """Return the URL without its credentials, fit for a log or a message, even where they are not encoded."""
    scheme, _, rest = url.partition("://")
    return url if scheme == "sqlite" or "@" not in rest else f"{scheme}://{rest.rpartition('@')[2]}"
