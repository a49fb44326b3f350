"""One Neo4j database behind a URL: managed transactions in, rows out, and the driver's errors as Fram's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, GraphDatabase, ManagedTransaction, Session, unit_of_work
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConnectionPoolError,
    ConstraintError,
    CypherSyntaxError,
    CypherTypeError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from metadata_service.store.port import Tracer
from schemas.errors import InvalidSetting, StoreUnavailable

T = TypeVar("T")
Run = Callable[..., Any]  # (statement, **parameters) -> the one value it returns

# An outage is reported within some ten seconds: connecting and retrying end before that.
_CONNECT_SECONDS, _ACQUIRE_SECONDS, _RETRY_SECONDS = 4.0, 6.0, 5.0

# A writer that hangs (a stopped process, a machine that is gone) keeps its locks from others no longer than this.
WRITE_SECONDS = 120.0


class LostRace(DriverError):
    """Another writer was faster: what this transaction has read no longer holds, so it is to begin anew."""

    def is_retryable(self) -> bool:
        return True


# The first class that fits says it; faults of ours pass as they are.
_MEANINGS: tuple[tuple[type[Exception], str], ...] = (
    (ConfigurationError, "The Neo4j is too old, 5.26 is needed; `fram ingest amundsen-graph` takes over an older one"),
    (AuthError, "Neo4j refuses the user name or the password"),
    (TransientError, "Neo4j is busy"),
    (Neo4jError, "Neo4j failed"),
    (ServiceUnavailable, "Neo4j does not answer"),
    (SessionExpired, "Neo4j does not answer"),
    (ConnectionPoolError, "Neo4j has no connection left"),
    (LostRace, "Other writers were faster again and again"),
    (DriverError, "Neo4j cannot be used"),
)
_OUR_FAULTS = (CypherSyntaxError, CypherTypeError)

_VANISHED = "Neo.ClientError.Statement.EntityNotFound"


class Connection:
    """Connects when it is first used; may be used from several threads.

    What is transient is tried again; then every operation raises StoreUnavailable.
    """

    def __init__(self, url: str, tracer: Tracer | None, *, any_version: bool = False) -> None:
        """Connect to Neo4j 5, or, where it does not matter that notices come with results, to `any_version`."""
        address, self._database, auth = _parts(url)
        self._tracer = tracer
        self._bookmarks = GraphDatabase.bookmark_manager()
        try:
            self._driver: Driver = GraphDatabase.driver(
                address,
                auth=auth,
                connection_timeout=_CONNECT_SECONDS,
                connection_acquisition_timeout=_ACQUIRE_SECONDS,
                max_transaction_retry_time=_RETRY_SECONDS,
                notifications_min_severity=None if any_version else "OFF",  # which Neo4j 4 does not understand
                telemetry_disabled=True,
            )
        except ConfigurationError as error:
            raise InvalidSetting(f"The graph URL cannot be used: {error}") from error

    def read(self, statement: str, **parameters: Any) -> Any:
        """Run a statement that reads and returns one value: a list of rows comes over far faster than many records."""
        values = self.read_each(statement, **parameters)
        return values[0] if values else None

    def read_each(self, statement: str, **parameters: Any) -> list[Any]:
        """Run a statement that reads and returns one value a record, for values that are large."""
        with translated():
            # A transaction of the server's own making takes one trip instead of two, but nobody begins it anew.
            with self._session(READ_ACCESS) as session:
                try:
                    return self._values(session, statement, parameters)
                except (DriverError, Neo4jError) as error:
                    if not error.is_retryable():
                        raise
            with self._session(READ_ACCESS) as session:
                return session.execute_read(lambda tx: self._values(tx, statement, parameters))

    def write(self, work: Callable[[Run], T]) -> T:
        """Do work in one transaction, from the start when another writer was in its way."""

        @unit_of_work(timeout=WRITE_SECONDS)
        def attempt(tx: ManagedTransaction) -> T:
            with _races_told():
                return work(lambda statement, **parameters: self._value(tx, statement, parameters))

        with translated(), self._session() as session:
            return session.execute_write(attempt)

    def agent(self) -> str:
        """Ask the server what it is, once and no more."""
        with translated(), self._session() as session:
            return session.run("RETURN 1").consume().server.agent

    def close(self) -> None:
        self._driver.close()

    def _session(self, access: str = WRITE_ACCESS) -> Session:
        return self._driver.session(
            database=self._database, bookmark_manager=self._bookmarks, fetch_size=-1, default_access_mode=access
        )

    def _value(self, tx: ManagedTransaction, statement: str, parameters: dict[str, Any]) -> Any:
        values = self._values(tx, statement, parameters)
        return values[0] if values else None

    def _values(self, tx: ManagedTransaction | Session, statement: str, parameters: dict[str, Any]) -> list[Any]:
        if self._tracer is not None:
            self._tracer(statement, parameters)
        return tx.run(statement, parameters).value()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into StoreUnavailable."""
    try:
        yield
    except _OUR_FAULTS:
        raise
    except (DriverError, Neo4jError) as error:
        meaning = next(text for kind, text in _MEANINGS if isinstance(error, kind))
        detail = f": {error.message}" if isinstance(error, Neo4jError) else "."
        raise StoreUnavailable(f"{meaning}{detail}") from error


@contextmanager
def _races_told() -> Iterator[None]:
    """Raise LostRace where another writer made or removed what this one was about to."""
    try:
        yield
    except ConstraintError as error:
        raise LostRace("Another writer made the same node.") from error
    except ClientError as error:
        if error.code != _VANISHED:
            raise
        raise LostRace("Another writer removed the node.") from error


def _parts(url: str) -> tuple[str, str | None, tuple[str, str] | None]:
    """Split a URL into what the driver connects to, the database and the credentials. Raises InvalidSetting."""
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete:  # and the URL is not repeated: what is wrong may be a password that is not encoded
        form = "neo4j://USER:PASSWORD@HOST:PORT/DATABASE"
        raise InvalidSetting(f"The graph URL is malformed; write {form}, user and password percent-encoded.")
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2], path="", fragment="").geturl()
    auth = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    return address, unquote(parts.path.strip("/")) or None, auth
