import { Handle, type NodeProps, type Node as FlowNode, Position, useStore } from "@xyflow/react";
import { memo, use } from "react";
import { Link } from "react-router";

import { kindName, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { Acting, Lit } from "./contexts";
import { idOf, type LineageNode, type Side } from "./graph";

export type CardNode = FlowNode<{ node: LineageNode; hidden: Record<Side, number>; open: Record<Side, boolean>; start: boolean }, "card">;

const TOO_FAR = 0.35; // from here on a card is a plain box: nobody could read it

/** One thing in the picture: its name leads to its page, its buttons show and hide what is before and behind it. */
export const Card = memo(function Card({ data }: NodeProps<CardNode>) {
  const { node, hidden, open, start } = data;
  const far = useStore((store) => store.transform[2] < TOO_FAR);
  const lit = use(Lit);
  const { select } = use(Acting);
  const id = idOf(node);
  const dim = lit !== null && !lit.has(id);
  const where = [node.database, node.schema].filter(Boolean).join(" · ");
  return (
    <div className={`card ${node.kind}${dim ? " dim" : ""}${start ? " start" : ""}`} onClick={() => select(id)}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {!far && (
        <>
          <Toggles side="upstream" id={id} name={node.name} hidden={hidden.upstream} open={open.upstream} />
          <div className="card-text">
            <Link to={pageOf(node.kind, node.key)} dir="auto" title={node.key}>
              {node.name}
            </Link>
            <span className="quiet" dir="auto">
              <span className="hidden">{kindName(node.kind)} </span>
              {node.table ? tableName(node.table) : where}
            </span>
          </div>
          <Toggles side="downstream" id={id} name={node.name} hidden={hidden.downstream} open={open.downstream} />
        </>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});

interface TogglesProps {
  side: Side;
  id: string;
  name: string;
  hidden: number;
  open: boolean;
}

function Toggles({ side, id, name, hidden, open }: TogglesProps) {
  const { expand, collapse } = use(Acting);
  return (
    <span className={`toggles ${side}`}>
      {hidden > 0 && (
        <button
          type="button"
          aria-label={`Show ${open ? "more" : `${hidden}`} ${side} of ${name}`}
          title={`${count(hidden)} more ${side}`}
          onClick={(event) => {
            event.stopPropagation();
            expand(side, id);
          }}
        >
          +{hidden > 999 ? "999" : hidden}
        </button>
      )}
      {open && (
        <button
          type="button"
          aria-label={`Hide ${side} of ${name}`}
          title={`Hide ${side}`}
          onClick={(event) => {
            event.stopPropagation();
            collapse(side, id);
          }}
        >
          −
        </button>
      )}
    </span>
  );
}

function tableName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
