"""The docs say what the code says: each repeated fact is held to its one place."""

import re
from pathlib import Path

import pytest
from click import Command, Group

from fram.cli import main
from schemas import errors, keys
from schemas.graph import LABELS, RELATIONS, Label, Relation

PAGES = ("http-api", "ingestion", "lineage", "search-api", "running", "sync", "web", "performance")
ROOT = Path(__file__).parents[3]
PACKAGES = ("schemas", "http_service", "metadata_service", "search_service", "ingest", "web", "fram")


def label_row(label: Label) -> str:
    templates = ", ".join(f"`{kind.template}`" for kind in keys.KINDS if kind.label == label.name) or "its name"
    if label.name.startswith("Fram_") or label.name in ("Join", "Where", "Updatedtimestamp"):
        templates = "opaque"
    properties = ", ".join(f"{name} {getattr(kind, '__name__', kind)}" for name, kind in label.properties.items())
    return f"| {label.name} | {templates} | {properties} |"


def relation_row(relation: Relation) -> str:
    ends: dict[str, list[str]] = {}
    for source, target in sorted(relation.ends):
        ends.setdefault(target, []).append(source)
    text = "; ".join(f"{', '.join(sources)} → {target}" for target, sources in sorted(ends.items()))
    properties = ", ".join(relation.properties)
    return f"| {relation.type} | {relation.reverse} | {text} | {properties} |"


def rows() -> list[str]:
    return [*map(label_row, LABELS.values()), *map(relation_row, RELATIONS.values())]


@pytest.mark.parametrize("row", rows())
def test_graph_model_is_documented(row: str):
    assert row in (ROOT / "docs" / "graph-model.md").read_text().splitlines()


def test_error_codes_are_documented():
    text = (ROOT / "docs" / "http-api.md").read_text()
    served = [
        error for error in vars(errors).values() if isinstance(error, type) and error.__module__ == "schemas.errors"
    ]
    for error in served:
        if error.code not in ("internal_error", "invalid_setting", "invalid_source"):  # never a reply
            assert f"| {error.status} | `{error.code}` |" in text


@pytest.mark.parametrize(
    "page",
    ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] + [f"docs/{name}.md" for name in PAGES],
)
def test_files_that_a_page_names_exist(page: str):
    text = (ROOT / page).read_text()
    named = re.findall(
        r"`((?:schemas|http_service|metadata_service|search_service|ingest|web|fram|tests|docs|docker)/[\w./-]+)`", text
    )
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [link for link in linked if not ((ROOT / page).parent / link).exists()]
    assert missing == []


def commands(command: Command, path: str = "fram") -> list[str]:
    below = (
        [line for name, sub in command.commands.items() for line in commands(sub, f"{path} {name}")]
        if isinstance(command, Group)
        else []
    )
    return below or [path]


def test_every_command_is_documented_and_has_help():
    docs = "".join(page.read_text() for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))
    for path in commands(main):
        assert path in docs, path


def test_make_lists_what_it_can_make():
    targets = re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"demo", "check", "test", "bench", "servers-up", "servers-down"} <= {name for name, _ in targets}


def test_every_source_file_says_what_it_is_for_and_is_short():
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            if "node_modules" in file.parts:
                continue
            text = file.read_text()
            assert text.startswith('"""'), file
            assert text.count("\n") <= 400, file
