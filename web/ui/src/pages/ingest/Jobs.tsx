import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../../api/client";
import { ingestJobs } from "../../api/ingestion";
import type { Ingest } from "../../api/routes";
import { reason } from "../../components/Description";
import { useNotices } from "../../components/Notices";
import { RUNNING } from "../../text/ingestion";
import { Moment, State } from "./State";

const SHOWN_AFTER = 700; // milliseconds

/** The jobs there are, how each went last, and a way to run it now. */
export function Jobs() {
  const { data } = useQuery(ingestJobs);
  if (!data || data.jobs.length === 0) return null;
  return (
    <section aria-label="Jobs">
      <h2>Jobs</h2>
      <ul className="jobs">
        {data.jobs.map((job) => (
          <Job key={job.name} job={job} />
        ))}
      </ul>
    </section>
  );
}

function Job({ job: { name, source, schedule, last_run } }: { job: Ingest.JobStatus }) {
  const queries = useQueryClient();
  const tell = useNotices();
  const start = useMutation({
    mutationFn: () => ask("ingest", "post /ingest/jobs/{job}/run", { path: { job: name } }),
    onSuccess: async ({ message }) => {
      tell(message);
      await new Promise((done) => setTimeout(done, SHOWN_AFTER)); // the service starts it, and then it is kept
    },
    onError: (error) => tell(`Not started: ${reason(error)}`, true),
    onSettled: () => {
      for (const known of ["ingest-runs", "ingest-jobs"]) void queries.invalidateQueries({ queryKey: [known] });
    },
  });
  return (
    <li className="tile">
      <h3 dir="auto">{name}</h3>
      <p className="quiet">
        {source}, {schedule ?? "only when told to"}
      </p>
      {last_run ? (
        <p className="last">
          <State status={last_run.status} />
          <Link to={`/ingest/${encodeURIComponent(last_run.id)}`}>
            <Moment at={last_run.started} />
          </Link>
        </p>
      ) : (
        <p className="last quiet">Never run yet</p>
      )}
      <button type="button" disabled={start.isPending || last_run?.status === RUNNING} onClick={() => start.mutate()}>
        Run now<span className="hidden">: {name}</span>
      </button>
    </li>
  );
}
