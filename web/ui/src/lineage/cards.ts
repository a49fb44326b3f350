// The cards of a picture, as the drawing library takes them. Pure.
import type { Node as FlowNode } from "@xyflow/react";

import { CARD, type Position, type Positions } from "./geometry";
import { type Expansion, expansionId, idOf, type LineageNode, type Side, type View } from "./graph";

export type CardNode = FlowNode<
  { node: LineageNode; hidden: Record<Side, number>; open: Record<Side, boolean>; start: boolean },
  "card"
>;
type CardData = CardNode["data"];

const NONE = { upstream: 0, downstream: 0 };
const drawn = new WeakMap<LineageNode, CardNode>();

/** What is known of a node is drawn as one and the same object until it says something else: it is not drawn again. */
export function cardsOf(
  view: View,
  start: string,
  expansions: readonly Expansion[],
  positions: Positions,
  lit: ReadonlySet<string> | null,
): CardNode[] {
  const open = new Set(expansions.map(expansionId));
  return view.nodes.flatMap((node) => {
    const id = idOf(node);
    const position = positions.get(id);
    if (!position) return []; // it is being placed
    const data = {
      node,
      hidden: view.hidden.get(id) ?? NONE,
      open: { upstream: open.has(`upstream ${id}`), downstream: open.has(`downstream ${id}`) },
      start: id === start,
    };
    return [reuse(id, position, data, lit?.has(id) ? "lit" : "")];
  });
}

function reuse(id: string, position: Position, now: CardData, className: string): CardNode {
  const before = drawn.get(now.node);
  const data = before && alike(before.data, now) ? before.data : now;
  if (data === before?.data && before.position === position && before.className === className) return before;
  const size = { width: CARD.width, height: CARD.height };
  // All sizes are known and lines find their ends themselves (Lines.tsx): the library need not measure anything.
  const card: CardNode = { id, type: "card", position, ...size, measured: size, handles: [], className, data };
  drawn.set(now.node, card);
  return card;
}

function alike(a: CardData, b: CardData): boolean {
  const sides = ["upstream", "downstream"] as const;
  return a.start === b.start && sides.every((side) => a.hidden[side] === b.hidden[side] && a.open[side] === b.open[side]);
}
