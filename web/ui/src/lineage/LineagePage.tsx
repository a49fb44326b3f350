import "../styles/lineage.css";

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useState } from "react";
import { Link, useLocation, useNavigate, useParams, useSearchParams } from "react-router";

import { Copy } from "../components/Parts";
import { Failed, Loading } from "../components/States";
import { kindName, keyIn, pageOf, partsOf } from "../text/keys";
import { count } from "../text/plain";
import { useTitle } from "../title";
import { Acting, useSteady } from "./contexts";
import { FilterBar } from "./FilterBar";
import { CARD, type Graph } from "./geometry";
import { expansionId, type Found, idOf, KINDS, type Side, type View, viewOf, VISIBLE_CAP } from "./graph";
import { useLayout } from "./layout";
import { pathsThrough } from "./light";
import { List } from "./List";
import { neighbours } from "./neighbours";
import { Picture } from "./Picture";
import { collapse, expand, type ExplorerState, GREATEST_CAP, readExplorer, writeExplorer } from "./state";

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
  const [clicked, setClicked] = useState<string | null>(null); // the node that keeps its place in the window
  const [round, setRound] = useState(0); // how often all was arranged anew
  const navigate = useNavigate();
  const graph = useMemo<Graph>(
    () => ({
      heights: new Map(view.nodes.map((node) => [idOf(node), CARD.height])),
      edges: view.edges.map(({ source, target }) => [source, target]),
    }),
    [view],
  );
  const positions = useLayout(graph, clicked, round);
  const pointed = hovered ?? selected;
  const lit = useMemo(() => (pointed === null ? null : pathsThrough(pointed, view.edges)), [pointed, view]);
  const change = (id: string | null, next: ExplorerState) => {
    setClicked(id);
    setParameters(writeExplorer(next), { replace: true, preventScrollReset: true });
  };
  const actions = useSteady({
    expand: (side: Side, id: string) => change(id, expand(state, side, id)),
    collapse: (side: Side, id: string) => change(id, collapse(state, side, id)),
    select: (id: string) => setSelected((before) => (before === id ? null : id)),
    go: (to: string) => void navigate(to),
  });
  const tidy = () => {
    setClicked(null);
    setRound(round + 1);
  };

  return (
    <div className="explorer">
      <header>
        <div>
          <p className="path">{kindName(kind)} lineage</p>
          <h1 dir="auto">
            <Link to={pageOf(kind, of)}>{partsOf(of).name}</Link>
          </h1>
        </div>
        <FilterBar filter={state.filter} change={(filter) => change(null, { ...state, filter })} />
        <Copy text={location.href} what="link to this view" spoken />
      </header>
      {error && <Failed error={error} />}
      <Told view={view} busy={busy} most={state.most} raise={(most) => change(state.start, { ...state, most })} />
      {view.nodes.length > 0 && (
        <Acting value={actions}>
          <div className="explorer-body">
            <section className="picture" aria-label="Picture of the lineage">
              <Picture
                view={view}
                start={state.start}
                expansions={state.expansions}
                positions={positions}
                lit={lit}
                clicked={clicked}
                hover={setHovered}
                select={setSelected}
                tidy={tidy}
              />
            </section>
            <List kind={kind} of={of} view={view} selected={selected} select={actions.select} />
          </div>
        </Acting>
      )}
    </div>
  );
}

/** What the picture does not say by itself. */
function Told({ view, busy, most, raise }: { view: View; busy: boolean; most: number; raise: (most: number) => void }) {
  if (busy && view.nodes.length === 0) return <Loading what="lineage" />;
  return (
    <p className="told" role="status">
      {view.cut > 0 && (
        <>
          {count(most)} are drawn, {count(view.cut)} more are not: hide some, filter, or take all downstream as CSV.{" "}
          {most < GREATEST_CAP && (
            <button type="button" className="plain" onClick={() => raise(most + VISIBLE_CAP)}>
              Draw {VISIBLE_CAP} more
            </button>
          )}
        </>
      )}
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
    return viewOf(state.start, state.expansions, known, state.most);
  }, [state, found]);
  return { view, error, busy };
}
