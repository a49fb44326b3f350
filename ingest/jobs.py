"""The jobs file: which sources are read, with which settings, when, and who of them wins. One TOML file."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ingest.extract.source import Source
from ingest.ledger.precedence import Precedence
from ingest.sources import load_source
from schemas.errors import FramError, InvalidSetting
from schemas.settings import Settings
from schemas.wire.ingest_requests import SOURCE_NAME, first_of

DEFAULT_FILE = "fram-jobs.toml"
HIDDEN = "***"  # stands for what came from the environment

_DURATION = re.compile(r"(\d{1,9})\s*(s|m|h|d)\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Duration(fields.Field[int]):
    """`30s`, `15m`, `2h` or `1d`, as seconds."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        found = _DURATION.match(value) if isinstance(value, str) else None
        if found is None or int(found[1]) == 0:
            raise ValidationError("It must be a number with s, m, h or d behind it, as in '15m'.")
        return int(found[1]) * _SECONDS[found[2]]


class Cron(fields.String):
    """Five fields of cron, in UTC."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, *args, **options)
        try:
            CronTrigger.from_crontab(text, timezone=UTC)
        except ValueError as error:
            raise ValidationError(f"It must be five fields of cron, as in '15 3 * * *': {error}.") from None
        return text


class StalenessTable(Schema):
    mark = fields.Boolean(load_default=True, metadata={"description": "Mark what a complete run no longer sees."})
    share = fields.Float(
        load_default=0.2,
        validate=validate.Range(0, 1),
        metadata={"description": "A run that would mark more than this share of what was said marks nothing."},
    )
    despite_refusals = fields.Boolean(
        load_default=False, metadata={"description": "Mark also after a run in which the source refused something."}
    )


class JobTable(Schema):
    source = fields.String(required=True, metadata={"description": "Which source; `fram ingest list` names them."})
    settings = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "What it is told."})
    cron = Cron(load_default=None, metadata={"description": "When it runs: five fields of cron, in UTC."})
    every = Duration(load_default=None, metadata={"description": "How often it runs: `15m`, `2h`, `1d`."})
    retries = fields.Integer(
        load_default=3,
        strict=True,
        validate=validate.Range(0, 20),
        metadata={"description": "How often it is tried again when a system does not answer."},
    )
    retry_after = Duration(load_default=10, metadata={"description": "How long after; twice as long each time."})
    time_limit = Duration(load_default=6 * 3600, metadata={"description": "After which a run is ended."})
    staleness = fields.Nested(StalenessTable, load_default=lambda: StalenessTable().load({}))

    @validates_schema
    def check_schedule(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["cron"] is not None and data["every"] is not None:
            raise ValidationError("cron and every exclude one another.", "every")


class JobsFile(Schema):
    precedence = fields.List(fields.String(), load_default=None, metadata={"description": "Who wins, the first first."})
    jobs = fields.Dict(
        keys=fields.String(
            validate=validate.Regexp(SOURCE_NAME, error="Its name may hold letters, digits, _ . and -.")
        ),
        values=fields.Nested(JobTable),
        load_default=dict,
    )


def in_words(seconds: int) -> str:
    """Return a duration as it is written in a jobs file."""
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


@dataclass(frozen=True, slots=True)
class Job:
    """One job. Its name is the source of what it writes; `source` says which kind of system that is."""

    name: str
    source: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    cron: str | None = None
    every: int | None = None
    retries: int = 3
    retry_after: int = 10
    time_limit: int = 6 * 3600
    mark: bool = True
    share: float = 0.2
    despite_refusals: bool = False
    where: str = ""  # how errors call it
    hidden: frozenset[str] = frozenset()  # values that are never shown

    @property
    def schedule(self) -> str | None:
        """When it runs, in words; None: when it is told to."""
        if self.cron is not None:
            return f"at {self.cron} (cron, UTC)"
        return None if self.every is None else f"every {in_words(self.every)}"

    def open(self) -> Source:
        """Return the source with its settings. Raises InvalidSetting, which names the file, the job and the field."""
        try:
            made = load_source(self.source)
            return made(**made.settings().load(dict(self.settings)))
        except InvalidSetting as error:
            raise InvalidSetting(f"{self.where}: {error.message}") from None
        except ValidationError as error:
            path, what = first_of(error.messages)
            raise InvalidSetting(self.conceal(f"{self.where}: settings{'.' * bool(path)}{path}: {what}")) from None

    def check(self) -> str:
        """Try the source; say what would be read. Raises InvalidSetting, InvalidSource, SourceUnavailable."""
        try:
            return self.conceal(self.open().check())
        except FramError as error:
            raise type(error)(self.conceal(error.message)) from None

    def conceal(self, text: str) -> str:
        """Return a text without what came from the environment."""
        for value in sorted(self.hidden, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text


@dataclass(frozen=True, slots=True)
class Jobs:
    """All jobs of a file, in its order, and the order in which sources win."""

    jobs: Mapping[str, Job] = field(default_factory=lambda: MappingProxyType({}))
    precedence: tuple[str, ...] = ()

    @property
    def order(self) -> Precedence:
        """What sources are sorted by: those that the file names first, then the others by name."""
        return Precedence(self.precedence)

    def get(self, name: str) -> Job:
        """Return a job. Raises InvalidSetting where there is none of that name."""
        if name not in self.jobs:
            raise InvalidSetting(f"There is no job {name[:80]!r}; there are: {', '.join(self.jobs) or 'none'}.")
        return self.jobs[name]


def configured_jobs(settings: Settings, environment: Mapping[str, str] = os.environ) -> Jobs:
    """Read the jobs file that the settings name, or the default one where it is. Raises InvalidSetting."""
    path = Path(settings.jobs) if settings.jobs else Path(settings.data).parent / DEFAULT_FILE
    if not settings.jobs and not path.exists():
        return Jobs()
    return read_jobs(path, environment)


def read_jobs(path: Path, environment: Mapping[str, str]) -> Jobs:
    """Read a jobs file. Raises InvalidSetting, which names the file, the job and the field."""
    try:
        data = JobsFile().load(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise InvalidSetting(f"{path.name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{path.name}: {error}.") from None
    except ValidationError as error:
        raise InvalidSetting(f"{path.name}: {_said(error)}") from None
    jobs = {name: _job(path, name, table, environment) for name, table in data["jobs"].items()}
    precedence = data["precedence"] or []
    return Jobs(MappingProxyType(jobs), tuple(dict.fromkeys((*precedence, *jobs))))


def _said(error: ValidationError) -> str:
    """Say what is wrong; `jobs.NAME.value.field` is the job's field."""
    path, what = first_of(error.messages)
    top, _, rest = path.partition(".")
    if top != "jobs" or not rest:
        return f"{path}: {what}"
    name, _, inner = rest.partition(".value")
    return f"job {name}{': ' * bool(inner)}{inner.lstrip('.')}: {what}"


def _job(path: Path, name: str, table: Mapping[str, Any], environment: Mapping[str, str]) -> Job:
    where = f"{path.name}: job {name}"
    hidden: set[str] = set()
    settings = _filled(table["settings"], f"{where}: settings", environment, hidden)
    plain = {key: table[key] for key in ("source", "cron", "every", "retries", "retry_after", "time_limit")}
    return Job(name, settings=settings, where=where, hidden=frozenset(hidden), **plain, **table["staleness"])


def _filled(value: Any, where: str, environment: Mapping[str, str], hidden: set[str]) -> Any:
    """Put the environment's values for `${NAME}`, and note them as what is to be hidden."""
    if isinstance(value, dict):
        return {key: _filled(inner, f"{where}.{key}", environment, hidden) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, f"{where}[{place}]", environment, hidden) for place, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def fill(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise InvalidSetting(f"{where}: the environment has no {found[1]}.")
        hidden.update({environment[found[1]]} - {""})
        return environment[found[1]]

    return _VARIABLE.sub(fill, value)
