import { use, useRef, useState } from "react";

import { Silence } from "../components/Sources";
import { kindName, lineageOf, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { Acting } from "./contexts";
import { Draw } from "./Draw";
import type { Editing } from "./edits";
import { useKeptFocus } from "./focus";
import { Go } from "./Go";
import { idOf, type LineageNode, type View } from "./graph";
import { Pick } from "./Pick";
import { Relation } from "./Relation";

interface Props {
  id: string;
  view: View;
  names: ReadonlyMap<string, string>;
  columnsOpen: boolean;
  editing: Editing;
  lead: (from: string, to: string) => void; // show how the one leads to the other
}

/** What is known of the node or relation that was selected, and what can be done with it. */
export function Chosen(props: Props) {
  const { id, view, names, editing } = props;
  const node = view.nodes.find((one) => idOf(one) === id);
  if (node) return <ChosenNode key={id} {...props} node={node} />;
  const edge = view.edges.find((one) => one.id === id);
  if (!edge) return null;
  return (
    <section className="chosen" aria-live="polite" aria-label="The selected relation">
      <h2>Relation</h2>
      <Relation key={id} edge={edge} names={names} remove={editing.remove} />
    </section>
  );
}

function ChosenNode({ id, node, view, names, columnsOpen, editing, lead }: Props & { node: LineageNode }) {
  const { go, put, toggleColumns } = use(Acting);
  const [doing, setDoing] = useState<"draw" | "lead" | null>(null);
  const section = useRef<HTMLElement>(null);
  const kept = useKeptFocus(section);
  const touching = view.edges.filter((edge) => edge.source === id || edge.target === id);
  const toggle = (what: "draw" | "lead") => setDoing(doing === what ? null : what);
  return (
    <section ref={section} tabIndex={-1} {...kept} className="chosen" aria-live="polite" aria-label={`Selected: ${node.name}`}>
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
      {node.gone_since !== null && <Silence kind={node.kind} since={node.gone_since} />}
      <p className="actions">
        <button type="button" onClick={() => go(lineageOf(node.kind, node.key))}>
          Start from here
        </button>
        {node.kind === "table" && (
          <button type="button" aria-pressed={columnsOpen} onClick={() => toggleColumns(id)}>
            Columns
          </button>
        )}
        <button type="button" aria-expanded={doing === "lead"} onClick={() => toggle("lead")}>
          Paths to …
        </button>
        <button type="button" aria-expanded={doing === "draw"} onClick={() => toggle("draw")}>
          Draw a relation
        </button>
      </p>
      {doing === "lead" && <Lead from={id} nodes={view.nodes} lead={lead} />}
      {doing === "draw" && (
        <Draw node={node} nodes={view.nodes} draw={editing.draw} drawn={(other) => put([other])} close={() => setDoing(null)} />
      )}
      {touching.length > 0 && (
        <details>
          <summary>
            {touching.length === 1 ? "Its relation, and where it" : `Its ${count(touching.length)} relations, and where they`} came
            from
          </summary>
          <ul className="plain-list">
            {touching.map((edge) => (
              <li key={edge.id}>
                <Relation edge={edge} names={names} remove={editing.remove} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Lead({ from, nodes, lead }: { from: string; nodes: LineageNode[]; lead: Props["lead"] }) {
  const [to, setTo] = useState("");
  return (
    <form
      className="draw"
      onSubmit={(event) => {
        event.preventDefault();
        if (to) lead(from, to);
      }}
    >
      <Pick label="The other end of the paths" nodes={nodes} pick={setTo} />
      <p className="actions">
        <button type="submit" className="primary" disabled={!to}>
          Show paths
        </button>
      </p>
    </form>
  );
}
