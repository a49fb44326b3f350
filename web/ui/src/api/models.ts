// What the pages of models, experiments and runs read, each with the name it is cached under.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { ask } from "./client";

export const model = (key: string) =>
  queryOptions({
    queryKey: ["model", key],
    queryFn: ({ signal }) => ask("metadata", "get /model/{key}", { path: { key }, signal }),
  });

export const experiment = (key: string) =>
  queryOptions({
    queryKey: ["experiment", key],
    queryFn: ({ signal }) => ask("metadata", "get /experiment/{key}", { path: { key }, signal }),
  });

export const run = (key: string) =>
  queryOptions({
    queryKey: ["run", key],
    queryFn: ({ signal }) => ask("metadata", "get /run/{key}", { path: { key }, signal }),
  });

export interface RunsAsked {
  where: string;
  sort: string;
  direction: "ascending" | "descending";
  limit: number;
}

/** The runs of an experiment as rows; those before stay until the new ones are there. */
export const runsOf = (key: string, asked: RunsAsked) =>
  queryOptions({
    queryKey: ["experiment", key, "runs", asked],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) =>
      ask("metadata", "get /experiment/{key}/runs", { path: { key }, query: { ...asked }, signal }),
  });
