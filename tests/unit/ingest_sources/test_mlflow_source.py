"""MLflow read over HTTP: what each thing becomes, page by page, and what is done when the server makes trouble."""

import math
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import ValidationError
from mlflow_replies import (
    MLMODEL,
    PREFIX,
    Server,
    a_model,
    a_run,
    a_version,
    an_experiment,
    an_input,
    serving,
    tags,
)

from ingest.extract.mlflow import client as mlflow_client
from ingest.extract.mlflow.source import Mlflow
from ingest.extract.source import Refused
from schemas.errors import InvalidSource, SourceUnavailable
from schemas.model_statements import (
    Dataset,
    Experiment,
    ExperimentRuns,
    Input,
    Model,
    ModelVersion,
    Run,
    SignatureField,
    UsedColumn,
)

TABLE = "hive://gold.core/customers"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as found:
        yield found


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlflow_client.time, "sleep", lambda _: None)


def source(server: Server, **more: Any) -> Mlflow:
    return Mlflow(**Mlflow.settings().load({"url": server.url, "instance": "prod", **more}))


def said(server: Server, **more: Any) -> list[Any]:
    return list(source(server, **more).extract())


def of(kind: type, everything: list[Any]) -> list[Any]:
    return [each for each in everything if isinstance(each, kind)]


def fill(server: Server) -> None:
    told = tags(
        mlflow__user="ada",
        mlflow__source__name="train.py",
        mlflow__source__type="LOCAL",
        mlflow__source__git__commit="c0ffee",
        mlflow__source__git__branch="main",
        mlflow__source__git__repoURL="git@x.org:ml.git",
        mlflow__project__entryPoint="main",
        mlflow__note__content="First try",
        gpu="2",
        nightly="true",
    )
    data = {
        "tags": told,
        "params": tags(depth="5", Grüße="ja, 'nein'"),
        "metrics": [{"key": "auc", "value": 0.91, "timestamp": 1, "step": 3}, {"key": "loss", "value": "NaN"}],
    }
    schema = '{"mlflow_colspec": [{"type": "long", "name": "age"}, {"type": "long", "name": "id"}]}'
    read = an_input(schema=schema, tags=tags(mlflow__data__context="training", table_key=TABLE))
    server.items["experiments/search"] = [
        an_experiment(tags=tags(mlflow__note__content="Who leaves", owner="ada@x.org, bob", risk="", team="crm"))
    ]
    server.items["runs/search"] = [a_run(data=data, inputs={"dataset_inputs": [read]})]
    server.items["registered-models/search"] = [
        a_model(description="Leavers", tags=tags(tier="1"), aliases=[{"alias": "champion", "version": "2"}])
    ]
    server.items["model-versions/search"] = [
        a_version(),
        a_version("2", current_stage="Production", description="Second"),
    ]
    server.files["churn", "2"] = MLMODEL


def test_everything_is_said_in_the_order_it_hangs_together(server: Server):
    fill(server)
    everything = said(server, people={"ada": "ada@x.org", "bob": "bob@x.org"})
    kinds = [Experiment, Dataset, Run, ExperimentRuns, Model, ModelVersion, ModelVersion]
    assert [type(each) for each in everything] == kinds
    experiment, dataset, run, together, model, first, second = everything

    assert experiment.description == "Who leaves"
    assert (experiment.created_at, experiment.updated_at) == (1_690_000_000, 1_700_000_000)
    assert (experiment.tags, experiment.properties) == (["risk"], {"team": "crm"})
    assert experiment.owners == ["ada@x.org", "bob@x.org"]
    assert experiment.url == f"{server.url}/#/experiments/7"
    assert together == ExperimentRuns("prod", "7", 1, ["Grüße", "depth"], ["auc"], ["customers"], ["ada@x.org"])

    assert (dataset.name, dataset.digest, dataset.source_type, dataset.table) == ("customers", "d1", "local", TABLE)
    assert run.inputs == [Input("customers", "d1", "training", TABLE)]
    assert (run.user, run.ran_by, run.description) == ("ada", "ada@x.org", "First try")
    assert (run.git_commit, run.git_branch, run.git_repository) == ("c0ffee", "main", "git@x.org:ml.git")
    assert (run.source_name, run.source_type, run.entry_point) == ("train.py", "LOCAL", "main")
    assert (run.started_at, run.ended_at, run.status) == (1_700_000_001, 1_700_000_061, "FINISHED")
    assert run.parameters == {"depth": "5", "Grüße": "ja, 'nein'"}
    assert run.metrics == {"auc": 0.91}
    assert run.properties == {"gpu": "2", "nightly": ""}

    assert (model.description, model.aliases, model.stages) == ("Leavers", {"champion": "2"}, {"2": "Production"})
    assert (model.owners, model.properties) == (["ada@x.org"], {"tier": "1"})
    assert (first.stage, first.aliases, first.model_id, first.inputs) == ("", [], "m-12ab", None)
    assert first.columns == [UsedColumn(f"{TABLE}/age", "dataset"), UsedColumn(f"{TABLE}/id", "dataset")]
    assert (second.stage, second.aliases, second.description) == ("Production", ["champion"], "Second")
    assert second.flavors == ["python_function", "sklearn"]
    assert second.size_bytes == 1234
    assert second.inputs == [SignatureField("age", "long"), SignatureField("spent", "double", required=False)]
    assert second.outputs == [SignatureField("0", "tensor(float64, [-1])")]
    assert second.columns == [UsedColumn(f"{TABLE}/age", "signature")]


