"""MLflow as a source: experiments, runs, registered models and their versions, over plain REST."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import ClassVar

from ingest.extract.mlflow.client import Client, Missing
from ingest.extract.mlflow.extraction import Extraction
from ingest.extract.mlflow.settings import MlflowSettings
from ingest.extract.source import Refused, Source
from schemas.errors import InvalidSource
from schemas.statements import Statement


class Mlflow(Source):
    about: ClassVar = (
        "MLflow: experiments, runs, datasets, registered models with versions, stages, aliases, signatures"
    )
    settings: ClassVar = MlflowSettings

    def check(self) -> str:
        """Ask for what would be read. Raises InvalidSource, SourceUnavailable."""
        counts = self._extraction().counts()
        return f"{self.told['url']}: {', '.join(f'{count} {what}' for what, count in counts.items())}"

    def extract(self) -> Iterator[Statement | Refused]:
        """Read page by page. Holds the experiments' ids, what versions come from, and a digest of each dataset."""
        try:
            yield from self._extraction().run()
        except Missing as error:
            raise InvalidSource(f"{self.told['url']} is no MLflow of 1.28 or later: {error}.") from None

    def _extraction(self) -> Extraction:
        told = self.told
        client = Client(told["url"], self._headers(), ca_file=told.get("ca_file"), timeout=told["timeout"])
        workspace = told["workspace"]
        return Extraction(client, told, f"{workspace}@{told['instance']}" if workspace else told["instance"])

    def _headers(self) -> Mapping[str, str]:
        told, headers = self.told, {}
        if told["token"]:
            headers["Authorization"] = f"Bearer {told['token']}"
        elif told["username"]:
            pair = f"{told['username']}:{told['password']}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        if told["workspace"]:
            headers["X-MLFLOW-WORKSPACE"] = told["workspace"]
        return headers
