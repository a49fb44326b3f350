import "../../styles/ingest.css";

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { Problem } from "../../api/client";
import { ingestRun } from "../../api/ingestion";
import type { Ingest } from "../../api/routes";
import { Copy, Field } from "../../components/Parts";
import { Loading } from "../../components/States";
import { countsOf, refusedOf, RUNNING, stateOf } from "../../text/ingestion";
import { count } from "../../text/plain";
import { exact } from "../../text/times";
import { useTitle } from "../../title";
import { Down } from "./Down";
import { State, tookOf } from "./State";

/** One run: how it went, what it did, and what it refused and why. */
export default function IngestRunPage() {
  const { run = "" } = useParams();
  const { data, error, refetch } = useQuery(ingestRun(run));
  useTitle(data ? `Run of ${data.job}` : "Run");
  if (data) return <Run run={data} />;
  if (error instanceof Problem && error.status === 404) return <Unknown run={run} />;
  if (error) return <Down error={error} retry={() => void refetch()} />;
  return <Loading what="the run" />;
}

function Unknown({ run }: { run: string }) {
  return (
    <section className="failed" role="alert">
      <h1>There is no such run</h1>
      <p>
        No run is known as <code dir="auto">{run}</code>.
      </p>
      <p className="actions">
        <Link to="/ingest">All runs</Link>
      </p>
    </section>
  );
}

function Run({ run }: { run: Ingest.Run }) {
  return (
    <article className="ingest-page">
      <header className="entity">
        <div>
          <p className="path">
            <Link to="/ingest">Sources and their runs</Link> · {run.source}
          </p>
          <h1 dir="auto">{run.job}</h1>
          <p className="key">
            <code>{run.id}</code> <Copy text={run.id} what="id of the run" />
          </p>
        </div>
        <div className="actions">
          <Link className="button" to={`/ingest?job=${encodeURIComponent(run.job)}`}>
            All runs of it
          </Link>
        </div>
      </header>
      <section aria-label="How it went" className={`went ${stateOf(run.status).tone}`}>
        <p className="state" role="status">
          <State status={run.status} />
        </p>
        {run.message && <p dir="auto">{run.message}</p>}
        <p className="quiet">{stateOf(run.status).about}</p>
      </section>
      <div className="tiles">
        {countsOf(run).map(({ name, about, value }) => (
          <div key={name} className="tile">
            <strong>{count(value)}</strong>
            <h3>{name}</h3>
            <span>{about}</span>
          </div>
        ))}
      </div>
      <div className="run-facts">
        <Field name="Started">{exact(run.started)}</Field>
        <Field name="Ended">{run.ended === null ? <span className="quiet">not yet</span> : exact(run.ended)}</Field>
        <Field name="Took">{tookOf(run) || <span className="quiet">not known</span>}</Field>
        {run.restores && (
          <Field name="Undoes">
            <Link to={`/ingest/${encodeURIComponent(run.restores)}`}>run {run.restores}</Link>
          </Field>
        )}
      </div>
      {run.refused > 0 && <Refusals run={run} />}
      {run.status !== RUNNING && run.written + run.removed > 0 && <Undo run={run} />}
    </article>
  );
}

function Refusals({ run }: { run: Ingest.Run }) {
  return (
    <section>
      <h2>Refused, and why</h2>
      <p className="quiet">{refusedOf(run)} Everything else went on without them.</p>
      <ol className="refusals">
        {run.refusals.map((refusal, index) => (
          <li key={index} dir="auto">
            {refusal}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Undo({ run }: { run: Ingest.Run }) {
  const command = `fram ingest restore ${run.id}`;
  return (
    <section>
      <h2>To undo it</h2>
      <p>
        <code>{command}</code> <Copy text={command} what="command" />
      </p>
      <p className="quiet">What a later run changed again stays as it is, and so does what people wrote.</p>
    </section>
  );
}
