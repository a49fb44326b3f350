"""The built page: read once, answered from memory, so that a path leads nowhere but to what was built."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Response, request

from schemas.errors import NotFound

INDEX = "index.html"
ASSETS = "assets/"  # their names carry a hash of what is in them
IMMUTABLE = "public, max-age=31536000, immutable"
ALREADY_SMALL = ("image/png", "font/woff2")

NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Fram: the page is not built yet</title>
<h1>The page is not built yet</h1>
<p>This is a checkout of the sources. Run <code>make ui</code> and start again. The API works meanwhile.</p>
</html>
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent: whole, and compressed where that is worth it."""

    plain: bytes
    small: bytes | None
    kind: str
    tag: str


def pages(built: Path) -> Callable[[str], Response]:
    """Return a view of the files in a folder; every path that is no file is the page, which reads the path itself."""
    files = _read(built)
    page = files.get(INDEX)

    def view(path: str) -> Response:
        if path in files and path != INDEX:
            return _reply(files[path], IMMUTABLE if path.startswith(ASSETS) else "no-cache")
        if path.startswith(ASSETS):
            raise NotFound(f"There is no file {path!r}; a newer version may be there. Load the page again.")
        return _reply(page, "no-cache") if page else Response(NOT_BUILT, 503, mimetype="text/html")

    return view


def no_api(path: str) -> Response:
    """Say that a path below /api leads nowhere, rather than show the page. Raises NotFound."""
    raise NotFound(f"/api/{path} is no route; openapi.json below /api/metadata, /api/search and /api/ingest has them.")


def _read(built: Path) -> Mapping[str, File]:
    paths = sorted(path for path in built.rglob("*") if path.is_file()) if built.is_dir() else []
    return {path.relative_to(built).as_posix(): _file(path) for path in paths}


def _file(path: Path) -> File:
    plain = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = {"application/javascript": "text/javascript"}.get(kind, kind)
    small = None if kind in ALREADY_SMALL else gzip.compress(plain, mtime=0)
    return File(plain, small, kind, hashlib.sha256(plain).hexdigest()[:32])


def _reply(file: File, caching: str) -> Response:
    small = file.small if request.accept_encodings["gzip"] else None
    response = Response(file.plain if small is None else small, content_type=_content_type(file.kind))
    if small is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{file.tag}-gz" if small is not None else file.tag)
    return response.make_conditional(request.environ)  # type: ignore[return-value]  # the same response


def _content_type(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
