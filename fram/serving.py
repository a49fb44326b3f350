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
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        raise InvalidSetting(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.") from None
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"{name}: http://{host}:{server.effective_port}", flush=True)  # noqa: T201  # what the command is for
    try:
        server.run()
    finally:
        server.close()


def _stop(*_: object) -> NoReturn:
    sys.exit(0)