def test_every_page_is_read(server: Server):
    server.page = 2
    server.items["experiments/search"] = [an_experiment(str(n), f"e{n}") for n in range(5)]
    server.items["runs/search"] = [a_run(f"r{n}", "3") for n in range(5)]
    server.items["registered-models/search"] = [a_model(f"m{n}") for n in range(5)]
    server.items["model-versions/search"] = [a_version(str(n + 1), "m0") for n in range(5)]
    everything = said(server)
    for kind in Experiment, Run, Model, ModelVersion:
        assert len(of(kind, everything)) == 5, kind
    assert {each.experiment: each.count for each in of(ExperimentRuns, everything)}["3"] == 5
    assert source(server).check().endswith(": 5 experiments, 5 models, 5 versions")


def test_many_experiments_are_asked_for_together(server: Server):
    server.items["experiments/search"] = [an_experiment(str(n), f"e{n}") for n in range(120)]
    said(server)
    assert sum(path == f"{PREFIX}runs/search" for path, _ in server.asked) == 3


def test_pages_that_go_round_are_refused(server: Server, monkeypatch: pytest.MonkeyPatch):
    fill(server)
    monkeypatch.setattr(server, "answer", lambda *_: (200, b'{"experiments": [], "next_page_token": "same"}', {}))
    with pytest.raises(InvalidSource, match="go round in a circle"):
        said(server)


def test_a_dataset_is_said_once(server: Server):
    server.items["experiments/search"] = [an_experiment()]
    inputs = {"dataset_inputs": [an_input(), an_input("other")]}
    server.items["runs/search"] = [a_run(f"r{n}", inputs=inputs) for n in range(3)]
    everything = said(server)
    assert [each.name for each in of(Dataset, everything)] == ["customers", "other"]
    assert [len(each.inputs) for each in of(Run, everything)] == [2, 2, 2]


def test_only_runs_that_made_a_version_if_asked_for(server: Server):
    fill(server)
    server.items["runs/search"].append(a_run("r9"))
    everything = said(server, runs="registered")
    assert [each.id for each in of(Run, everything)] == ["r1"]
    assert of(ExperimentRuns, everything)[0].count == 2


def test_the_run_of_a_version_is_found_by_its_logged_model(server: Server):
    server.items["registered-models/search"] = [a_model()]
    server.items["model-versions/search"] = [a_version(run_id=""), a_version("2", run_id=None, source="models:/m-99")]
    server.logged["m-12ab"] = {"model": {"info": {"model_id": "m-12ab", "source_run_id": "r5"}}}
    assert [each.run for each in of(ModelVersion, said(server))] == ["r5", ""]


def test_an_owner_is_who_ran_the_newest_version_if_that_is_a_person(server: Server):
    server.items["experiments/search"] = [an_experiment()]
    server.items["runs/search"] = [a_run(), a_run("r2", data={"tags": tags(mlflow__user="eve@x.org")})]
    server.items["registered-models/search"] = [a_model()]
    server.items["model-versions/search"] = [a_version("2", run_id="r2"), a_version("1")]
    assert of(Model, said(server))[0].owners == ["eve@x.org"]
    server.items["model-versions/search"] = [a_version("1")]
    assert of(Model, said(server))[0].owners == []


