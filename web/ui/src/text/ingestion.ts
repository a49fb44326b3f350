// How runs of ingestion stand, in words. Pure.
import type { Ingest, IngestRoutes } from "../api/routes";
import { count } from "./plain";

export type Status = NonNullable<IngestRoutes["get /ingest/runs"]["query"]["status"]>;
export const RUNNING: Status = "running";

interface State {
  name: string;
  tone: "good" | "warn" | "bad" | "busy";
  about: string; // what a reader may want to know or do
}

export const STATES: Record<Status, State> = {
  running: { name: "Running", tone: "busy", about: "It goes on." },
  succeeded: { name: "Succeeded", tone: "good", about: "Everything was read to the end." },
  "refused-removal": {
    name: "Removal refused",
    tone: "warn",
    about: "What it read is written. It would have marked too much as gone, so it marked nothing.",
  },
  failed: { name: "Failed", tone: "bad", about: "What it had written until then stays. Run it again when the reason is gone." },
  interrupted: {
    name: "Interrupted",
    tone: "warn",
    about: "Its process ended before it did. Run it again: what was written is unchanged then.",
  },
};

/** How a run stands; a state that this page does not know yet is told as the service calls it. */
export function stateOf(status: string): State {
  return isStatus(status) ? STATES[status] : { name: status, tone: "warn", about: "" };
}

export function isStatus(text: string): text is Status {
  return Object.hasOwn(STATES, text);
}

/** The numbers of a run that say something, with what each counts. */
export function countsOf(run: Ingest.Run): { name: string; about: string; value: number }[] {
  const all = [
    { name: "Read", about: "statements of the source", value: run.read, always: true },
    { name: "Written", about: "were new or had changed", value: run.written, always: true },
    { name: "Unchanged", about: "cost no write", value: run.unchanged, always: true },
    { name: "Refused", about: "made no sense, or were of no use", value: run.refused, always: true },
    { name: "Marked", about: "as gone: no longer said", value: run.removed, always: true },
    { name: "Kept", about: "of those written, where a person's word stood", value: run.kept, always: false },
    { name: "Unresolved", about: "of those read, where an end is not there yet", value: run.unresolved, always: false },
  ];
  return all.filter(({ value, always }) => always || value > 0).map(({ name, about, value }) => ({ name, about, value }));
}

/** How many refusals there are, and of how many the reason is kept. */
export function refusedOf({ refused, refusals }: Pick<Ingest.Run, "refused" | "refusals">): string {
  const all = `${count(refused)} ${refused === 1 ? "was" : "were"} refused`;
  return refusals.length < refused ? `${all}; the reasons of the first ${count(refusals.length)} are kept.` : `${all}.`;
}

/** The sources that can be chosen from: the jobs there are, those that runs are of, and the one that was chosen. */
export function choicesOf(jobs: string[], runs: Pick<Ingest.Run, "job">[], chosen: string): string[] {
  return [...new Set([...jobs, ...runs.map((run) => run.job), chosen])].filter(Boolean).sort();
}
