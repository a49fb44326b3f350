import "../styles/lineage.css";
import "../styles/picture.css";

import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useNavigate, useParams, useSearchParams } from "react-router";

import { reason } from "../components/Description";
import { useNotices } from "../components/Notices";
import { Copy } from "../components/Parts";
import { Failed } from "../components/States";
import { keyIn, kindName, pageOf, partsOf } from "../text/keys";
import { useTitle } from "../title";
import { Chosen } from "./Chosen";
import { heightOf } from "./columns";
import { Acting, useSteady } from "./contexts";
import { drawingOf } from "./drawing";
import { useEditing } from "./edits";
import { useExplored } from "./explored";
import { FilterBar } from "./FilterBar";
import type { Graph } from "./geometry";
import { idOf, KINDS } from "./graph";
import { inksOf, measureIn } from "./inks";
import { useLayout } from "./layout";
import { lightOf, lightOfPaths } from "./light";
import { List } from "./List";
import { Paths } from "./Paths";
import { Picture } from "./Picture";
import { pngOf } from "./png";
import { usePointing } from "./pointing";
import { useReveal } from "./reveal";
import { save } from "./save";
import { collapse, expand, type ExplorerState, follow, put, readExplorer, toggleColumns, writeExplorer } from "./state";
import { svgOf } from "./svg";
import { Told } from "./Told";
import { Traced } from "./Traced";

const CHANGES = { expand, collapse };

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
  const editing = useEditing();
  const explored = useExplored(state, editing.edits);
  const { view, columns, paths } = explored;
  const [selected, setSelected] = useState<string | null>(null);
  const { pointed, hover, focus } = usePointing();
  const [path, setPath] = useState<number | null>(null); // the one path that is lit
  const [led, setLed] = useState(false); // somebody asked for paths, rather than come with them
  const [clicked, setClicked] = useState(state.start); // the node that keeps its place in the window
  const [round, setRound] = useState(0); // how often all was arranged anew
  const navigate = useNavigate();
  const tell = useNotices();
  const names = useMemo(() => new Map(view.nodes.map((node) => [idOf(node), node.name])), [view]);

  const graph = useMemo<Graph>(
    () => ({
      heights: new Map(view.nodes.map(idOf).map((id) => [id, heightOf(id, columns)])),
      edges: view.edges.map(({ source, target }) => [source, target]),
    }),
    [view, columns],
  );
  const anchor = names.has(clicked) ? clicked : state.start;
  const layout = useLayout(graph, anchor, round, explored.ready);
  const { positions } = layout;
  const reveal = useReveal(positions);
  const light = useMemo(() => {
    const found = pointed ?? selected;
    const of = found === null ? null : lightOf(found, view, columns);
    if (of) return of;
    if (paths?.paths.length) return lightOfPaths(paths.paths.filter((_, index) => path === null || path === index));
    return state.trace ? lightOf(state.trace, view, columns) : null;
  }, [pointed, selected, view, columns, paths, path, state.trace]);

  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") setSelected(null);
    };
    document.addEventListener("keydown", leave);
    return () => document.removeEventListener("keydown", leave);
  }, []);

  const write = (next: ExplorerState) => setParameters(writeExplorer(next), { replace: true, preventScrollReset: true });
  const change = (id: string, next: ExplorerState) => {
    setClicked(id);
    write(next);
  };
  const arrange = (next: ExplorerState) => {
    setRound(round + 1);
    write(next);
  };
  const tidy = useCallback(() => setRound((before) => before + 1), []);
  const actions = useSteady({
    expand: (side, id) => change(id, expand(state, side, id)),
    collapse: (side, id) => change(id, collapse(state, side, id)),
    foresee: (change, side, id) => explored.foresee(CHANGES[change](state, side, id)),
    toggleColumns: (id) => change(id, toggleColumns(state, id)),
    follow: (column) => {
      setSelected(null);
      change(tableHolding(column), follow(state, column));
    },
    put: (ids, anew) => {
      const next = put(state, ids.filter((id) => !names.has(id)));
      if (anew) arrange(next);
      else write(next);
    },
    select: (id) => setSelected((before) => (before === id ? null : id)),
    reveal,
    hover,
    focus,
    go: (to) => void navigate(to),
  });
  const lead = (from: string, to: string) => {
    setPath(null);
    setLed(true);
    setSelected(null);
    arrange({ ...state, paths: { from, to } });
  };
  const savePicture = async (as: "svg" | "png") => {
    const pictured = { view, columns, positions, start: state.start, title: `Lineage of ${partsOf(of).name}` };
    const drawing = drawingOf(pictured, inksOf(document.body), measureIn(document.body));
    try {
      if (as === "svg") save(svgOf(drawing), "lineage.svg", "image/svg+xml");
      else save(await pngOf(drawing), "lineage.png", "image/png");
    } catch (error) {
      tell(`Not saved: ${reason(error)}`, true);
    }
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
        <FilterBar filter={state.filter} nodes={view.nodes} change={(filter) => arrange({ ...state, filter })} />
        <Copy text={location.href} what="link to this view" spoken />
      </header>
      {explored.error && <Failed error={explored.error} />}
      <Told
        view={view}
        busy={explored.busy}
        most={state.most}
        raise={(most) => write({ ...state, most })}
      />
      {view.nodes.length > 0 && (
        <Acting value={actions}>
          <div className="explorer-body">
            <section className="picture" aria-label="Picture of the lineage">
              <Picture
                view={view}
                columns={columns}
                start={state.start}
                open={explored.open}
                traced={state.trace}
                positions={positions}
                light={light}
                clicked={anchor}
                came={layout.came}
                round={layout.round}
                hover={hover}
                select={setSelected}
                tidy={tidy}
              />
            </section>
            <List kind={kind} of={of} view={view} selected={selected} savePicture={(as) => void savePicture(as)}>
              {state.paths && (
                <Paths
                  asked={state.paths}
                  names={names}
                  paths={paths}
                  busy={explored.busy}
                  fresh={led}
                  chosen={path}
                  choose={setPath}
                  leave={() => write({ ...state, paths: null })}
                />
              )}
              {state.trace && <Traced trace={state.trace} missing={explored.missing} />}
              {selected && (
                <Chosen
                  id={selected}
                  view={view}
                  names={names}
                  columnsOpen={state.columns.includes(selected)}
                  editing={editing}
                  lead={lead}
                />
              )}
            </List>
          </div>
        </Acting>
      )}
    </div>
  );
}

function tableHolding(column: string): string {
  return column.slice(0, column.lastIndexOf("/")).replace(/^column:/, "table:");
}
