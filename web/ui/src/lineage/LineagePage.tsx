import "../styles/lineage.css";

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useRef, useState } from "react";
import { Link, useLocation, useParams, useSearchParams } from "react-router";

import { Copy } from "../components/Parts";
import { Failed, Loading } from "../components/States";
import { kindName, keyIn, pageOf, partsOf } from "../text/keys";
import { useTitle } from "../title";
import { Acting, Lit } from "./contexts";
import { FilterBar } from "./FilterBar";
import { expansionId, type Found, idOf, KINDS, pathsThrough, type View, viewOf, VISIBLE_CAP } from "./graph";
import { useLayout } from "./layout";
import { List } from "./List";
import { neighbours } from "./neighbours";
import { Picture } from "./Picture";
import { collapse, expand, type ExplorerState, readExplorer, writeExplorer } from "./state";

export default function LineagePage() {
  const { kind = "" } = useParams();
  const { pathname } = useLocation();
  const key = keyIn(pathname, `/lineage/${kind}/`);
  useTitle(`Lineage of ${partsOf(key).name}`);
  if (!KINDS.some((known) => known === kind)) {
    return <Failed error={new Error(`There is no lineage of “${kind}”: only of ${KINDS.join(", ")}.`)} />;
  }
  return (
    <ReactFlowProvider key={`${kind} ${key}`}>
      <Explorer kind={kind} of={key} />
    </ReactFlowProvider>
  );
}

function Explorer({ kind, of }: { kind: string; of: string }) {
  const [parameters, setParameters] = useSearchParams();
  const state = useMemo(() => readExplorer(kind, of, parameters), [kind, of, parameters]);
  const { view, error, busy } = useView(state);
  const [selected, setSelected] = useState<string | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  const positions = useLayout(
    useMemo(() => view.nodes.map(idOf), [view]),
    useMemo(() => view.edges.map(({ source, target }): [string, string] => [source, target]), [view]),
  );
  const pointed = hovered ?? selected;
  const lit = useMemo(() => (pointed === null ? null : pathsThrough(pointed, view.edges)), [pointed, view]);
  const actions = useMemo(() => {
    const change = (id: string, next: ExplorerState) => {
      anchor.current = id;
      setParameters(writeExplorer(next), { replace: true, preventScrollReset: true });
    };
    return {
      expand: (side: "upstream" | "downstream", id: string) => change(id, expand(state, side, id)),
      collapse: (side: "upstream" | "downstream", id: string) => change(id, collapse(state, side, id)),
      select: (id: string) => setSelected((before) => (before === id ? null : id)),
    };
  }, [state, setParameters]);

  return (
    <div className="explorer">
      <header>
        <div>
          <p className="path">{kindName(kind)} lineage</p>
          <h1 dir="auto">
            <Link to={pageOf(kind, of)}>{partsOf(of).name}</Link>
          </h1>
        </div>
        <FilterBar
          filter={state.filter}
          change={(filter) => {
            anchor.current = null;
            setParameters(writeExplorer({ ...state, filter }), { replace: true });
          }}
        />
        <Copy text={location.href} what="link to this view" spoken />
      </header>
      {error && <Failed error={error} />}
      <Told view={view} busy={busy} />
      {view.nodes.length > 0 && (
        <div className="explorer-body">
          <section className="picture" aria-label="Picture of the lineage">
            <Acting value={actions}>
              <Lit value={lit}>
                <Picture
                  view={view}
                  start={state.start}
                  expansions={state.expansions}
                  positions={positions}
                  lit={lit}
                  anchor={anchor}
                  hover={setHovered}
                  select={setSelected}
                />
              </Lit>
            </Acting>
          </section>
          <List kind={kind} of={of} view={view} selected={selected} select={actions.select} />
        </div>
      )}
    </div>
  );
}

/** What the picture does not say by itself. */
function Told({ view, busy }: { view: View; busy: boolean }) {
  if (busy && view.nodes.length === 0) return <Loading what="lineage" />;
  return (
    <p className="told" role="status">
      {view.cut > 0 &&
        `${VISIBLE_CAP} are drawn, ${view.cut} more are not: hide some, filter, or take all downstream as CSV. `}
      {view.nodes.length === 1 && view.edges.length === 0 && "Nothing is known to be upstream or downstream of it. "}
      {busy && "Loading more …"}
    </p>
  );
}

/** What is visible. What was visible before stays until what replaces it is there. */
function useView(state: ExplorerState): { view: View; error: Error | null; busy: boolean } {
  const queries = useQueryClient();
  const { found, error, busy } = useQueries({
    queries: state.expansions.map((expansion) => ({
      ...neighbours(queries, expansion, state.filter),
      // One page more than before: what was there stays meanwhile.
      placeholderData: () =>
        queries.getQueryData<Found>(neighbours(queries, { ...expansion, pages: expansion.pages - 1 }, state.filter).queryKey),
    })),
    combine: (results) => ({
      found: results.map((result) => result.data),
      error: results.find((result) => result.error)?.error ?? null,
      busy: results.some((result) => result.isFetching),
    }),
  });
  const view = useMemo(() => {
    const known = new Map<string, Found>();
    state.expansions.forEach((expansion, index) => {
      const one = found[index];
      if (one) known.set(expansionId(expansion), one);
    });
    return viewOf(state.start, state.expansions, known);
  }, [state, found]);
  return { view, error, busy };
}
