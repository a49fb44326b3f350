// What the pages of ingestion read, each with the name it is cached under.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { RUNNING, type Status } from "../text/ingestion";
import { ask } from "./client";

const PAGE = 50;
const WATCHED = 1_000; // milliseconds between two looks at what is going on
const QUIET = 5_000; // and where nothing is

/** How soon to look again: runs show how far they are. */
const again = (runs: ({ status: string } | null)[]) => (runs.some((run) => run?.status === RUNNING) ? WATCHED : QUIET);

export interface RunsAsked {
  job: string;
  status: Status | null;
}

/** Runs, the latest first, looked at again more often while one goes on. */
export const ingestRuns = (asked: RunsAsked) =>
  infiniteQueryOptions({
    queryKey: ["ingest-runs", asked],
    initialPageParam: "",
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      ask("ingest", "get /ingest/runs", { query: { ...asked, limit: PAGE, after: pageParam }, signal }),
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => again(state.data?.pages.flatMap((page) => page.items) ?? []),
  });

export const ingestRun = (run: string) =>
  queryOptions({
    queryKey: ["ingest-run", run],
    queryFn: ({ signal }) => ask("ingest", "get /ingest/runs/{run}", { path: { run }, signal }),
    refetchInterval: ({ state }) => (state.data?.status === RUNNING ? WATCHED : false),
  });

export const ingestJobs = queryOptions({
  queryKey: ["ingest-jobs"],
  queryFn: ({ signal }) => ask("ingest", "get /ingest/jobs", { signal }),
  refetchInterval: ({ state }) => again(state.data?.jobs.map((job) => job.last_run) ?? []),
});

/** What each source says of one thing. */
export const heardOf = (kind: "table" | "dashboard" | "model" | "experiment" | "person", key: string) =>
  queryOptions({
    queryKey: ["heard", kind, key],
    retry: false,
    queryFn: ({ signal }) => ask("ingest", "get /ingest/statements", { query: { kind, key }, signal }),
  });
