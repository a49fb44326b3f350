// Ask the service for what expansions show: a page at a time, each asked for once.
import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { endOf, type Expansion, type Found, type LineageKind, STEP } from "./graph";
import type { Filter } from "./state";

export function neighbours(queries: QueryClient, expansion: Expansion, filter: Filter) {
  return queryOptions({
    queryKey: ["lineage", expansion, filter],
    staleTime: 60_000,
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
        nodes: pages.flatMap((page) => page.nodes),
        edges: pages.flatMap((page) => page.edges),
        more: pages.at(-1)?.next !== null,
      };
    },
  });
}

function onePage({ side, id }: Expansion, filter: Filter, cursor: string) {
  const { kind, key } = endOf(id);
  return queryOptions({
    queryKey: ["lineage-page", side, id, filter, cursor],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      ask("metadata", `get /lineage/${kind as LineageKind}/{key}`, {
        path: { key },
        query: {
          direction: side,
          depth: 1,
          limit: STEP,
          ...(cursor && { cursor }),
          ...(filter.kinds.length && { kinds: filter.kinds.join(",") }),
          ...(filter.schema && { schema: filter.schema }),
          ...(filter.owner && { owner: filter.owner }),
        },
        signal,
      }),
  });
}
