"""A statement as it is kept: its canonical JSON, the hash of that, and the way back to a value. Pure."""

import types
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import orjson

from ingest.building.kinds import KINDS, NAMES, VERSION
from schemas.errors import Invalid, TooLarge

MAX_BODY_BYTES = 4_000_000  # of one statement's JSON
_SALT = VERSION.to_bytes(16, "big")  # what is built otherwise is another statement
_PACKED_LEVEL = 1
_WORTH_PACKING = 512  # bytes, below which there is little to gain


class Said(NamedTuple):
    """A statement, with the kind and the key it goes by, its canonical JSON and the hash of that.

    `name` is what one source calls it: no two of its statements share this.
    """

    kind: str
    key: str
    name: str
    statement: Any
    body: bytes
    hash: str


def identify(statement: Any) -> tuple[str, str]:
    """Return the kind and the key that a statement goes by. Raises Invalid or InvalidKey for one without."""
    kind = NAMES.get(type(statement))
    if kind is None:
        raise Invalid(f"A {type(statement).__name__} is no kind of statement.")
    return kind, KINDS[kind].key(statement)


def said(statement: Any) -> Said:
    """Return a statement as it is kept. Raises Invalid or InvalidKey for one that makes no sense, TooLarge."""
    kind, key = identify(statement)
    try:
        body = orjson.dumps(statement, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise Invalid(f"The statement cannot be written as JSON: {error}.") from None
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"The statement takes {len(body):,} bytes of JSON; {MAX_BODY_BYTES:,} are the limit.")
    return Said(kind, key, f"{kind}/{key}", statement, body, digest(body))


def digest(body: bytes) -> str:
    """Return the hash of canonical JSON, and of the version that builds the graph from it."""
    return blake2b(body, digest_size=16, salt=_SALT).hexdigest()


def pack(body: bytes) -> str:
    """Return the JSON of a statement as the text it is kept as."""
    if len(body) < _WORTH_PACKING:
        return body.decode()
    return b64encode(zlib.compress(body, _PACKED_LEVEL)).decode()


def unpack(packed: str) -> bytes:
    """Undo `pack`."""
    return packed.encode() if packed.startswith("{") else zlib.decompress(b64decode(packed))


def read(kind: str, body: bytes) -> Any:
    """Return the statement that canonical JSON stands for; fields that this version does not know are left out."""
    return _reader(KINDS[kind].type)(orjson.loads(body))


@cache
def _reader(of: Any) -> Callable[[Any], Any]:
    """Make what reads a value of a type from plain JSON that was once written from one."""
    if isinstance(of, type) and is_dataclass(of):
        hints = get_type_hints(of)
        readers = {item.name: _reader(hints[item.name]) for item in fields(of)}
        return lambda data: of(**{name: readers[name](value) for name, value in data.items() if name in readers})
    origin = get_origin(of)
    if origin in (Union, types.UnionType):
        (inner,) = (_reader(part) for part in get_args(of) if part is not type(None))
        return lambda data: None if data is None else inner(data)
    if origin is Sequence:
        item = _reader(get_args(of)[0])
        return lambda data: [item(value) for value in data]
    if origin is Mapping:
        return dict
    return _as_it_is


def _as_it_is(data: Any) -> Any:
    return data
