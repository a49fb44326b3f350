// The cards of a picture, as the drawing library takes them. Pure.
import type { Node as FlowNode } from "@xyflow/react";

import { type Columns, heightOf } from "./columns";
import { CARD, type Position, type Positions } from "./geometry";
import { idOf, type LineageNode, type Side, type View } from "./graph";
import type { Light } from "./light";

export type CardNode = FlowNode<
  {
    node: LineageNode;
    hidden: Record<Side, number>;
    open: Record<Side, boolean>;
    start: boolean;
    columns: LineageNode[] | null; // null where they are not shown
    left: number; // columns with lineage for which there is no room
    lit: string; // the columns that stand out, one a line
    traced: string; // the one of them that is followed
  },
  "card"
>;
type CardData = CardNode["data"];

export interface Pictured {
  view: View;
  columns: Columns;
  start: string;
  open: ReadonlySet<string>; // what is expanded, by its ids
  traced: string | null;
  positions: Positions;
  light: Light | null;
}

const NONE = { upstream: 0, downstream: 0 };
const drawn = new WeakMap<LineageNode, CardNode>();

/** What is known of a node is drawn as one and the same object until it says something else: it is not drawn again. */
export function cardsOf({ view, columns, start, open, traced, positions, light }: Pictured): CardNode[] {
  return view.nodes.flatMap((node) => {
    const id = idOf(node);
    const position = positions.get(id);
    if (!position) return []; // it is being placed
    const rows = columns.on.get(id) ?? null;
    const ids = (rows ?? []).map(idOf);
    const data = {
      node,
      hidden: view.hidden.get(id) ?? NONE,
      open: { upstream: open.has(`upstream ${id}`), downstream: open.has(`downstream ${id}`) },
      start: id === start,
      columns: rows,
      left: columns.left.get(id) ?? 0,
      lit: ids.filter((row) => light?.columns.has(row)).join("\n"),
      traced: ids.find((row) => row === traced) ?? "",
    };
    return [reuse(id, position, heightOf(id, columns), data, light?.nodes.has(id) ? "lit" : "")];
  });
}

function reuse(id: string, position: Position, height: number, now: CardData, className: string): CardNode {
  const before = drawn.get(now.node);
  const data = before && alike(before.data, now) ? before.data : now;
  const same = data === before?.data && before.position === position && before.height === height;
  if (same && before.className === className) return before;
  const size = { width: CARD.width, height };
  // All sizes are known and lines find their ends themselves (Lines.tsx): the library need not measure anything.
  const card: CardNode = { id, type: "card", position, ...size, measured: size, handles: [], className, data };
  drawn.set(now.node, card);
  return card;
}

function alike(a: CardData, b: CardData): boolean {
  const sides = ["upstream", "downstream"] as const;
  const rows = a.columns?.length === b.columns?.length && (a.columns ?? []).every((row, index) => row === b.columns?.[index]);
  return (
    rows &&
    a.start === b.start &&
    a.left === b.left &&
    a.lit === b.lit &&
    a.traced === b.traced &&
    sides.every((side) => a.hidden[side] === b.hidden[side] && a.open[side] === b.open[side])
  );
}
