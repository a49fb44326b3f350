"""Run WSGI apps until somebody asks them to stop: no request that was begun is cut off, no signal loses a write."""

import errno
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from waitress.server import create_server

from schemas.errors import InvalidSetting
from schemas.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

EXPOSES = (
    "Nothing asks who is calling: whoever reaches this address can read the whole catalogue, "
    "change descriptions, tags, badges, owners and people, and bookmark in anybody's name."
)


@dataclass(frozen=True, slots=True)
class Listener:
    """An app, what it is called, and the port it listens on (0: any that is free)."""

    name: str
    app: "WSGIApplication"
    port: int


def check_address(settings: Settings) -> str | None:
    """Return a warning for an address that other machines reach. Raises InvalidSetting unless that is wanted."""
    if settings.host in LOOPBACK:
        return None
    if not settings.expose:
        raise InvalidSetting(
            f"{settings.host} is reached by other machines. {EXPOSES} "
            "Put a proxy that authenticates in front; to serve there all the same, add --expose."
        )
    return f"Listening on {settings.host}, which other machines reach. {EXPOSES}"


def serve(listeners: Sequence[Listener], settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then answer what was begun and return. Raises InvalidSetting for a taken port."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    sockets: dict[int, Any] = {}  # one loop looks after the sockets of all of them
    servers = [_listen(listener, settings, sockets) for listener in listeners]
    for listener, server in zip(listeners, servers, strict=True):
        print(f"{listener.name}: {_url(server, settings.host)}", flush=True)  # noqa: T201  # what the command is for
    try:
        servers[0].run()
    finally:
        for server in servers:
            server.task_dispatcher.shutdown()
        servers[0].asyncore.close_all(sockets)


def _listen(listener: Listener, settings: Settings, sockets: dict[int, Any]) -> Any:
    try:
        return create_server(
            listener.app,
            map=sockets,
            host=settings.host,
            port=listener.port,
            threads=settings.threads,
            ident="fram",
            clear_untrusted_proxy_headers=True,
            max_request_body_size=10 * settings.max_body_bytes,  # up to here the app refuses in its own words
        )
    except ValueError:  # waitress's word for a name that has no address
        raise InvalidSetting(f"Cannot listen on {settings.host!r}: there is no such address.") from None
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        where = f"{settings.host} port {listener.port}"
        raise InvalidSetting(f"{listener.name} cannot listen on {where}: {error.strerror}.") from None


def _url(server: Any, host: str) -> str:
    """Return where a server listens; a name of several addresses has a socket each, of which the first is told."""
    first = getattr(server, "effective_listen", None) or [(host, getattr(server, "effective_port", None))]
    return f"http://{f'[{host}]' if ':' in host else host}:{first[0][1]}"


def _stop(*_: object) -> NoReturn:
    sys.exit(0)
