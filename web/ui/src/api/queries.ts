// What the pages read, each with the name it is cached under.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { ask } from "./client";
import type { Metadata, Search } from "./routes";

/** What is listed under a kind that was asked for; the description leaves it open, since one not asked for is `{}`. */
interface Popular {
  Table: Metadata.PopularTable[];
  Dashboard: Metadata.DashboardSummary[];
}

export const table = (key: string) =>
  queryOptions({
    queryKey: ["table", key],
    queryFn: ({ signal }) => ask("metadata", "get /table/{key}", { path: { key }, signal }),
  });

export const tableDashboards = (key: string) =>
  queryOptions({
    queryKey: ["table", key, "dashboards"],
    queryFn: ({ signal }) => ask("metadata", "get /table/{key}/dashboard/", { path: { key }, signal }),
  });

export const dashboard = (key: string) =>
  queryOptions({
    queryKey: ["dashboard", key],
    queryFn: ({ signal }) => ask("metadata", "get /dashboard/{key}", { path: { key }, signal }),
  });

export const feature = (key: string) =>
  queryOptions({
    queryKey: ["feature", key],
    queryFn: ({ signal }) => ask("metadata", "get /feature/{key}", { path: { key }, signal }),
  });

export const featureCode = (key: string) =>
  queryOptions({
    queryKey: ["feature", key, "code"],
    queryFn: ({ signal }) => ask("metadata", "get /feature/{key}/generation_code", { path: { key }, signal }),
  });

export const person = (user: string) =>
  queryOptions({
    queryKey: ["user", user],
    queryFn: ({ signal }) => ask("metadata", "get /user/{user}", { path: { user }, signal }),
  });

export const people = queryOptions({
  queryKey: ["people"],
  staleTime: 300_000,
  queryFn: ({ signal }) => ask("metadata", "get /user", { signal }),
});

const EVERY = { types: "table,dashboard,feature" }; // what people follow, own and read

export const follows = (user: string) =>
  queryOptions({
    queryKey: ["user", user, "follow"],
    enabled: user !== "",
    queryFn: ({ signal }) => ask("metadata", "get /user/{user}/follow/", { path: { user }, query: EVERY, signal }),
  });

export const owns = (user: string) =>
  queryOptions({
    queryKey: ["user", user, "own"],
    queryFn: ({ signal }) => ask("metadata", "get /user/{user}/own/", { path: { user }, query: EVERY, signal }),
  });

export const reads = (user: string) =>
  queryOptions({
    queryKey: ["user", user, "read"],
    queryFn: ({ signal }) => ask("metadata", "get /user/{user}/read/", { path: { user }, query: EVERY, signal }),
  });

/** What people changed last, anywhere. */
export const changes = (limit: number) =>
  queryOptions({
    queryKey: ["history", limit],
    queryFn: ({ signal }) => ask("metadata", "get /history", { query: { limit }, signal }),
  });

export const popular = (limit: number) =>
  queryOptions({
    queryKey: ["popular", limit],
    queryFn: async ({ signal }) => {
      const query = { types: "table,dashboard", limit };
      return (await ask("metadata", "get /popular_resources/", { query, signal })) as Popular;
    },
  });

export const tags = queryOptions({
  queryKey: ["tags"],
  queryFn: ({ signal }) => ask("metadata", "get /tags/", { signal }),
});

export const badges = queryOptions({
  queryKey: ["badges"],
  queryFn: ({ signal }) => ask("metadata", "get /badges/", { signal }),
});

export const syncStatus = queryOptions({
  queryKey: ["sync"],
  refetchInterval: 5000,
  queryFn: ({ signal }) => ask("metadata", "get /sync/status", { signal }),
});

/** Whether a service beside the catalogue answers. */
export const healthOf = (service: "search" | "ingest") =>
  queryOptions({
    queryKey: ["health", service],
    refetchInterval: 5000,
    retry: false,
    queryFn: ({ signal }) => ask(service, "get /healthcheck", { signal }),
  });

export const suggestions = (text: string) =>
  queryOptions({
    queryKey: ["suggest", text],
    enabled: text.trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => ask("search", "get /v2/suggest", { query: { query_term: text, limit: 8 }, signal }),
  });

/** A search for any kinds; the page before stays until the new one is there. */
export const searched = (body: Search.SearchBody) =>
  queryOptions({
    queryKey: ["search", body],
    staleTime: 1000, // an edit is searchable within a second or two
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask("search", "post /v2/search", { body, signal }),
  });
