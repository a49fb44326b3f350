"""Write src/api/routes.ts: the routes of the services and what they take and answer, as TypeScript types.

Made from the same declarations as /openapi.json, so that a page that asks for what is not there does not compile.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from http_service.openapi import METHODS, describe
from ingest.app import SERVICE as INGEST
from metadata_service.app import SERVICE as METADATA
from search_service.app import SERVICE as SEARCH

TARGET = Path(__file__).parent / "src" / "api" / "routes.ts"
HEAD = "// Made by web/ui/typings.py from the services' own descriptions; not under version control.\n"
WORDS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def main() -> None:
    """Write the file, unless it stands there already as it would be written."""
    text = HEAD + "".join(_service(name, describe(service)) for name, service in SERVICES.items())
    if not TARGET.exists() or TARGET.read_text() != text:
        TARGET.write_text(text)
    sys.stdout.write(f"{TARGET.name}: {text.count(chr(10))} lines\n")


def _service(name: str, described: Mapping[str, Any]) -> str:
    schemas = described["components"]["schemas"]
    lines = [f"\nexport namespace {name} {{"]
    lines += [f"  export type {schema} = {_type(schemas[schema])};" for schema in sorted(schemas)]
    lines += ["}", f"\nexport interface {name}Routes {{"]
    lines += [
        f"  {json.dumps(f'{method} {path}')}: {_operation(name, operations[method])};"
        for path, operations in described["paths"].items()
        for method in METHODS
        if method in operations
    ]
    return "\n".join([*lines, "}", ""])


def _operation(name: str, operation: Mapping[str, Any]) -> str:
    query = {
        parameter["name"]: {**parameter["schema"], "required": parameter.get("required", False)}
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    }
    asked = "; ".join(f"{key}{'' if schema['required'] else '?'}: {_type(schema)}" for key, schema in query.items())
    body = _content(operation.get("requestBody"))
    reply = _content(next(iter(operation["responses"].values())))  # what is no error comes first
    return f"{{ query: {{ {asked} }}; body: {_within(name, body)}; reply: {_within(name, reply)} }}"


def _content(part: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] | None = ((part or {}).get("content") or {}).get("application/json", {}).get("schema")
    return schema


def _within(namespace: str, schema: Mapping[str, Any] | None) -> str:
    return "null" if schema is None else _type(schema, f"{namespace}.")


def _type(schema: Mapping[str, Any], namespace: str = "") -> str:
    words = _plain_type(schema, namespace)
    return f"{words} | null" if schema.get("nullable") else words


def _plain_type(schema: Mapping[str, Any], namespace: str) -> str:
    match schema:
        case {"$ref": str(target)}:
            return namespace + target.rpartition("/")[2]
        case {"enum": list(values)}:
            return " | ".join(map(json.dumps, values))
        case {"anyOf": list(choices)}:
            return " | ".join(dict.fromkeys(_choices(choices, namespace)))
        case {"type": "array", "items": dict(items)}:
            return f"Array<{_type(items, namespace)}>"
        case {"type": "object"}:
            return _object(schema, namespace)
        case {"type": str(kind)}:
            return WORDS[kind]
        case _:
            return "unknown"


def _choices(choices: list[Mapping[str, Any]], namespace: str) -> Iterator[str]:
    for choice in choices:
        bare = choice == {"nullable": True, "type": "object"}  # how apispec says that a nested object may be null
        yield "null" if bare else _type(choice, namespace)


def _object(schema: Mapping[str, Any], namespace: str) -> str:
    if "properties" in schema:
        required = schema.get("required", ())
        fields = (
            f"{json.dumps(key)}{'' if key in required else '?'}: {_type(value, namespace)}"
            for key, value in schema["properties"].items()
        )
        return f"{{ {'; '.join(fields)} }}"
    return f"Record<string, {_type(schema.get('additionalProperties') or {}, namespace)}>"


SERVICES = {"Metadata": METADATA, "Search": SEARCH, "Ingest": INGEST}

if __name__ == "__main__":
    main()
