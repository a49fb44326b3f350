"""Opens a database by its URL: read-only where that can be said, one connection, nothing of its password ever told."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from ingest.extract.sql_database.catalogue import Catalogue
from ingest.extract.sql_database.duckdb import DuckDb
from ingest.extract.sql_database.inspected import Inspected
from ingest.extract.sql_database.postgres import Postgres
from ingest.extract.sql_database.sqlite import Sqlite
from schemas.errors import InvalidSource, SourceUnavailable

CONNECT_SECONDS = 10

_SECRET_WORDS = ("pass", "secret", "token", "key", "credential")
_FILES = frozenset({"sqlite", "duckdb"})
_WRONG = (  # what a server says that will not be otherwise next time
    "authentication failed",
    "access denied",
    "no pg_hba.conf entry",
    "does not exist",
    "unknown database",
    "login failed",
)
_BUSY = ("lock", "busy")  # what is said of a file that may be free next time


class Opened(NamedTuple):
    """An open database; `errors` turns what goes wrong while it is read into errors of the source's."""

    engine: Engine
    catalogue: Catalogue
    place: str
    said: Callable[[BaseException], str]


class StatementFailed(Exception):
    """One statement failed, and the connection still stands; the text says why."""


def open_database(address: str, *, password: str, query_seconds: int, partitions: bool) -> Opened:
    """Open a database and connect to it. Raises InvalidSource naming the setting, SourceUnavailable."""
    url = _url(address, password)
    secrets = _secrets(url)
    try:
        engine = _engine(url, query_seconds)
    except (NoSuchModuleError, ImportError) as error:
        name = url.drivername
        raise InvalidSource(f"url: no driver for {name!r} is installed ({_masked(str(error), secrets)}).") from None
    except (ArgumentError, TypeError, ValueError) as error:
        raise InvalidSource(f"url: {_masked(_first_line(error), secrets)}") from None
    if engine.dialect.is_async:
        raise InvalidSource(f"url: {url.drivername} is a driver for asynchronous programs; take another one.")
    opened = Opened(
        engine,
        _CATALOGUES.get(engine.dialect.name, Inspected)(engine, partitions=partitions),
        _place(url),
        lambda error: _masked(_first_line(error), secrets),
    )
    _connect(opened)
    return opened


@contextmanager
def failures(opened: Opened) -> Iterator[None]:
    """Raise SourceUnavailable when the connection is lost meanwhile, StatementFailed when one statement fails."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise SourceUnavailable(f"{opened.place}: {opened.said(error)}") from None
        raise StatementFailed(opened.said(error)) from None
    except SQLAlchemyError as error:
        raise StatementFailed(opened.said(error)) from None


def _connect(opened: Opened) -> None:
    try:
        opened.catalogue.database()
    except DBAPIError as error:
        opened.engine.dispose()
        said = opened.said(error)
        words = said.lower()
        is_file = opened.engine.dialect.name in _FILES
        wrong = not any(word in words for word in _BUSY) if is_file else any(word in words for word in _WRONG)
        if wrong:
            raise InvalidSource(f"url: {opened.place}: {said}") from None
        raise SourceUnavailable(f"{opened.place} does not answer: {said}") from None


def _url(address: str, password: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # its text would be the whole URL
        raise InvalidSource("url: it is no URL of a database; one looks like postgresql://user@host/name.") from None
    if url.drivername == "postgres":  # as some hosts write it
        url = url.set(drivername="postgresql")
    if url.drivername.partition("+")[0] in _FILES:
        _check_file(url)
    return url.set(password=password) if password else url


def _check_file(url: URL) -> None:
    name = url.database or ":memory:"
    if ":memory:" in name:
        raise InvalidSource("url: a database in memory has nothing to read; name a file.")
    if not name.startswith(("file:", "md:")) and not Path(name).is_file():
        raise InvalidSource(f"url: there is no file {name}.")


def _engine(url: URL, query_seconds: int) -> Engine:
    system = url.drivername.partition("+")[0]
    arguments: dict[str, Any] = {}
    if system == "sqlite" and not str(url.database).startswith("file:"):
        url = url.set(database=f"file:{quote(str(url.database))}").update_query_dict({"mode": "ro", "uri": "true"})
    elif system == "duckdb" and not str(url.database).startswith("md:"):
        arguments["read_only"] = True
    elif system == "postgresql" and "connect_timeout" not in url.query:
        arguments["connect_timeout"] = CONNECT_SECONDS
    # One connection: what a source asks it asks in turn. Parameters stay out of messages.
    engine = create_engine(url, connect_args=arguments, pool_size=1, max_overflow=0, hide_parameters=True)
    if system == "sqlite":
        event.listen(engine, "connect", _read_any_text)
    if system == "postgresql":
        _begin_each(engine, query_seconds)
    return engine


def _read_any_text(connection: Any, _record: Any) -> None:
    """Read names that are no UTF-8, as SQLite lets them be."""
    connection.text_factory = lambda text: text.decode(errors="replace")


def _begin_each(engine: Engine, query_seconds: int) -> None:
    """Begin every transaction with what is to hold in it: this leaves nothing behind in a pool of the server's side."""

    def begin(connection: Any) -> None:
        connection.exec_driver_sql(Postgres.begin.format(milliseconds=1000 * query_seconds))

    event.listen(engine, "begin", begin)


_CATALOGUES: Mapping[str, type[Catalogue]] = {"postgresql": Postgres, "duckdb": DuckDb, "sqlite": Sqlite}


def _place(url: URL) -> str:
    """Say where a database is, without user, password and options."""
    host = f"{url.host or ''}{f':{url.port}' if url.port else ''}"
    return f"{url.drivername.partition('+')[0]}://{host}/{url.database or ''}"


def _secrets(url: URL) -> list[str]:
    options = [
        text
        for name, value in url.query.items()
        if any(word in name.lower() for word in _SECRET_WORDS)
        for text in ([value] if isinstance(value, str) else value)
    ]
    found = [secret for secret in [str(url.password or ""), *options] if secret]
    return [*found, *(quote(secret, safe="") for secret in found)]


def _masked(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
    return text


def _first_line(error: BaseException) -> str:
    """Return the first line of what the driver says, without what SQLAlchemy adds."""
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return said.splitlines()[0].strip()[:300]
