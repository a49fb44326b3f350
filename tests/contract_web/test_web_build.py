"""What is built is small, names no other site, and is what an installation brings along."""

import gzip
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from web.app import BUILT

ROOT = Path(__file__).parents[2]
UI = ROOT / "web" / "ui"
FIRST_LOAD_BYTES = 200_000  # compressed


@pytest.fixture(scope="module")
def built() -> Path:
    if not (BUILT / "index.html").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("THE BUILD IS NOT TESTED: web/dist, see `make ui`.")
    return BUILT


def first_files(built: Path) -> list[Path]:
    """Return the page and what it names: all that is loaded before anything is clicked, but the page's own chunks."""
    page = (built / "index.html").read_text()
    named = [built / path.lstrip("/") for path in re.findall(r'(?:src|href)="(/[^"]+)"', page)]
    return [built / "index.html", *named]


def size(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_first_load_is_small(built: Path):
    files = first_files(built)
    assert len(files) > 2
    assert size(files) < FIRST_LOAD_BYTES


def test_first_table_and_its_text_are_small_too(built: Path):
    chunks = [next(built.glob(f"assets/{name}-*.js")) for name in ("TablePage", "Markdown", "Badges", "Description")]
    assert size([*first_files(built), *chunks]) < FIRST_LOAD_BYTES


def test_explorer_is_loaded_when_it_is_asked_for(built: Path):
    explorer = next(built.glob("assets/LineagePage-*.js"))
    assert explorer not in first_files(built)
    assert all("react-flow" not in file.read_text() for file in first_files(built) if file.suffix == ".js")


def test_page_has_nothing_that_its_policy_forbids(built: Path):
    page = (built / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\bstyle=|\bon\w+=", page) == []
    assert [address for address in re.findall(r"https?://[^\"'\s]+", page) if "w3.org" not in address] == []


def test_lock_names_no_host_and_every_package_has_its_digest():
    packages = json.loads((UI / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert [name for name, package in packages.items() if package.get("hasInstallScript")] == []


def test_wheel_brings_the_page(built: Path, tmp_path: Path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT]
    subprocess.run(command, check=True, timeout=300)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    wanted = {f"web/dist/{file.relative_to(built).as_posix()}" for file in built.rglob("*") if file.is_file()}
    assert wanted <= set(names)
    assert [name for name in names if name.startswith("web/ui/")] == []
