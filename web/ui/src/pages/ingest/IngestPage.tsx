import "../../styles/ingest.css";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { ingestJobs, ingestRuns } from "../../api/ingestion";
import { Choice } from "../../components/Choice";
import { useParameter } from "../../components/parameter";
import { Empty, Loading } from "../../components/States";
import { choicesOf, isStatus, STATES } from "../../text/ingestion";
import { useTitle } from "../../title";
import { Down } from "./Down";
import { Jobs } from "./Jobs";
import { RunTable } from "./RunTable";

/** What was read from which source, when, and how it went. */
export default function IngestPage() {
  useTitle("Sources and their runs");
  const [job, setJob] = useParameter("job");
  const [state, setState] = useParameter("state");
  const status = isStatus(state) ? state : null;
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(ingestRuns({ job, status }));
  const jobs = useQuery({ ...ingestJobs, retry: false });
  const runs = data?.pages.flatMap((page) => page.items) ?? [];
  const named = choicesOf(jobs.data?.jobs.map((one) => one.name) ?? [], runs, job);
  const filtered = job !== "" || status !== null;
  return (
    <article className="ingest-page">
      <h1>Sources and their runs</h1>
      {error && <Down error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="runs" />}
      {data && !error && (
        <>
          <Jobs />
          <section aria-label="Runs of all jobs">
            <h2>Runs</h2>
            {(filtered || runs.length > 0) && (
              <p className="run-filter">
                <Filter label="Job" value={job} choose={setJob} all="all" options={named.map((name) => [name, name])} />
                <Filter
                  label="State"
                  value={status ?? ""}
                  choose={setState}
                  all="any"
                  options={Object.entries(STATES).map(([id, { name }]) => [id, name])}
                />
              </p>
            )}
            {runs.length > 0 && <RunTable runs={runs} />}
            {runs.length === 0 && (filtered ? <Empty>No run is like that.</Empty> : <NoRuns />)}
            {hasNextPage && (
              <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                Show more
              </button>
            )}
          </section>
        </>
      )}
    </article>
  );
}

type Filtered = Omit<Parameters<typeof Choice>[0], "id"> & { all: string };

function Filter({ all, options, ...choice }: Filtered) {
  const id = useId();
  return (
    <span>
      <label htmlFor={id}>{choice.label}</label> <Choice id={id} options={[["", all], ...options]} {...choice} />
    </span>
  );
}

const COMMANDS = [
  ["fram ingest list", "names the sources there are, and what each is told"],
  ["fram ingest check JOB", "tries one, and writes nothing"],
  ["fram ingest run JOB", "runs it, and its run is shown here"],
];

function NoRuns() {
  return (
    <div className="no-runs">
      <p>No source has been read yet.</p>
      <p>
        Name one in <code>fram-jobs.toml</code> beside the data: a warehouse, dbt, query logs, MLflow. Then
      </p>
      <dl>
        {COMMANDS.map(([command, about]) => (
          <div key={command}>
            <dt>
              <code>{command}</code>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
      <p>
        <code>docs/ingestion.md</code> has a job to copy. What is pushed to <code>POST /ingest/entities</code> shows here, too.
      </p>
    </div>
  );
}
