import { memo, use, useMemo } from "react";

import { kindName, lineageOf, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { exact } from "../text/times";
import { Acting } from "./contexts";
import { csvOf, impactUrl } from "./csv";
import { Go } from "./Go";
import { idOf, type LineageNode, type View } from "./graph";

interface Props {
  kind: string;
  of: string;
  view: View;
  selected: string | null;
  select: (id: string) => void;
}

const NAMES = new Intl.Collator();

/** The same nodes as a list: for those who hear the page, and for a spreadsheet. Pointing at a node does not touch it. */
export const List = memo(function List({ kind, of, view, selected, select }: Props) {
  const sorted = useMemo(() => {
    const level = (node: LineageNode) => view.levels.get(idOf(node)) ?? 0;
    return [...view.nodes].sort((a, b) => level(a) - level(b) || b.usage - a.usage || NAMES.compare(a.name, b.name));
  }, [view]);
  const chosen = view.nodes.find((node) => idOf(node) === selected);
  return (
    <aside className="explorer-list" aria-label="The same as a list">
      {chosen && <Chosen node={chosen} view={view} />}
      <h2>
        {count(view.nodes.length)} shown{" "}
        <span className="quiet">
          with {count(view.edges.length)} {view.edges.length === 1 ? "relation" : "relations"} among them
        </span>
      </h2>
      <p className="actions">
        <button type="button" onClick={() => save(csvOf(sorted), "lineage.csv")}>
          These as CSV
        </button>
        <a className="button" href={impactUrl(kind, of)} download="impact.csv">
          All downstream as CSV
        </a>
      </p>
      <ul>
        {sorted.map((node) => (
          <Row key={idOf(node)} node={node} selected={idOf(node) === selected} select={select} />
        ))}
      </ul>
    </aside>
  );
});

interface RowProps {
  node: LineageNode;
  selected: boolean;
  select: (id: string) => void;
}

const Row = memo(function Row({ node, selected, select }: RowProps) {
  return (
    <li className={selected ? "selected" : ""}>
      <button type="button" className="plain" aria-pressed={selected} onClick={() => select(idOf(node))}>
        <span className={`kind ${node.kind}`} aria-hidden="true">
          {kindName(node.kind).charAt(0)}
        </span>
        <span>
          <span dir="auto">{node.name}</span>{" "}
          <span className="quiet">
            <span className="hidden">{kindName(node.kind)} </span>
            {[node.database, node.schema].filter(Boolean).join(" · ")}
          </span>
        </span>
      </button>
      <Go href={pageOf(node.kind, node.key)}>
        Open<span className="hidden"> the page of {node.name}</span>
      </Go>
    </li>
  );
});

/** What is known of the one that was selected, and where its relations came from. */
function Chosen({ node, view }: { node: LineageNode; view: View }) {
  const { go } = use(Acting);
  const id = idOf(node);
  const touching = view.edges.filter((edge) => edge.source === id || edge.target === id);
  const names = new Map(view.nodes.map((one) => [idOf(one), one.name]));
  return (
    <section className="chosen" aria-live="polite">
      <h2 dir="auto">
        <Go href={pageOf(node.kind, node.key)}>{node.name}</Go>
      </h2>
      <p className="key">
        <code>{node.key}</code>
      </p>
      <p>
        {kindName(node.kind)}, {count(node.usage)} reads, {count(node.upstream_count)} upstream,{" "}
        {count(node.downstream_count)} downstream
        {node.owners.length > 0 && <>, owned by {node.owners.join(", ")}</>}.
      </p>
      <p>
        <button type="button" onClick={() => go(lineageOf(node.kind, node.key))}>
          Start from here
        </button>
      </p>
      {touching.length > 0 && (
        <details>
          <summary>Where its {count(touching.length)} relations came from</summary>
          <ul className="plain-list">
            {touching.map(({ id: edge, source, target, edge: { origin } }) => (
              <li key={edge}>
                <span dir="auto">
                  {names.get(source)} → {names.get(target)}
                </span>{" "}
                <span className="quiet">
                  {origin.author ? `drawn by ${origin.author}` : (origin.source ?? "source not known")}
                  {origin.run && `, run ${origin.run}`}
                  {origin.reason && `: ${origin.reason}`}
                  {origin.last_seen_at !== null && `, last seen ${exact(origin.last_seen_at)}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function save(text: string, name: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
