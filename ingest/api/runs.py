"""Runs and jobs, and what sources say."""

import time

from http_service.operation import Answer, Call, operation
from ingest.api.endpoint import IngestEndpoint
from ingest.heard import hear
from ingest.runs import find_last, get_run, list_runs
from schemas.errors import Conflict, InvalidSetting, NotFound
from schemas.ingest_runs import JobStatus
from schemas.wire import ingest_replies, ingest_requests


class Runs(IngestEndpoint):
    @operation(ingest_replies.Runs, query=ingest_requests.RunsParameters)
    def get(self, call: Call) -> Answer:
        """Return runs, the latest first."""
        asked = call.query
        wanted = (asked["job"], asked["status"] or "")
        items, following = list_runs(self.store, asked["limit"], _now(), asked["after"], *wanted)
        return {"items": items, "next": following}


class OneRun(IngestEndpoint):
    @operation(ingest_replies.Run, NotFound)
    def get(self, call: Call) -> Answer:
        """Return one run, with the first of what it refused and why."""
        return get_run(self.store, call.path["run"], _now())


class AllJobs(IngestEndpoint):
    @operation(ingest_replies.Jobs)
    def get(self, call: Call) -> Answer:
        """Return the jobs of the jobs file, each with its last run; what they are told is never shown."""
        jobs = self.ingestion.jobs.jobs.values()
        now = _now()
        found = [JobStatus(job.name, job.source, job.schedule, find_last(self.store, job.name, now)) for job in jobs]
        return {"jobs": found}


class JobRun(IngestEndpoint):
    @operation(ingest_replies.Started, NotFound, Conflict, statuses=(202,))
    def post(self, call: Call) -> Answer:
        """Start a run of a job; it shows among the runs."""
        name = call.path["job"]
        if name not in self.ingestion.jobs.jobs:
            raise NotFound(f"There is no job {name[:80]!r}.")
        try:
            self.ingestion.start(name)
        except InvalidSetting as error:
            raise Conflict(error.message) from None
        return {"message": f"The job {name} is started."}, 202


class Statements(IngestEndpoint):
    @operation(ingest_replies.Statements, query=ingest_requests.StatementsParameters)
    def get(self, call: Call) -> Answer:
        """Return what each source says of one thing, in the order in which they win."""
        return {"statements": hear(self.store, self.ingestion.jobs, call.query["kind"], call.query["key"])}


def _now() -> int:
    return int(time.time())
