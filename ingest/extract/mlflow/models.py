"""Registered models and their versions as MLflow's JSON has them, made into statements. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from ingest.extract.mlflow.people import People
from ingest.extract.mlflow.reading import Json, items, moment, needed, pairs, split_tags, text
from ingest.extract.mlflow.runs import Made
from ingest.extract.mlflow.signature import ModelFile
from schemas.keys import ColumnKey
from schemas.model_statements import Model, ModelVersion, UsedColumn

_LOGGED = "models:/m-"  # what the source of a version begins with that is made of a logged model (MLflow 3)
_NO_STAGE = ("", "None")
SIGNATURE, DATASET = "signature", "dataset"


@dataclass(slots=True)
class Registry:
    """What all versions say together, known before any of them becomes a statement."""

    stages: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    aliases: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    newest: dict[str, tuple[int, str]] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)

    def add(self, data: Json) -> None:
        """Take note of a version. Raises BadItem."""
        name, version, run = needed(data, "name"), needed(data, "version"), text(data, "run_id")
        if stage_of(data):
            self.stages[name][version] = stage_of(data)
        if run:
            self.runs.add(run)
            made = moment(data, "creation_timestamp") or 0
            self.newest[name] = max(self.newest.get(name, (0, "")), (made, run))


def stage_of(data: Json) -> str:
    """Return the stage of a version; none where MLflow says `None`. Raises BadItem."""
    stage = text(data, "current_stage")
    return "" if stage in _NO_STAGE else stage


def logged_model_of(data: Json) -> str:
    """Return the id of the logged model that a version is. Raises BadItem."""
    source = text(data, "source")
    named = source.removeprefix("models:/") if source.startswith(_LOGGED) else ""
    return text(data, "model_id") or named


class Registered:
    """Makes statements of models and versions of one instance."""

    def __init__(self, instance: str, web_url: str, people: People, registry: Registry) -> None:
        self._instance, self._people, self._registry = instance, people, registry
        self._web = f"{web_url.rstrip('/')}/#/models/"

    def model(self, data: Json, made: Mapping[str, Made]) -> Model:
        """Return a registered model. Raises BadItem. To be asked before its versions are."""
        name, tags = needed(data, "name"), pairs(data, "tags")
        aliases = {needed(each, "alias"): needed(each, "version") for each in items(data, "aliases")}
        self._registry.aliases[name] = _by_version(aliases)
        _, run = self._registry.newest.get(name, (0, ""))
        bare, properties = split_tags(tags)
        properties.pop(self._people.owner_tag, None)
        return Model(
            self._instance,
            name,
            description=text(data, "description") or None,
            url=f"{self._web}{quote(name, safe='')}",
            created_at=moment(data, "creation_timestamp"),
            updated_at=moment(data, "last_updated_timestamp"),
            tags=bare,
            properties=properties,
            owners=self._people.owners(tags, made[run].user if run in made else ""),
            aliases=aliases,
            stages=self._registry.stages.get(name, {}),
        )

    def version(self, data: Json, run: str, made: Made | None, file: ModelFile) -> ModelVersion:
        """Return a version of a model; `run` is the one that made it. Raises BadItem."""
        name, version = needed(data, "name"), needed(data, "version")
        bare, properties = split_tags(pairs(data, "tags"))
        return ModelVersion(
            self._instance,
            name,
            version,
            description=text(data, "description") or None,
            url=f"{self._web}{quote(name, safe='')}/versions/{quote(version, safe='')}",
            stage=stage_of(data),
            aliases=self._registry.aliases.get(name, {}).get(version, []),
            status=text(data, "status"),
            status_message=text(data, "status_message"),
            run=run,
            model_id=logged_model_of(data),
            source_uri=text(data, "source"),
            flavors=file.flavors,
            inputs=file.inputs,
            outputs=file.outputs,
            size_bytes=file.size_bytes,
            created_at=moment(data, "creation_timestamp"),
            updated_at=moment(data, "last_updated_timestamp"),
            properties={**dict.fromkeys(bare, ""), **properties},
            columns=list(used_columns(made, file)),
        )


def _by_version(aliases: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for alias, version in sorted(aliases.items()):
        found[version].append(alias)
    return found


def used_columns(made: Made | None, file: ModelFile) -> Iterator[UsedColumn]:
    """Yield the columns that a version learned from: what its signature takes, of what its datasets have.

    Without a signature, all that these have; of a dataset whose columns are not known, what the signature takes,
    where there is but one table that it can come from.
    """
    tables: dict[str, Sequence[str]] = {}
    for read in made.inputs if made else ():
        if read.input.table:
            tables[read.input.table] = [*tables.get(read.input.table, ()), *read.columns]
    taken = None if file.inputs is None else {each.name for each in file.inputs}
    for table, columns in tables.items():
        known = columns or (sorted(taken or ()) if len(tables) == 1 else ())
        for name in dict.fromkeys(known):
            if taken is None or name in taken:
                yield UsedColumn(str(ColumnKey(table, name)), DATASET if taken is None else SIGNATURE)