@pytest.mark.parametrize(
    ("dataset", "settings", "table"),
    [
        ({"source_type": "delta_table", "source": '{"delta_table_name": "main.core.t"}'}, {}, "delta://main.core/t"),
        ({"source_type": "spark", "source": '{"table_name": "core.t"}'}, {}, "hive://default.core/t"),
        ({"source_type": "spark", "source": '{"table_name": "core.t"}'}, {"cluster": "gold"}, "hive://gold.core/t"),
        ({"source_type": "spark", "source": '{"table_name": "a.b.c.d"}'}, {}, None),
        ({"source_type": "spark", "source": '{"path": "s3://x"}'}, {}, None),
        ({"source_type": "s3", "source": '{"uri": "s3://lake/core/t/part-1"}'}, {}, "hive://gold.core/t"),
        ({"source_type": "s3", "source": "no json"}, {}, None),
        ({"source_type": "gs", "source": '{"uri": "s3://lake/core/t/"}'}, {}, None),
        ({"source_type": "x", "source": '{"url": 5}', "name": "warehouse.core.t"}, {}, "hive://gold.core/t"),
    ],
)
def test_tables_are_known_by_the_rules_and_never_guessed(
    server: Server, dataset: dict[str, Any], settings: dict[str, Any], table: str | None
):
    patterns = [
        {
            "source_type": "s3",
            "pattern": r"s3://lake/(?P<schema>\w+)/(?P<table>\w+)/.*",
            "database": "hive",
            "cluster": "gold",
        },
        {"pattern": r"warehouse\.(?P<schema>\w+)\.(?P<table>\w+)", "database": "hive", "cluster": "gold"},
    ]
    server.items["experiments/search"] = [an_experiment()]
    server.items["runs/search"] = [a_run(inputs={"dataset_inputs": [an_input(**dataset)]})]
    everything = said(server, tables=patterns, **settings)
    assert of(Run, everything)[0].inputs[0].table == table
    assert of(Dataset, everything)[0].table == table


def test_one_bad_item_is_refused_and_the_rest_is_read(server: Server):
    server.items["experiments/search"] = [an_experiment(name=None), an_experiment("8"), an_experiment("9", tags="x")]
    bad = a_run("r2", "8", data={"params": [{"value": "1"}]})
    worse = {"info": {"run_id": "r3", "experiment_id": "8", "start_time": "soon"}}
    server.items["runs/search"] = [a_run("r1", "8"), bad, worse]
    server.items["registered-models/search"] = [a_model(aliases=[{"alias": "x"}]), a_model("ok")]
    server.items["model-versions/search"] = [a_version(name="ok"), a_version(name="", run_id="r1")]
    everything = said(server)
    assert [each.id for each in of(Run, everything)] == ["r1"]
    assert [each.name for each in of(Model, everything)] == ["ok"]
    assert len(of(ModelVersion, everything)) == 1
    assert of(Refused, everything) == [
        Refused("experiment None", "name is missing."),
        Refused("experiment churn", "tags is no list of objects."),
        Refused("run r2", "key is missing."),
        Refused("run r3", "start_time is no time."),
        Refused("model churn", "version is missing."),
        Refused("version 1 of model ", "name is missing."),
    ]


def test_an_older_server_is_read_without_what_it_lacks(server: Server):
    fill(server)
    server.missing = {"registered-models/search", "model-versions/search"}
    assert [type(each) for each in said(server)] == [Experiment, Dataset, Run, ExperimentRuns]
    assert source(server).check().endswith(": 1 experiments")
    server.missing = {"experiments/search"}
    for ask in source(server).check, lambda: said(server):
        with pytest.raises(InvalidSource, match="is no MLflow"):
            ask()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_and_at_last_is_unavailable(server: Server, status: int):
    fill(server)
    server.troubles["runs/search"] = [(status, {"Retry-After": "1"})] * 3
    assert len(of(Run, said(server))) == 1
    server.troubles["runs/search"] = [(status, {})] * mlflow_client.ATTEMPTS
    with pytest.raises(SourceUnavailable, match=f"runs/search: HTTP {status} .not now"):
        said(server)


