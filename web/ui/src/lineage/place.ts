// Where cards that come go, so that those that are there stay where they are. Pure, and quick: a click waits for it.
import { CARD, type Graph, type Position, type Positions, GAP, STEP } from "./geometry";

const STAYING = 5; // how much rather a card that comes moves than one that was there
const CLOSE = GAP - 2; // cards nearer than this are pushed apart; a full layout keeps GAP

interface Wanted {
  y: number;
  at: number; // what the order in a column goes by: cards that come together stay together
  weight: number;
}

/**
 * Place a graph of which some cards stand already. What is new stands beside the neighbour that it is known by, the
 * clicked one before all others; edges lead from left to right, unless they close a cycle; nothing overlaps.
 */
export function place(standing: Positions, graph: Graph, clicked: string): Map<string, Position> {
  const ranks = new Map<string, number>();
  const wanted = new Map<string, Wanted>();
  for (const id of graph.heights.keys()) {
    const at = standing.get(id);
    if (!at) continue;
    ranks.set(id, Math.round(at.x / STEP));
    wanted.set(id, { y: at.y, at: at.y, weight: STAYING });
  }
  const around = neighboursOf(graph);
  const queue = [...(ranks.has(clicked) ? [clicked] : []), ...ranks.keys()];
  for (const id of queue) {
    for (const side of [-1, 1] as const) queue.push(...bring(id, side, around, graph, ranks, wanted));
  }
  standApart(graph, ranks, wanted);
  straighten(graph, clicked, ranks, around);
  return settle(standing, graph, ranks, wanted);
}

type Around = Map<string, Record<-1 | 1, string[]>>;

/** The neighbours of each card on both sides, the most important first. */
function neighboursOf({ heights, edges }: Graph): Around {
  const around: Around = new Map([...heights.keys()].map((id) => [id, { [-1]: [], 1: [] }]));
  const order = new Map([...heights.keys()].map((id, index) => [id, index]));
  const before = (a: string, b: string) => (order.get(a) ?? 0) - (order.get(b) ?? 0);
  for (const [source, target] of edges) {
    if (!order.has(source) || !order.has(target)) continue;
    around.get(source)?.[1].push(target);
    around.get(target)?.[-1].push(source);
  }
  for (const sides of around.values()) for (const side of [-1, 1] as const) sides[side].sort(before);
  return around;
}

/** Want what is new beside a card on one side of it, around its height; return what was new. */
function bring(
  id: string,
  side: -1 | 1,
  around: Around,
  { heights }: Graph,
  ranks: Map<string, number>,
  wanted: Map<string, Wanted>,
): string[] {
  const fresh = (around.get(id)?.[side] ?? []).filter((one) => !ranks.has(one));
  const middle = (wanted.get(id)?.y ?? 0) + CARD.height / 2;
  const all = fresh.reduce((sum, one) => sum + (heights.get(one) ?? 0) + GAP, -GAP);
  let y = middle - all / 2;
  for (const one of fresh) {
    ranks.set(one, (ranks.get(id) ?? 0) + side);
    wanted.set(one, { y, at: middle - CARD.height / 2, weight: 1 });
    y += (heights.get(one) ?? 0) + GAP;
  }
  return fresh;
}

/** Want what is connected to nothing that stands below everything. */
function standApart({ heights }: Graph, ranks: Map<string, number>, wanted: Map<string, Wanted>) {
  let y = Math.max(0, ...[...wanted].map(([id, { y }]) => y + (heights.get(id) ?? 0) + GAP));
  for (const [id, height] of heights) {
    if (ranks.has(id)) continue;
    ranks.set(id, 0);
    wanted.set(id, { y, at: y, weight: 1 });
    y += height + GAP;
  }
}

/**
 * Move what an edge would otherwise lead to backwards, but for edges that close a cycle: what is before the clicked
 * card to the left, so that it need not move itself, and everything else to the right.
 */
function straighten({ heights }: Graph, clicked: string, ranks: Map<string, number>, around: Around) {
  const order = forwards([...heights.keys()].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0)), around);
  const place = new Map(order.map((id, index) => [id, index]));
  const isBefore = (a: string, b: string) => (place.get(a) ?? 0) < (place.get(b) ?? 0);
  const rank = (id: string) => ranks.get(id) ?? 0;
  const leading = new Set([clicked]);
  for (const id of leading) for (const near of around.get(id)?.[-1] ?? []) leading.add(near);
  for (const id of order.toReversed().filter((one) => leading.has(one))) {
    for (const near of around.get(id)?.[-1] ?? []) {
      if (isBefore(near, id)) ranks.set(near, Math.min(rank(near), rank(id) - 1));
    }
  }
  for (const id of order) {
    for (const far of around.get(id)?.[1] ?? []) {
      if (isBefore(id, far)) ranks.set(far, Math.max(rank(far), rank(id) + 1));
    }
  }
}

/** An order in which every edge leads forwards that closes no cycle: the depth-first one, from the left on. */
function forwards(ids: string[], around: Around): string[] {
  const met = new Set<string>();
  const left: string[] = [];
  for (const start of ids) {
    const open = met.has(start) ? [] : [{ id: start, next: 0 }];
    met.add(start);
    for (let at = open.at(-1); at; at = open.at(-1)) {
      const far = around.get(at.id)?.[1][at.next++];
      if (far === undefined) left.push((open.pop() ?? at).id);
      else if (!met.has(far)) {
        met.add(far);
        open.push({ id: far, next: 0 });
      }
    }
  }
  return left.reverse();
}

function settle(
  standing: Positions,
  { heights }: Graph,
  ranks: Map<string, number>,
  wanted: Map<string, Wanted>,
): Map<string, Position> {
  const columns = new Map<number, string[]>();
  for (const id of heights.keys()) {
    const rank = ranks.get(id) ?? 0;
    const column = columns.get(rank);
    if (column) column.push(id);
    else columns.set(rank, [id]);
  }
  const placed = new Map<string, Position>();
  for (const [rank, ids] of columns) {
    const cards = ids.map((id) => ({ id, height: heights.get(id) ?? 0, ...(wanted.get(id) ?? { y: 0, at: 0, weight: 1 }) }));
    cards.sort((a, b) => a.at - b.at || b.weight - a.weight || a.y - b.y);
    for (const [index, y] of apart(cards).entries()) {
      const id = cards[index]?.id ?? "";
      const was = standing.get(id);
      const is = { x: rank * STEP, y: Math.round(y) };
      placed.set(id, was && Math.abs(was.x - is.x) < 1 && Math.abs(was.y - is.y) < 1 ? was : is);
    }
  }
  return placed;
}

/**
 * Heights as near as can be to what is wanted (least squares), in the given order and without overlap: cards that
 * would overlap make a block, which stands where the mean of its cards wants to be (pool adjacent violators).
 */
export function apart(cards: { y: number; height: number; weight: number }[]): number[] {
  const blocks: { top: number; weight: number; size: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const { y, height, weight } of cards) {
    offsets.push(offset);
    let block = { top: y - offset, weight, size: 1 };
    for (let above = blocks.at(-1); above && above.top > block.top; above = blocks.at(-1)) {
      const both = above.weight + block.weight;
      const top = (above.top * above.weight + block.top * block.weight) / both;
      block = { top, weight: both, size: above.size + block.size };
      blocks.pop();
    }
    blocks.push(block);
    offset += height + CLOSE;
  }
  const tops = blocks.flatMap(({ top, size }) => Array.from({ length: size }, () => top));
  return tops.map((top, index) => top + (offsets[index] ?? 0));
}
