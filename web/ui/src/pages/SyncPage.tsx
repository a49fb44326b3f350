import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { ask } from "../api/client";
import { healthOf, syncStatus } from "../api/queries";
import type { Metadata } from "../api/routes";
import { reason } from "../components/Description";
import { useNotices } from "../components/Notices";
import { Field, Time } from "../components/Parts";
import { Failed, Loading } from "../components/States";
import { kindName, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { useTitle } from "../title";

/** How far search is behind the catalogue, and what went wrong. */
export default function SyncPage() {
  useTitle("Status");
  const sync = useQuery(syncStatus);
  const searching = useQuery(healthOf("search"));
  const ingesting = useQuery(healthOf("ingest"));
  return (
    <article className="sync-page">
      <h1>How Fram is doing</h1>
      <div className="services">
        <Service name="Catalogue" error={sync.error} busy={sync.isPending} />
        <Service name="Search" error={searching.error} busy={searching.isPending} />
        <Service name="Ingestion" error={ingesting.error} busy={ingesting.isPending} />
      </div>
      <p>
        <Link to="/ingest">Sources and their runs</Link> tell what was read into the catalogue, and what was refused.
      </p>
      {sync.error && <Failed error={sync.error} retry={() => void sync.refetch()} />}
      {sync.isPending && <Loading what="status" />}
      {sync.data && <Status status={sync.data} />}
    </article>
  );
}

function Service({ name, error, busy }: { name: string; error: Error | null; busy: boolean }) {
  const state = error ? "down" : busy ? "unknown" : "in_step";
  return (
    <p>
      <span className={`dot ${state}`} aria-hidden="true" /> {name}:{" "}
      <strong>{error ? "does not answer" : busy ? "asking …" : "answers"}</strong>
      {error && <span className="quiet"> {reason(error)}</span>}
    </p>
  );
}

function Status({ status }: { status: Metadata.SyncStatus }) {
  return (
    <>
      <p className="state">
        <span className={`dot ${status.state}`} aria-hidden="true" /> {status.message}
      </p>
      <div className="tiles">
        <Tile name="Changes waiting">{count(status.depth)}</Tile>
        <Tile name="The oldest waits">{seconds(status.oldest_age_seconds)}</Tile>
        <Tile name="Edit to search, half of them">{seconds(status.lag_p50_seconds)}</Tile>
        <Tile name="Edit to search, slowest of 100">{seconds(status.lag_p99_seconds)}</Tile>
        <Tile name="Postponed">{count(status.parked)}</Tile>
      </div>
      <div className="rows">
        <Field name="Last pass">
          <Time at={status.last_sync?.at} />
          {status.last_sync && <span className="quiet"> by {status.last_sync.publisher}</span>}
        </Field>
        <Field name="Last rebuild">
          <Time at={status.last_rebuild?.at} />
          {status.last_rebuild && (
            <span className="quiet">
              {" "}
              {Object.entries(status.last_rebuild.documents)
                .map(([kind, number]) => `${count(number)} ${kindName(kind, number).toLowerCase()}`)
                .join(", ")}{" "}
              in {seconds(status.last_rebuild.seconds)}
            </span>
          )}
        </Field>
        <Field name="Last comparison with the graph">
          <Time at={status.last_reconcile?.at} none="not yet" />
          {status.last_reconcile && (
            <span className="quiet">
              {" "}
              {count(status.last_reconcile.compared)} compared, {count(status.last_reconcile.drift)} differed
            </span>
          )}
        </Field>
        <Failure name="Publishing" failure={status.sync_failure} />
        <Failure name="The rebuild" failure={status.rebuild_failure} />
        <Failure name="The comparison" failure={status.reconcile_failure} />
      </div>
      {status.postponed.length > 0 && <Postponed documents={status.postponed} />}
    </>
  );
}

function Tile({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="tile">
      <strong>{children}</strong>
      <span>{name}</span>
    </div>
  );
}

function Failure({ name, failure }: { name: string; failure: Metadata.Failure | null }) {
  if (!failure) return null;
  return (
    <Field name={`${name} failed`}>
      <Time at={failure.at} /> <span className="bad">{failure.reason}</span>
    </Field>
  );
}

function Postponed({ documents }: { documents: Metadata.PostponedDocument[] }) {
  const queries = useQueryClient();
  const tell = useNotices();
  const retry = useMutation({
    mutationFn: () => ask("metadata", "post /sync/retry", { body: {} }),
    onSuccess: () => tell("They are tried again now."),
    onError: (error) => tell(`Not tried again: ${reason(error)}`, true),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sync"] }),
  });
  return (
    <section>
      <h2>Postponed</h2>
      <p>
        These could not be published. Everything else went on without them.{" "}
        <button type="button" onClick={() => retry.mutate()} disabled={retry.isPending}>
          Try all again
        </button>
      </p>
      <ul className="plain-list">
        {documents.map((document) => (
          <li key={`${document.kind} ${document.key}`}>
            <Link to={pageOf(document.kind, document.key)}>{document.key}</Link>{" "}
            <span className="bad">{document.reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function seconds(value: number | null): string {
  return value === null ? "–" : `${value.toLocaleString(undefined, { maximumFractionDigits: 2 })} s`;
}
