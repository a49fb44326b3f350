"""One reading of an MLflow server: what is asked in which order, so that each thing comes behind what it hangs on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from ingest.extract.mlflow.client import BROKEN, Client, Missing
from ingest.extract.mlflow.datasets import Datasets
from ingest.extract.mlflow.models import Registered, Registry, logged_model_of
from ingest.extract.mlflow.people import People
from ingest.extract.mlflow.reading import BadItem, Json, item, text
from ingest.extract.mlflow.runs import Made, Summary, Training
from ingest.extract.mlflow.signature import MAX_FILE_BYTES, NOTHING, ModelFile, read_model_file
from ingest.extract.source import Refused
from schemas.errors import InvalidSource
from schemas.model_statements import Experiment
from schemas.statements import Statement

ACTIVE = "ACTIVE_ONLY"  # what is deleted is no longer said, and so marked as gone until it is restored
EXPERIMENTS_AT_ONCE = 50
EXPERIMENTS_A_PAGE = 1_000
RUNS_A_PAGE = 500
MODELS_A_PAGE = 500
VERSIONS_A_PAGE = 1_000
FILES_AT_ONCE = 8
_FILE = "/model-versions/get-artifact"

Said = Iterator[Statement | Refused]


class Extraction:
    """One reading under way."""

    def __init__(self, client: Client, told: Mapping[str, Any], instance: str) -> None:
        self._client, self._told = client, told
        people, datasets = People(told), Datasets(told, instance)
        web = told.get("web_url") or told["url"]
        self._training = Training(instance, web, people, datasets)
        self._registry = Registry()
        self._registered = Registered(instance, web, people, self._registry)
        self._made: dict[str, Made] = {}
        self._seen: set[int] = set()  # datasets, by the hash of their names and digests

    def counts(self) -> dict[str, int]:
        """Count what there is. Raises InvalidSource, SourceUnavailable."""
        try:
            experiments = sum(1 for _ in self._experiments())
        except Missing as error:
            raise InvalidSource(f"{self._client.url} is no MLflow of 1.28 or later: {error}.") from None
        counts = {"experiments": experiments}
        try:
            return {**counts, "models": sum(1 for _ in self._models()), "versions": sum(1 for _ in self._versions())}
        except Missing:
            return counts

    def run(self) -> Said:
        """Read everything. Raises Missing where there are no experiments; a server without models is read without."""
        has_models = self._look_ahead()
        experiments = self._experiments()
        while some := list(islice(experiments, EXPERIMENTS_AT_ONCE)):
            yield from self._of_experiments(some)
        if has_models:
            for data in self._models():
                yield from _judged(f"model {data.get('name')}", self._model, data)
            yield from self._of_versions()

    def _look_ahead(self) -> bool:
        """Take note of what the versions say together; return whether there is a registry."""
        try:
            for data in self._versions():
                try:
                    self._registry.add(data)
                except BadItem:
                    continue  # is refused when its turn comes
        except Missing:
            return False
        return True

    def _of_experiments(self, some: Sequence[Json]) -> Said:
        summaries: dict[str, Summary] = {}
        for data in some:
            for said in _judged(f"experiment {data.get('name')}", self._experiment, data):
                if isinstance(said, Experiment):
                    summaries[said.id] = Summary()
                yield said
        if not summaries:
            return
        for data in self._runs(list(summaries)):
            yield from _judged(f"run {_id_of(data)}", self._of_run, data, summaries)
        for id_, summary in summaries.items():
            yield self._training.summary(id_, summary)

    def _of_run(self, data: Json, summaries: Mapping[str, Summary]) -> Sequence[Statement]:
        run, made = self._training.run(data)
        if run.experiment in summaries:
            summaries[run.experiment].add(run)
        registered = run.id in self._registry.runs
        if registered:
            self._made[run.id] = made
        elif self._told["runs"] == "registered":
            return []
        fresh = {hash((read.input.name, read.input.digest)): read.dataset for read in made.inputs}
        datasets = [dataset for name, dataset in fresh.items() if name not in self._seen]
        self._seen.update(fresh)
        return [*datasets, run]

    def _of_versions(self) -> Said:
        versions = self._versions()
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            while some := list(islice(versions, 4 * FILES_AT_ONCE)):
                files = list(pool.map(self._file, some))
                for data, file in zip(some, files, strict=True):
                    where = f"version {data.get('version')} of model {data.get('name')}"
                    yield from _judged(where, self._version, data, file)

    def _experiment(self, data: Json) -> Sequence[Statement]:
        return [self._training.experiment(data)]

    def _model(self, data: Json) -> Sequence[Statement]:
        return [self._registered.model(data, self._made)]

    def _version(self, data: Json, file: ModelFile) -> Sequence[Statement]:
        run = text(data, "run_id") or self._run_of(logged_model_of(data))
        return [self._registered.version(data, run, self._made.get(run), file)]

    def _run_of(self, logged_model: str) -> str:
        """Return the run that made a logged model; nothing where it is not known (before MLflow 3 there are none)."""
        if not logged_model:
            return ""
        try:
            found = self._client.get(f"logged-models/{logged_model}")
        except (Missing, InvalidSource):
            return ""
        return text(item(item(found, "model"), "info"), "source_run_id")

    def _file(self, data: Json) -> ModelFile:
        """Read the MLmodel file of a version; nothing where the server has none to give. Raises SourceUnavailable."""
        if not self._told["signatures"]:
            return NOTHING
        query = {"name": data.get("name", ""), "version": data.get("version", ""), "path": "MLmodel"}
        try:
            found = self._client.fetch("GET", _FILE, query=query, most=MAX_FILE_BYTES, final=[BROKEN])
        except (Missing, InvalidSource):
            return NOTHING
        return read_model_file(found)

    def _experiments(self) -> Iterator[Json]:
        asked = {"view_type": ACTIVE, "max_results": EXPERIMENTS_A_PAGE}
        return self._client.pages("POST", "experiments/search", "experiments", **asked)

    def _runs(self, experiments: Sequence[str]) -> Iterator[Json]:
        return self._client.pages(
            "POST",
            "runs/search",
            "runs",
            experiment_ids=experiments,
            run_view_type=ACTIVE,
            max_results=RUNS_A_PAGE,
            order_by=["attributes.start_time ASC"],  # parents before their children
        )

    def _models(self) -> Iterator[Json]:
        return self._client.pages("GET", "registered-models/search", "registered_models", max_results=MODELS_A_PAGE)

    def _versions(self) -> Iterator[Json]:
        return self._client.pages("GET", "model-versions/search", "model_versions", max_results=VERSIONS_A_PAGE)


def _id_of(run: Json) -> str:
    """Return the id of a run for a refusal, whatever the run looks like."""
    info = run.get("info")
    return str(info.get("run_id")) if isinstance(info, dict) else "?"


def _judged(where: str, make: Callable[..., Sequence[Statement]], *of: Any) -> Said:
    """Yield what is made, or why it is refused."""
    try:
        yield from make(*of)
    except BadItem as error:
        yield Refused(where, f"{error}.")
