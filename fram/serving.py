"""Run a WSGI app until somebody asks it to stop: no request that was begun is cut off, no signal loses a write."""

import errno
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from waitress.server import create_server

from schemas.errors import InvalidSetting
from schemas.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

EXPOSES = (
    "Nothing asks who is calling: whoever reaches this address can read the whole catalogue, "
    "change descriptions, tags, badges, owners and people, and bookmark in anybody's name."
)


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


def serve(app: "WSGIApplication", settings: Settings, name: str) -> None:
    """Serve until SIGTERM or SIGINT, then answer what was begun and return. Raises InvalidSetting for a taken port."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
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
        raise InvalidSetting(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.") from None
    print(f"{name}: {_url(server, settings.host)}", flush=True)  # noqa: T201  # what the command is for
    try:
        server.run()
    finally:
        server.close()


def _url(server: object, host: str) -> str:
    """Return where a server listens; a name of several addresses has a socket each, of which the first is told."""
    first = getattr(server, "effective_listen", None) or [(host, getattr(server, "effective_port", None))]
    return f"http://{f'[{host}]' if ':' in host else host}:{first[0][1]}"


def _stop(*_: object) -> NoReturn:
    sys.exit(0)
