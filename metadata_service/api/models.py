"""The pages of models, their versions, experiments and runs."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.catalog import models, models_training
from metadata_service.catalog.models_runs import Wanted, list_runs
from schemas.errors import InvalidParameter, NotFound
from schemas.wire import replies, requests


class Model(GraphEndpoint):
    @operation(replies.Model, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a registered model with its newest versions, and what became of their stages and aliases."""
        return models.get_model(self.store, call.path["key"])


class ModelVersion(GraphEndpoint):
    @operation(replies.ModelVersion, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a version of a model, with the run that made it and the datasets that this has read."""
        return models.get_version(self.store, call.path["key"])


class Experiment(GraphEndpoint):
    @operation(replies.Experiment, NotFound)
    def get(self, call: Call) -> Answer:
        """Return an experiment, with the names that its runs have together."""
        return models_training.get_experiment(self.store, call.path["key"])


class ExperimentRuns(GraphEndpoint):
    @operation(replies.RunPage, NotFound, InvalidParameter, query=requests.RunsOfExperimentParameters)
    def get(self, call: Call) -> Answer:
        """Return runs of an experiment as rows of parameters and metrics, filtered, sorted and paged."""
        asked = call.query
        wanted = Wanted(
            asked["where"], asked["sort"], asked["direction"] == "descending", asked["offset"], asked["limit"]
        )
        return list_runs(self.store, call.path["key"], wanted)


class Run(GraphEndpoint):
    @operation(replies.Run, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a run with its parameters, metrics, datasets and the versions it made."""
        return models_training.get_run(self.store, call.path["key"])
