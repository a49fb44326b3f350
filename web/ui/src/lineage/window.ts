// How the window onto the picture moves when the picture changes. Pure.
import { CARD, type Position, type Positions } from "./geometry";

export interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

const MARGIN = 16; // of the window, in its own units
const READABLE = 0.5; // no smaller for the sake of what came

/**
 * Keep the clicked card where it was in the window. Where what came would lie outside of it, zoom out about the side of
 * that card where it came, as far as it takes and can still be read.
 */
export function windowAfter(
  before: Viewport,
  size: { width: number; height: number },
  was: Positions,
  is: Positions,
  clicked: string,
  came: ReadonlySet<string>,
): Viewport {
  const [from, to] = [was.get(clicked), is.get(clicked)];
  if (!from || !to) return before;
  const fresh = [...came].flatMap((id) => is.get(id) ?? []);
  const { x, y, zoom } = { ...before, x: before.x + (from.x - to.x) * before.zoom, y: before.y + (from.y - to.y) * before.zoom };
  if (fresh.length === 0) return { x, y, zoom };
  const right = fresh.reduce((sum, at) => sum + at.x - to.x, 0) > 0;
  const still: Position = { x: to.x + (right ? CARD.width : 0), y: to.y + CARD.height / 2 };
  const [left, top] = [still.x * zoom + x, still.y * zoom + y]; // where that is in the window
  const fitting = fresh.flatMap((at) => [
    room(left, still.x - at.x),
    room(size.width - left, at.x + CARD.width - still.x),
    room(top, still.y - at.y),
    room(size.height - top, at.y + CARD.height - still.y),
  ]);
  const smaller = Math.max(Math.min(zoom, READABLE), Math.min(zoom, ...fitting));
  return { x: left - still.x * smaller, y: top - still.y * smaller, zoom: smaller };
}

/** What of some cards lies outside of the window, by its middle. */
export function outsideOf(ids: Iterable<string>, positions: Positions, at: Viewport, size: { width: number; height: number }): string[] {
  const within = (place: number, length: number) => place >= 0 && place <= length;
  return [...ids].filter((id) => {
    const card = positions.get(id);
    if (!card) return false; // it was hidden again
    const [x, y] = [(card.x + CARD.width / 2) * at.zoom + at.x, (card.y + CARD.height / 2) * at.zoom + at.y];
    return !within(x, size.width) || !within(y, size.height);
  });
}

/** The zoom at which so much of the picture has room in so much of the window. */
function room(window: number, picture: number): number {
  return picture <= 0 ? Infinity : Math.max(0, window - MARGIN) / picture;
}
