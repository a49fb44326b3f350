// The lines between cards, and between the columns on them. Pure.
import type { Columns } from "./columns";
import { CARD, type Position, type Positions, ROW } from "./geometry";
import { idOf, type ShownEdge } from "./graph";

const REACH = 40; // how far a line goes straight on at least before it turns
const HEAD = 7; // of an arrow

export interface Line {
  id: string;
  path: string;
}

/** A line for each edge whose ends are placed, from the right side of one card to the left side of the other. */
export function linesOf(edges: readonly ShownEdge[], positions: Positions): Line[] {
  return edges.flatMap(({ id, source, target }) => {
    const [from, to] = [positions.get(source), positions.get(target)];
    return from && to ? [{ id, path: lineOf(middle(from), middle(to)) }] : [];
  });
}

/** The same for columns, from row to row. */
export function columnLinesOf({ on, edges }: Columns, positions: Positions): Line[] {
  const rows = new Map<string, Position>();
  for (const [table, columns] of on) {
    const at = positions.get(table);
    if (at) for (const [index, column] of columns.entries()) rows.set(idOf(column), { x: at.x, y: at.y + rowMiddle(index) });
  }
  return edges.flatMap(({ id, source, target }) => {
    const [from, to] = [rows.get(source), rows.get(target)];
    return from && to ? [{ id, path: lineOf(from, to) }] : [];
  });
}

/** How far below the top of its card the middle of a column is. */
export function rowMiddle(index: number): number {
  return CARD.height + (index + 0.5) * ROW;
}

function middle(card: Position): Position {
  return { x: card.x, y: card.y + CARD.height / 2 };
}

/** From the right side of what begins at `from` to the left side of what begins at `to`. */
function lineOf(from: Position, to: Position): string {
  const start = { x: from.x + CARD.width, y: from.y };
  if (from.x === to.x && from.y === to.y) return loop(start, to);
  const bend = Math.max(REACH, Math.abs(to.x - start.x) / 2);
  return `M${start.x},${start.y} C${start.x + bend},${start.y} ${to.x - bend},${to.y} ${to.x},${to.y} ${head(to)}`;
}

/** What is made from itself: over the top of its card. */
function loop(start: Position, end: Position): string {
  const top = end.y - CARD.height / 2 - REACH;
  return `M${start.x},${start.y} C${start.x + REACH},${top} ${end.x - REACH},${top} ${end.x},${end.y} ${head(end)}`;
}

/** Part of the line itself: markers of their own are dear to draw. */
function head({ x, y }: Position): string {
  return `M${x - HEAD},${y - HEAD / 2} L${x},${y} L${x - HEAD},${y + HEAD / 2}`;
}
