// What the explorer shows, put together from what it asks for.
import { type QueryClient, useQueries, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import type { Metadata } from "../api/routes";
import { type Columns, columnsOf, missingTables } from "./columns";
import type { Edits } from "./edits";
import { edgeId, type Expansion, expansionId, type Found, idOf, loose, shownOf, type View, viewOf } from "./graph";
import { among, neighbours, pathsBetween, traced } from "./neighbours";
import { type ExplorerState, type Filter, NO_FILTER } from "./state";

export interface Explored {
  view: View;
  open: ReadonlySet<string>; // what is expanded, by its ids: it can be hidden again
  columns: Columns;
  missing: string[]; // tables of the traced column that are not in the picture
  paths: Metadata.Paths | null; // in the direction in which there are some
  error: Error | null;
  busy: boolean;
  ready: boolean; // all that was asked for is there
  foresee: (next: ExplorerState) => void; // what somebody is about to ask for
}

/** What is visible. What was visible before stays until what replaces it is there. */
export function useExplored(state: ExplorerState, edits: Edits): Explored {
  const { start, most } = state;
  const client = useQueryClient();
  const ways = useWays(state.paths);
  const expansions = useMemo(() => [...alone(ways.paths, start), ...state.expansions], [ways.paths, start, state.expansions]);
  const around = useAround(expansions, state.filter);
  const { found } = around;
  const opening = expandedOf(around, state.expansions).join("\n");
  const open = useMemo(() => new Set(opening.split("\n")), [opening]);
  const shown = useMemo(() => shownOf(start, found, most), [start, found, most]);
  const visible = useMemo(() => new Set(shown.nodes.map(idOf)), [shown]);
  const others = useQuery(useMemo(() => ({ ...among(loose(shown, found), false), select: besides(found) }), [shown, found]));
  const view = useMemo(
    () => edited(viewOf(shown, found, [...(others.data ?? []), ...edits.drawn]), edits),
    [shown, found, others.data, edits],
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
  const rest = [others, opened, trace, ways];
  return {
    view,
    open,
    columns,
    missing,
    paths: ways.paths,
    error: around.error ?? rest.find((one) => one.error)?.error ?? null,
    busy: around.busy || rest.some((one) => one.isFetching),
    ready: !around.busy && !others.isFetching && !ways.isFetching,
    foresee: (next) => void foresee(client, next, ways.paths),
  };
}

/** What came of what is expanded. Not a plain object: the library would look through these for what it could share. */
export class Around {
  constructor(
    readonly found: readonly Found[],
    readonly error: Error | null,
    readonly busy: boolean,
  ) {}
}

/** What is expanded; while something is asked for, what came of it, so that a click draws once: when its reply is there. */
export function expandedOf({ found, busy }: Around, expansions: readonly Expansion[]): string[] {
  const came = new Set(found.map(({ of }) => expansionId(of)));
  return expansions.map(expansionId).filter((id) => !busy || came.has(id));
}

function useAround(expansions: Expansion[], filter: Filter): Around {
  const client = useQueryClient();
  const queries = useMemo(
    () =>
      expansions.map((expansion) => {
        const { pages } = expansion;
        return {
          ...asked(client, expansion, filter),
          // One page more than before: what was there stays meanwhile.
          placeholderData: () => client.getQueryData<Found>(asked(client, { ...expansion, pages: pages - 1 }, filter).queryKey),
        };
      }),
    [client, expansions, filter],
  );
  const [combine] = useState(combining);
  return useQueries({ queries, combine });
}

function asked(client: QueryClient, expansion: Expansion, filter: Filter) {
  return neighbours(client, expansion, expansion.side === "alone" ? NO_FILTER : filter);
}

/**
 * Ask for what a state will show before somebody asks for it: a click then waits for nothing. What goes wrong is told
 * when it is clicked.
 */
async function foresee(client: QueryClient, { start, most, filter, expansions }: ExplorerState, paths: Metadata.Paths | null) {
  const wanted = [...alone(paths, start), ...expansions].map((expansion) => asked(client, expansion, filter));
  try {
    const known = async (one: ReturnType<typeof asked>) => client.getQueryData(one.queryKey) ?? (await client.query(one));
    const found = await Promise.all(wanted.map(known));
    const others = among(loose(shownOf(start, found, most), found), false);
    if (others.enabled) await client.query(others);
  } catch {
    // told when it is clicked
  }
}

/** Put replies together; the list of what was found stays the same until something else is found. */
export function combining() {
  let last = new Around([], null, false);
  return (results: Pick<UseQueryResult<Found>, "data" | "error" | "isFetching">[]): Around => {
    const now = results.flatMap(({ data }) => data ?? []);
    const found = now.length === last.found.length && now.every((one, index) => one === last.found[index]) ? last.found : now;
    const error = results.find((result) => result.error)?.error ?? null;
    const busy = results.some((result) => result.isFetching);
    if (found !== last.found || error !== last.error || busy !== last.busy) last = new Around(found, error, busy);
    return last;
  };
}

/** The paths between two nodes, whichever of them is upstream. */
function useWays(asked: ExplorerState["paths"]) {
  const { from, to } = asked ?? { from: "", to: "" };
  const there = useQuery(pathsBetween(from, to, asked !== null));
  const back = useQuery(pathsBetween(to, from, asked !== null && there.data?.length === null));
  const paths = asked === null ? null : there.data?.length === null ? (back.data ?? null) : (there.data ?? null);
  return { paths, error: asked && (there.error ?? back.error), isFetching: there.isFetching || back.isFetching };
}

/** The start, and what stands on paths, are shown whatever is open. */
function alone(paths: Metadata.Paths | null, start: string): Expansion[] {
  const stops = new Set([start, ...(paths?.paths ?? []).flat().map(idOf)]);
  return [...stops].map((id) => ({ side: "alone", id, pages: 1 }));
}

/** Take from a reply the edges that were not found already: mostly none, and then nothing is drawn again. */
function besides(found: readonly Found[]) {
  const ids = ({ source, target }: Metadata.Edge) => edgeId(idOf(source), idOf(target));
  const known = new Set(found.flatMap(({ edges }) => edges.map(ids)));
  return ({ edges }: { edges: Metadata.Edge[] }) => edges.filter((edge) => !known.has(ids(edge)));
}

function edited(view: View, { removed }: Edits): View {
  const kept = view.edges.filter(({ source, target }) => !removed.has(edgeId(source, target)));
  return kept.length === view.edges.length ? view : { ...view, edges: kept };
}
