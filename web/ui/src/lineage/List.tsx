import { memo, type ReactNode, use, useMemo } from "react";

import { kindLetter, kindName, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { Acting } from "./contexts";
import { csvOf, impactUrl } from "./csv";
import { Go } from "./Go";
import { idOf, type LineageNode, type View, whereOf } from "./graph";
import { save } from "./save";

interface Props {
  kind: string;
  of: string;
  view: View;
  selected: string | null;
  savePicture: (as: "svg" | "png") => void;
  children: ReactNode; // what is selected, above the list
}

const NAMES = new Intl.Collator();

/** The same nodes as a list: for those who hear the page, and for a spreadsheet. */
export function List({ kind, of, view, selected, savePicture, children }: Props) {
  return (
    <aside className="explorer-list" aria-label="The same as a list">
      {children}
      <h2>
        {count(view.nodes.length)} shown{" "}
        <span className="quiet">
          with {count(view.edges.length)} {view.edges.length === 1 ? "relation" : "relations"} among them
        </span>
      </h2>
      <p className="actions">
        <button type="button" onClick={() => save(csvOf(sorted(view)), "lineage.csv", "text/csv")}>
          These as CSV
        </button>
        <button type="button" onClick={() => savePicture("svg")}>
          Picture as SVG
        </button>
        <button type="button" onClick={() => savePicture("png")}>
          Picture as PNG
        </button>
        <a className="button" href={impactUrl(kind, of)} download="impact.csv">
          All downstream as CSV
        </a>
      </p>
      <Rows view={view} selected={selected} />
    </aside>
  );
}

/** Pointing at a node does not touch these. */
const Rows = memo(function Rows({ view, selected }: { view: View; selected: string | null }) {
  const nodes = useMemo(() => sorted(view), [view]);
  return (
    <ul>
      {nodes.map((node) => (
        <Row key={idOf(node)} node={node} selected={idOf(node) === selected} />
      ))}
    </ul>
  );
});

const Row = memo(function Row({ node, selected }: { node: LineageNode; selected: boolean }) {
  const { select, reveal } = use(Acting);
  const choose = () => {
    select(idOf(node));
    if (!selected) reveal(idOf(node));
  };
  return (
    <li className={selected ? "selected" : ""}>
      <button type="button" className="plain" aria-pressed={selected} onClick={choose}>
        <span className={`kind ${node.kind}`} aria-hidden="true">
          {kindLetter(node.kind)}
        </span>
        <span>
          <span dir="auto">{node.name}</span>{" "}
          <span className="quiet">
            <span className="hidden">{kindName(node.kind)} </span>
            {whereOf(node)}
          </span>
        </span>
      </button>
      <Go href={pageOf(node.kind, node.key)}>
        Open<span className="hidden"> the page of {node.name}</span>
      </Go>
    </li>
  );
});

function sorted({ nodes, levels }: View): LineageNode[] {
  const level = (node: LineageNode) => levels.get(idOf(node)) ?? 0;
  return [...nodes].sort((a, b) => level(a) - level(b) || b.usage - a.usage || NAMES.compare(a.name, b.name));
}
