"""Jobs over files of statements, written as tests need them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ingest.jobs import Job, Jobs

KEY = "hive://gold.core/"


def table(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "table", "database": "hive", "cluster": "gold", "schema": "core", "name": name, **more}


def write(path: Path, statements: Iterable[Any]) -> None:
    """Write statements, or lines that are none."""
    lines = [item if isinstance(item, str) else json.dumps(item) for item in statements]
    path.write_text("".join(f"{line}\n" for line in lines))


def a_job(path: Path, name: str = "warehouse", **more: Any) -> Job:
    told = {"path": str(path), **more.pop("settings", {})}
    return Job(name, "file", settings=told, where=f"jobs.toml: job {name}", **{"retry_after": 0, **more})


def some_jobs(*jobs: Job) -> Jobs:
    return Jobs({job.name: job for job in jobs}, tuple(job.name for job in jobs))
