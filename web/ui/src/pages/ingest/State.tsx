import type { Ingest } from "../../api/routes";
import { RUNNING, stateOf } from "../../text/ingestion";
import { exact, lasting, moment } from "../../text/times";

/** How a run stands, by its colour and in words. */
export function State({ status }: { status: string }) {
  const { name, tone } = stateOf(status);
  return (
    <span className={`run-state ${tone}`}>
      <span className={`dot ${tone}`} aria-hidden="true" /> {name}
    </span>
  );
}

/** A moment in the reader's own zone. */
export function Moment({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={exact(at)}>
      {moment(at)}
    </time>
  );
}

/** How long a run took, or has taken so far. */
export function tookOf({ started, ended, status }: Ingest.Run, now = Date.now() / 1000): string {
  if (ended !== null) return lasting(ended - started);
  return status === RUNNING ? `${lasting(now - started)} so far` : "";
}
