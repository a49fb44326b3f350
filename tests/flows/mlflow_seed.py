"""Run by the interpreter of MLflow's own environment: does to a server what its name says, with the skinny client."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput, LoggedModelStatus, Metric, Param

SCHEMA = '{"mlflow_colspec": [{"type": "long", "name": "age"}, {"type": "long", "name": "id"}]}'
DATASET = Dataset("customers", "d1", "delta_table", '{"delta_table_name": "gold.core.customers"}', SCHEMA)
MLMODEL = """\
flavors:
  python_function: {loader_module: here}
model_size_bytes: 12
signature:
  inputs: '[{"type": "long", "name": "age", "required": true}]'
"""


def fill(client: MlflowClient) -> None:
    experiment = client.create_experiment("Churn, 'quoted' / Grüße", tags={"mlflow.note.content": "Who leaves"})
    client.create_registered_model("churn", tags={"owner": "ada@example.com"}, description="Leavers")
    for number in range(3):
        run, model = _run(client, experiment, number)
        client.create_model_version("churn", f"models:/{model}", run_id=run, model_id=model)
    client.set_registered_model_alias("churn", "champion", "1")
    client.transition_model_version_stage("churn", "1", "Production")
    for number in range(8):
        client.create_registered_model(f"other {number}")


def _run(client: MlflowClient, experiment: str, number: int) -> tuple[str, str]:
    tags = {"mlflow.user": "ada", "mlflow.source.git.commit": "c0ffee"}
    run = client.create_run(experiment, tags=tags, run_name=f"run {number}").info.run_id
    client.log_inputs(run, [DatasetInput(DATASET, [InputTag("mlflow.data.context", "training")])])
    metrics = [Metric("auc", number / 10 + step / 100, 1_700_000_000_000, step) for step in range(3)]
    client.log_batch(run, metrics=metrics, params=[Param("depth", str(number))])
    model = client.create_logged_model(experiment, name=f"model-{number}", source_run_id=run).model_id
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "MLmodel"
        file.write_text(MLMODEL)
        client.log_model_artifact(model, str(file))
    client.log_outputs(run, [LoggedModelOutput(model, 0)])
    client.finalize_logged_model(model, LoggedModelStatus.READY)
    client.set_terminated(run)
    return run, model


def change(client: MlflowClient) -> None:
    experiment = next(each for each in client.search_experiments() if each.name.startswith("Churn"))
    client.rename_experiment(experiment.experiment_id, "Churn renamed")
    client.set_registered_model_alias("churn", "champion", "2")
    client.transition_model_version_stage("churn", "1", "Archived")
    client.transition_model_version_stage("churn", "2", "Production")
    client.delete_model_version("churn", "3")
    client.delete_registered_model("other 7")
    run = next(run for run in client.search_runs([experiment.experiment_id]) if run.info.run_name == "run 2")
    client.delete_run(run.info.run_id)


def restore(client: MlflowClient) -> None:
    experiment = next(each for each in client.search_experiments() if each.name.startswith("Churn"))
    (run,) = client.search_runs([experiment.experiment_id], run_view_type=2)
    client.restore_run(run.info.run_id)


if __name__ == "__main__":
    STEPS: dict[str, Callable[[MlflowClient], None]] = {"fill": fill, "change": change, "restore": restore}
    STEPS[sys.argv[2]](MlflowClient(sys.argv[1]))
