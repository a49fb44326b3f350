"""Run WSGI apps until somebody asks them to stop: no request that was begun is cut off, no signal loses a write."""

import errno
import gc
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
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


EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # recognised, not listened on


def _nobody(_url: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An app, what it is called, the port it listens on (0: any that is free), and who is told the URL from inside."""

    name: str
    app: "WSGIApplication"
    port: int
    listening: Callable[[str], None] = _nobody


def service_urls(settings: Settings) -> dict[str, str]:
    """Return where the web page finds the services: where a setting says, else on this host."""
    ports: Mapping[str, int] = {
        "metadata": settings.port,
        "search": settings.search_port,
        "ingest": settings.ingest_port,
    }
    return {
        service: (getattr(settings, f"{service}_service") or _url(settings.host, port)).rstrip("/")
        for service, port in ports.items()
    }


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
        told = _listening(server, settings.host)
        listener.listening(_url(*told))
        print(f"{listener.name}: {_url(*told, inside=False)}", flush=True)  # noqa: T201  # what the command is for
    gc.freeze()  # what is loaded by now stays: else each full collection walks through it while requests wait
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


def _listening(server: Any, host: str) -> tuple[str, int]:
    """Return where a server listens; a name of several addresses has a socket each, of which the first is told."""
    first = getattr(server, "effective_listen", None) or [(host, getattr(server, "effective_port", None))]
    return host, int(first[0][1])


def _url(host: str, port: int, *, inside: bool = True) -> str:
    """Return the URL of an address; from inside, every address of this host is reached by its own loopback."""
    name = EVERYWHERE.get(host, host) if inside else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def _stop(*_: object) -> NoReturn:
    sys.exit(0)
