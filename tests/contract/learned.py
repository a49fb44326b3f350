"""Experiments, runs and models for tests, said by a source as MLflow's extractor says them."""

from typing import Any

from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import Ledger
from metadata_service.store.port import GraphStore
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

INSTANCE = "prod"
NOW = 1_700_000_000


def model_key(name: str) -> str:
    return f"mlflow://{INSTANCE}/model/{name}"


def version_key(name: str, version: int) -> str:
    return f"{model_key(name)}/version/{version}"


def run_key(name: str) -> str:
    return f"mlflow://{INSTANCE}/run/{name}"


def experiment_key(name: str) -> str:
    return f"mlflow://{INSTANCE}/experiment/{name}"


def say(store: GraphStore, *statements: Any, run: str = "1") -> None:
    """Say statements, each of which must be taken."""
    ledger = Ledger(store, "mlflow", run, Precedence(), epoch=lambda: NOW)
    judged = ledger.say([said(statement) for statement in statements])
    assert not [each.reason for each in judged if each.reason]


def load(store: GraphStore, table: str, column: str, count: int = 6) -> None:
    """Say `count` models m0, m1, …, each with an experiment, a run on `table` and two versions.

    The first versions are known to use `column`, of the second ones the table alone is known. The first of m0 is
    in production, that of m1 is the champion.
    """
    for n in range(count):
        say(store, *_learned(n, table, column))
        say(store, _model(n, aliases={"champion": "1", "next": "2"} if n == 1 else {"next": "2"}), run="2")


def _learned(n: int, table: str, column: str) -> list[Any]:
    name = f"m{n}"
    experiment = Experiment(
        INSTANCE,
        str(n),
        f"Experiment {n}",
        description=f"What was tried for {name}",
        url="https://mlflow.example.com/#/experiments/1",
        created_at=NOW,
        updated_at=NOW + n,
        tags=["risk"],
        properties={"team": "crm"},
        owners=["ada@example.com"],
    )
    run = Run(
        INSTANCE,
        f"r{n}",
        str(n),
        f"run {n}",
        description="First try",
        status="FINISHED",
        started_at=NOW,
        ended_at=NOW + 60,
        user="ada",
        ran_by="ada@example.com",
        git_commit="c0ffee",
        parameters={"depth": str(n), "kind": "tree"},
        metrics={"auc": 0.5 + n / 100},
        inputs=[Input("training_set", "d1", "training", table)],
    )
    versions = [
        ModelVersion(
            INSTANCE,
            name,
            str(version),
            description=f"Version {version} of {name}",
            stage="Production" if n == 0 and version == 1 else "",
            aliases=["champion"] if n == 1 and version == 1 else [],
            status="READY",
            run=f"r{n}",
            flavors=["sklearn"],
            inputs=[SignatureField(column.rpartition("/")[2], "long")] if version == 1 else None,
            created_at=NOW + version,
            columns=[UsedColumn(column, "signature")] if version == 1 else [],
        )
        for version in (1, 2)
    ]
    return [
        experiment,
        Dataset(INSTANCE, "training_set", "d1", "delta_table", table=table),
        run,
        ExperimentRuns(INSTANCE, str(n), 1, ["depth", "kind"], ["auc"], ["training_set"], ["ada@example.com"]),
        _model(n, aliases={"champion": "1"} if n == 1 else {}),
        *versions,
    ]


def _model(n: int, **more: Any) -> Model:
    return Model(
        INSTANCE,
        f"m{n}",
        description="Who is about to leave",
        url=f"https://mlflow.example.com/#/models/m{n}",
        created_at=NOW,
        updated_at=NOW + n,
        tags=["risk"],
        properties={"tier": "1"},
        owners=["ada@example.com"],
        stages={"1": "Production"} if n == 0 else {},
        **more,
    )
