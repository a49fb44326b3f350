"""What the MLmodel file of a version says: flavors, what the model takes and returns, its size. Pure, and safe.

The file is read without any types of YAML (everything is text), so that nothing in it is built or computed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import yaml

from schemas.model_statements import SignatureField

MAX_FILE_BYTES = 500_000
MAX_FIELDS = 5_000
MAX_DEPTH = 20
_MOST = 2**63


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What a file says; None where it says nothing of it."""

    flavors: Sequence[str] = ()
    inputs: Sequence[SignatureField] | None = None
    outputs: Sequence[SignatureField] | None = None
    size_bytes: int | None = None


NOTHING = ModelFile()


def read_model_file(data: bytes) -> ModelFile:
    """Read a file; what is no such file says nothing."""
    try:
        found = yaml.load(data, Loader=yaml.BaseLoader)  # noqa: S506  # which makes texts, lists and mappings alone
    except (yaml.YAMLError, RecursionError, ValueError):
        return NOTHING
    if not isinstance(found, dict):
        return NOTHING
    flavors, signature = found.get("flavors"), found.get("signature")
    return ModelFile(
        flavors=sorted(str(name) for name in flavors) if isinstance(flavors, dict) else (),
        inputs=_fields(signature, "inputs"),
        outputs=_fields(signature, "outputs"),
        size_bytes=_size(found.get("model_size_bytes")),
    )


def _size(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < len(str(_MOST)) else None


def _fields(signature: Any, side: str) -> Sequence[SignatureField] | None:
    said = signature.get(side) if isinstance(signature, dict) else None
    if not isinstance(said, str):
        return None
    try:
        found = orjson.loads(said)
    except orjson.JSONDecodeError:
        return None
    return list(_named(found[:MAX_FIELDS])) if isinstance(found, list) else None


def _named(found: Sequence[Any]) -> Iterator[SignatureField]:
    """Yield fields; what has no name (a tensor, a single column) goes by its place."""
    for place, each in enumerate(found):
        if isinstance(each, dict):
            name = each.get("name")
            required = each.get("required") is not False and each.get("optional") is not True
            yield SignatureField(name if isinstance(name, str) and name else str(place), _type(each), required)


def _type(said: Any, depth: int = 0) -> str:
    """Return a type as text: `long`, `array<string>`, `struct<a:long>`, `tensor(float64, [-1, 3])`."""
    if isinstance(said, str):
        return said
    if not isinstance(said, dict) or depth > MAX_DEPTH:
        return ""
    kind = said.get("type")
    match kind:
        case "tensor":
            spec = said.get("tensor-spec")
            spec = spec if isinstance(spec, dict) else {}
            return f"tensor({spec.get('dtype', '')}, {spec.get('shape', '')})"
        case "array":
            return f"array<{_type(said.get('items'), depth + 1)}>"
        case "map":
            return f"map<string,{_type(said.get('values'), depth + 1)}>"
        case "object":
            properties = said.get("properties")
            within = properties.items() if isinstance(properties, dict) else ()
            return f"struct<{','.join(f'{name}:{_type(each, depth + 1)}' for name, each in within)}>"
    return kind if isinstance(kind, str) else ""
