// What the explorer shows, put together from what it asks for.
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Metadata } from "../api/routes";
import { type Columns, columnsOf, missingTables } from "./columns";
import type { Edits } from "./edits";
import { edgeId, type Expansion, expansionId, type Found, idOf, loose, shownOf, type View, viewOf } from "./graph";
import { among, neighbours, pathsBetween, traced } from "./neighbours";
import { type ExplorerState, type Filter, NO_FILTER } from "./state";

export interface Explored {
  view: View;
  columns: Columns;
  missing: string[]; // tables of the traced column that are not in the picture
  paths: Metadata.Paths | null; // in the direction in which there are some
  error: Error | null;
  busy: boolean;
  ready: boolean; // all that was asked for is there
}

/** What is visible. What was visible before stays until what replaces it is there. */
export function useExplored(state: ExplorerState, edits: Edits): Explored {
  const ways = useWays(state.paths);
  const expansions = useMemo(() => [...alone(ways.paths, state.start), ...state.expansions], [ways.paths, state]);
  const around = useAround(expansions, state.filter);
  const shown = useMemo(() => shownOf(state.start, expansions, around.found, state.most), [state, expansions, around.found]);
  const visible = useMemo(() => new Set(shown.nodes.map(idOf)), [shown]);
  const others = useQuery(useMemo(() => among(loose(shown, around.found), false), [shown, around.found]));
  const view = useMemo(
    () => edited(viewOf(shown, expansions, around.found, [...(others.data?.edges ?? []), ...edits.drawn]), edits),
    [shown, expansions, around.found, others.data, edits],
  );
  const opened = useQuery(among(state.columns.filter((id) => visible.has(id)), true));
  const trace = useQuery(traced(state.trace));
  const columns = useMemo(() => {
    const asked = state.columns.length > 0 ? (opened.data ?? null) : null;
    return columnsOf(visible, state.columns, asked, state.trace ? (trace.data ?? null) : null);
  }, [visible, state, opened.data, trace.data]);
  const missing = useMemo(
    () => (state.trace ? missingTables(visible, trace.data ?? null) : []),
    [visible, state, trace.data],
  );
  const asked = [others, opened, trace, ways];
  return {
    view,
    columns,
    missing,
    paths: ways.paths,
    error: around.error ?? asked.find((one) => one.error)?.error ?? null,
    busy: around.busy || asked.some((one) => one.isFetching),
    ready: !around.busy && !others.isFetching && !ways.isFetching,
  };
}

function useAround(expansions: Expansion[], filter: Filter) {
  const queries = useQueryClient();
  const { replies, error, busy } = useQueries({
    queries: expansions.map((expansion) => {
      const wanted = expansion.side === "alone" ? NO_FILTER : filter;
      return {
        ...neighbours(queries, expansion, wanted),
        // One page more than before: what was there stays meanwhile.
        placeholderData: () =>
          queries.getQueryData<Found>(neighbours(queries, { ...expansion, pages: expansion.pages - 1 }, wanted).queryKey),
      };
    }),
    combine: (results) => ({
      replies: results.map((result) => result.data),
      error: results.find((result) => result.error)?.error ?? null,
      busy: results.some((result) => result.isFetching),
    }),
  });
  const found = useMemo(() => {
    const known = new Map<string, Found>();
    expansions.forEach((expansion, index) => {
      const one = replies[index];
      if (one) known.set(expansionId(expansion), one);
    });
    return known;
  }, [expansions, replies]);
  return { found, error, busy };
}

/** The paths between two nodes, whichever of them is upstream. */
function useWays(asked: ExplorerState["paths"]) {
  const { from, to } = asked ?? { from: "", to: "" };
  const there = useQuery(pathsBetween(from, to, asked !== null));
  const back = useQuery(pathsBetween(to, from, asked !== null && there.data?.length === null));
  const paths = asked === null ? null : there.data?.length === null ? (back.data ?? null) : (there.data ?? null);
  return { paths, error: asked && (there.error ?? back.error), isFetching: there.isFetching || back.isFetching };
}

/** What stands on paths is shown, whatever is open. */
function alone(paths: Metadata.Paths | null, start: string): Expansion[] {
  const stops = new Set((paths?.paths ?? []).flat().map(idOf));
  stops.delete(start);
  return [...stops].map((id) => ({ side: "alone", id, pages: 1 }));
}

function edited(view: View, { removed }: Edits): View {
  const kept = view.edges.filter(({ source, target }) => !removed.has(edgeId(source, target)));
  return kept.length === view.edges.length ? view : { ...view, edges: kept };
}
