import type { NodeProps } from "@xyflow/react";
import { memo, use, useRef } from "react";

import { kindName, pageOf } from "../text/keys";
import { count } from "../text/plain";
import type { CardNode } from "./cards";
import { ColumnRows } from "./ColumnRows";
import { Acting } from "./contexts";
import { byKeyboard, useKeptFocus } from "./focus";
import { Go } from "./Go";
import { idOf, type LineageNode, type Side, whereOnCard } from "./graph";

/** One thing in the picture: its name leads to its page, its buttons show and hide what is before and behind it. */
export const Card = memo(function Card({ data }: NodeProps<CardNode>) {
  const { node, hidden, open, start, columns } = data;
  const { select, focus, toggleColumns } = use(Acting);
  const id = idOf(node);
  return (
    <div
      className={classesOf(node, start)}
      onClick={() => select(id)}
      onFocus={({ target }) => byKeyboard(target) && focus(id)}
      onBlur={() => focus(null)}
    >
      <Toggles side="upstream" id={id} name={node.name} hidden={hidden.upstream} open={open.upstream} />
      <div className="card-text">
        <Go href={pageOf(node.kind, node.key)} dir="auto" title={node.key}>
          {node.name}
        </Go>
        <span className="quiet" dir="auto">
          <span className="hidden">{kindName(node.kind)} </span>
          {whereOnCard(node)}
        </span>
      </div>
      {node.kind === "table" && (
        <button
          type="button"
          className="plain columns-toggle"
          aria-label={`Columns of ${node.name}`}
          aria-expanded={columns !== null}
          title={columns ? "Hide columns" : "Show columns"}
          onClick={(event) => {
            event.stopPropagation();
            toggleColumns(id);
          }}
        >
          {columns ? "▴" : "▾"}
        </button>
      )}
      <Toggles side="downstream" id={id} name={node.name} hidden={hidden.downstream} open={open.downstream} />
      {columns && <ColumnRows table={id} data={data} rows={columns} />}
    </div>
  );
}, alike);

/** The library hands a card its place, too; it does not look different there. */
function alike(a: NodeProps<CardNode>, b: NodeProps<CardNode>): boolean {
  return a.data === b.data;
}

function classesOf(node: LineageNode, start: boolean): string {
  return ["card", node.kind, start && "start", node.gone_since !== null && "gone"].filter(Boolean).join(" ");
}

interface TogglesProps {
  side: Side;
  id: string;
  name: string;
  hidden: number;
  open: boolean;
}

function Toggles({ side, id, name, hidden, open }: TogglesProps) {
  const { expand, collapse, foresee } = use(Acting);
  const expected = (change: "expand" | "collapse") => {
    const ask = () => foresee(change, side, id);
    return { onPointerEnter: ask, onFocus: ask };
  };
  const box = useRef<HTMLSpanElement>(null);
  const kept = useKeptFocus(box, "button");
  const most = hidden > 999 ? "999+" : String(hidden);
  return (
    // The library does not take hold of the picture by what is `nopan`: each click would style all of it twice.
    <span className={`toggles nopan ${side}`} ref={box} {...kept}>
      {hidden > 0 && (
        <button
          type="button"
          aria-label={`Show ${most} ${side} of ${name}`}
          title={`${count(hidden)} more ${side}`}
          {...expected("expand")}
          onClick={(event) => {
            event.stopPropagation();
            expand(side, id);
          }}
        >
          +{most}
        </button>
      )}
      {open && (
        <button
          type="button"
          aria-label={`Hide ${side} of ${name}`}
          title={`Hide ${side}`}
          {...expected("collapse")}
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
