// The lines between cards. Pure.
import { CARD, type Position, type Positions } from "./geometry";
import type { View } from "./graph";

const REACH = 40; // how far a line goes straight on at least before it turns
const HEAD = 7; // of an arrow

export interface Line {
  id: string;
  path: string;
}

/** A line for each edge whose ends are placed, from the right side of one card to the left side of the other. */
export function linesOf(edges: View["edges"], positions: Positions): (Line & View["edges"][number])[] {
  return edges.flatMap((edge) => {
    const [from, to] = [positions.get(edge.source), positions.get(edge.target)];
    return from && to ? [{ ...edge, path: edge.source === edge.target ? loop(from) : between(from, to) }] : [];
  });
}

function between(from: Position, to: Position): string {
  const start = { x: from.x + CARD.width, y: from.y + CARD.height / 2 };
  return curve(start, { x: to.x, y: to.y + CARD.height / 2 });
}

export function curve(start: Position, end: Position): string {
  const bend = Math.max(REACH, Math.abs(end.x - start.x) / 2);
  return `M${start.x},${start.y} C${start.x + bend},${start.y} ${end.x - bend},${end.y} ${end.x},${end.y} ${head(end)}`;
}

/** What is made from itself: over the top of its card. */
function loop(at: Position): string {
  const [left, right, y] = [at.x, at.x + CARD.width, at.y + CARD.height / 2];
  return `M${right},${y} C${right + REACH},${at.y - REACH} ${left - REACH},${at.y - REACH} ${left},${y} ${head({ x: left, y })}`;
}

/** Part of the line itself: markers of their own are dear to draw. */
function head({ x, y }: Position): string {
  return `M${x - HEAD},${y - HEAD / 2} L${x},${y} L${x - HEAD},${y + HEAD / 2}`;
}