def test_waiting_follows_the_server_within_bounds(server: Server, monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    monkeypatch.setattr(mlflow_client.time, "sleep", waited.append)
    server.troubles["experiments/search"] = [(429, {"Retry-After": "3"}), (429, {"Retry-After": "86400"}), (503, {})]
    said(server)
    assert waited == [3.0, mlflow_client.MOST_WAIT_SECONDS, 4.0]


def test_a_server_that_is_not_there_is_unavailable(server: Server):
    with serving(Server()) as closed:
        pass
    with pytest.raises(SourceUnavailable):
        said(closed)
    assert server.asked == []


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_said_and_never_shown(server: Server, status: int):
    server.troubles["experiments/search"] = [(status, {})]
    with pytest.raises(InvalidSource, match="Look at the username, password or token") as caught:
        said(server, username="fram", password="s3cret")
    assert "s3cret" not in caught.value.message


def test_credentials_and_workspace_go_in_headers(server: Server):
    server.items["experiments/search"] = [an_experiment()]
    said(server, username="fram", password="s3cret")
    assert {each["Authorization"] for each in server.headers} == {"Basic ZnJhbTpzM2NyZXQ="}
    server.headers.clear()
    everything = said(server, token="t0ken", workspace="team-a")
    assert {(each["Authorization"], each["X-MLFLOW-WORKSPACE"]) for each in server.headers} == {
        ("Bearer t0ken", "team-a")
    }
    assert of(Experiment, everything)[0].instance == "team-a@prod"


def test_what_is_no_mlflow_says_so(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "answer", lambda *_: (200, b"<html>", {}))
    with pytest.raises(InvalidSource, match="no JSON object"):
        source(server).check()
    monkeypatch.setattr(server, "answer", lambda *_: (200, b'{"experiments": ["x"]}', {}))
    with pytest.raises(InvalidSource, match="no list of objects"):
        source(server).check()


def test_metrics_that_are_no_numbers_are_left_out_however_they_are_written(server: Server):
    metrics = [{"key": "auc", "value": 0.9}, *({"key": f"m{n}", "value": n} for n in (math.nan, math.inf, "NaN"))]
    server.items["experiments/search"] = [an_experiment()]
    server.items["runs/search"] = [a_run(data={"metrics": metrics})]
    assert [each.metrics for each in of(Run, said(server))] == [{"auc": 0.9}]


def test_a_file_too_large_or_not_wanted_leaves_the_version(server: Server):
    fill(server)
    server.files["churn", "2"] = MLMODEL + "#" * 600_000
    assert [each.inputs for each in of(ModelVersion, said(server))] == [None, None]
    server.files["churn", "2"] = MLMODEL
    assert [each.inputs for each in of(ModelVersion, said(server, signatures=False))] == [None, None]


def test_files_are_read_several_at_a_time(server: Server, monkeypatch: pytest.MonkeyPatch):
    server.items["registered-models/search"] = [a_model()]
    server.items["model-versions/search"] = [a_version(str(n)) for n in range(1, 21)]
    answer, most, now = server.answer, [0], [0]
    lock = threading.Lock()

    def slowly(path: str, asked: Any) -> Any:
        if "artifact" not in path:
            return answer(path, asked)
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with lock:
            now[0] -= 1
        return 200, MLMODEL.encode(), {}

    monkeypatch.setattr(server, "answer", slowly)
    began = time.monotonic()
    assert len(of(ModelVersion, said(server))) == 20
    assert most[0] > 1
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "url"),
        ({"url": "ftp://x", "instance": "p"}, "url"),
        ({"url": "http://me:secret@x", "instance": "p"}, "url"),
        ({"url": "http://x", "instance": "a@b"}, "instance"),
        ({"url": "http://x", "instance": "p", "token": "t", "username": "u"}, "token"),
        ({"url": "http://x", "instance": "p", "tables": [{"pattern": "("}]}, "tables"),
        ({"url": "http://x", "instance": "p", "tables": [{"pattern": "(?P<table>x)"}]}, "tables"),
        ({"url": "http://x", "instance": "p", "colour": "red"}, "colour"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], field: str):
    with pytest.raises(ValidationError) as caught:
        Mlflow.settings().load(settings)
    assert field in caught.value.normalized_messages()
