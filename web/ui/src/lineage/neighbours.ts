// Ask the service for what is to be seen: neighbours a page at a time, each asked for once.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { endOf, type Expansion, type Found, STEP } from "./graph";
import { type Filter, NAMES } from "./state";

const FRESH = 60_000; // milliseconds for which nothing is asked for again

export function neighbours(queries: QueryClient, expansion: Expansion, filter: Filter) {
  return queryOptions({
    queryKey: ["lineage", expansion, filter],
    staleTime: FRESH,
    queryFn: async (): Promise<Found> => {
      const pages: Metadata.Exploration[] = [];
      let cursor = "";
      for (let page = 0; page < expansion.pages; page++) {
        const answer = await queries.query(onePage(expansion, filter, cursor));
        pages.push(answer);
        if (answer.next === null) break;
        cursor = answer.next;
      }
      return {
        of: expansion,
        nodes: pages.flatMap((page) => page.nodes),
        edges: pages.flatMap((page) => page.edges),
        more: pages.at(-1)?.next !== null,
      };
    },
  });
}

function onePage({ side, id }: Expansion, filter: Filter, cursor: string) {
  const { kind, key } = endOf(id);
  const names = Object.fromEntries(NAMES.map((name) => [name, filter[name]] as const).filter(([, value]) => value));
  return queryOptions({
    queryKey: ["lineage-page", side, id, filter, cursor],
    staleTime: FRESH,
    queryFn: ({ signal }) =>
      ask("metadata", `get /lineage/${kind}/{key}`, {
        path: { key },
        query: {
          direction: side === "alone" ? "both" : side,
          depth: side === "alone" ? 0 : 1,
          limit: STEP,
          ...(cursor && { cursor }),
          ...(filter.kinds.length && { kinds: filter.kinds.join(",") }),
          ...names,
        },
        signal,
      }),
  });
}

/** The edges among nodes, whatever brought them; those among the columns of tables, where these are asked for. */
export function among(ids: string[], columns: boolean) {
  const nodes = [...ids].sort();
  return queryOptions({
    queryKey: ["lineage-among", columns, nodes.join("\n")], // one text: the key is written anew with each click
    staleTime: FRESH,
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask("metadata", "post /lineage/among", { body: { nodes: nodes.map(endOf), columns }, signal }),
  });
}

const TRACED = { direction: "both", depth: 20, limit: 50 } as const;

/** Where a column comes from and goes to. */
export function traced(id: string | null) {
  return queryOptions({
    queryKey: ["lineage-trace", id],
    staleTime: FRESH,
    enabled: id !== null,
    queryFn: ({ signal }) =>
      ask("metadata", "get /lineage/column/{key}", { path: { key: endOf(id ?? "").key }, query: TRACED, signal }),
  });
}

/** The shortest paths from one node downstream to another. */
export function pathsBetween(from: string, to: string, enabled: boolean) {
  const named = (id: string) => `${endOf(id).kind}/${endOf(id).key}`;
  return queryOptions({
    queryKey: ["lineage-paths", from, to],
    staleTime: FRESH,
    enabled,
    queryFn: ({ signal }) => ask("metadata", "get /lineage/paths", { query: { from: named(from), to: named(to) }, signal }),
  });
}

/** Read all of it again: an edge was drawn or removed. */
export async function readAgain(queries: QueryClient): Promise<void> {
  await queries.invalidateQueries({ queryKey: ["lineage-page"] }); // before what is put together from them
  const others = ["lineage", "lineage-among", "lineage-trace", "lineage-paths", "lineage-lists"];
  await Promise.all(others.map((name) => queries.invalidateQueries({ queryKey: [name] })));
}
