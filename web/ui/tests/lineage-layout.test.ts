import { expect, test } from "vitest";

import { cardsOf } from "../src/lineage/cards";
import { NO_COLUMNS } from "../src/lineage/columns";
import { CARD, GAP, type Graph, type Positions, ROW, STEP } from "../src/lineage/geometry";
import { type LineageNode, type View } from "../src/lineage/graph";
import type { Light } from "../src/lineage/light";
import { connected, grown, NO_LAYOUT } from "../src/lineage/layout";
import { apart, place } from "../src/lineage/place";
import { outsideOf, windowAfter } from "../src/lineage/window";

const graph = (text: string, alone: string[] = []): Graph => {
  const edges = text.split(" ").filter(Boolean).map((pair): [string, string] => [pair.charAt(0), pair.charAt(1)]); // prettier-ignore
  const ids = new Set([...edges.flat(), ...alone]);
  return { heights: new Map([...ids].map((id) => [id, CARD.height])), edges };
};
const AT_ORIGIN: Positions = new Map([["a", { x: 0, y: 0 }]]);

/** A pseudo-random graph whose cards come one expansion at a time; the same for the same seed. */
function* growing(seed: number): Generator<{ graph: Graph; clicked: string }> {
  let state = seed;
  const random = (below: number) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
  const heights = new Map([["0", CARD.height]]);
  const edges: [string, string][] = [];
  for (let step = 0; step < 12; step++) {
    const clicked = String(random(heights.size));
    const downstream = random(2) === 0;
    for (let more = random(20); more >= 0; more--) {
      const id = String(heights.size);
      heights.set(id, CARD.height + 24 * random(4));
      edges.push(downstream ? [clicked, id] : [id, clicked]);
      if (random(3) === 0) edges.push([String(random(heights.size)), id]);
    }
    yield { graph: { heights: new Map(heights), edges: [...edges] }, clicked };
  }
}

test("what comes stands beside the card that was clicked, around its height, and that card stays", () => {
  const placed = place(AT_ORIGIN, graph("ab ac ad ea"), "a");
  expect(placed.get("a")).toBe(AT_ORIGIN.get("a"));
  expect(["b", "c", "d"].map((id) => placed.get(id)?.x)).toEqual([STEP, STEP, STEP]);
  expect(["b", "c", "d"].map((id) => placed.get(id)?.y)).toEqual([-(CARD.height + GAP), 0, CARD.height + GAP]);
  expect(placed.get("e")).toEqual({ x: -STEP, y: 0 });
});

test("what is connected among the new ones leads from left to right, through as many levels as it takes", () => {
  const placed = place(AT_ORIGIN, graph("ab ac bc cd"), "a");
  expect(["a", "b", "c", "d"].map((id) => (placed.get(id)?.x ?? NaN) / STEP)).toEqual([0, 1, 2, 3]);
});

test("the clicked card need not move for what comes: what is before it moves to the left, the rest to the right", () => {
  const standing: Positions = new Map([
    ["a", { x: 0, y: 0 }],
    ["b", { x: STEP, y: 0 }],
    ["c", { x: 2 * STEP, y: 0 }],
    ["z", { x: 0, y: 100 }],
  ]);
  const placed = place(standing, graph("ab bc zb nb an cm cd md"), "b"); // n comes between a and b, m and d behind c
  expect(["n", "a", "m", "d"].map((id) => (placed.get(id)?.x ?? NaN) / STEP)).toEqual([0, -1, 3, 4]);
  for (const id of ["b", "c", "z"]) expect(placed.get(id)).toBe(standing.get(id));
});

test("a cycle is left backwards where it closes, and an edge to itself moves nothing", () => {
  const placed = place(AT_ORIGIN, graph("ab bc ca aa"), "a");
  expect(["a", "b"].map((id) => (placed.get(id)?.x ?? NaN) / STEP)).toEqual([0, 1]);
  expect(place(placed, graph("ab bc ca aa"), "a")).toEqual(placed);
});

test("what hangs on nothing that stands is placed below everything", () => {
  const placed = place(AT_ORIGIN, graph("ab", ["z"]), "a");
  expect(placed.get("z")?.y).toBeGreaterThanOrEqual(CARD.height + GAP);
});

test.each(Array.from({ length: 20 }, (_, seed) => seed))("however it grows (%i), nothing overlaps and nothing dances", (seed) => {
  let positions: Positions = new Map([["0", { x: 0, y: 0 }]]);
  for (const { graph: now, clicked } of growing(seed)) {
    const placed = place(positions, now, clicked);
    expect([...placed.keys()].sort()).toEqual([...now.heights.keys()].sort());
    const cards = [...placed].map(([id, at]) => ({ ...at, bottom: at.y + (now.heights.get(id) ?? 0) }));
    const over = cards.filter((one, index) =>
      cards.slice(index + 1).some((other) => one.x === other.x && one.y < other.bottom && other.y < one.bottom),
    );
    expect(over).toEqual([]);
    expect(place(placed, now, clicked)).toEqual(placed); // to look again changes nothing
    positions = placed;
  }
});

test("cards that fit stay to the pixel, those that do not share the way, and one that stood gives less", () => {
  const card = (y: number, weight = 1) => ({ y, height: 10, weight });
  expect(apart([card(0), card(100)])).toEqual([0, 100]);
  const [a = 0, b = 0] = apart([card(0), card(0)]);
  expect([a + b, b - a]).toEqual([0, 10 + GAP - 2]);
  const [stood = 0, came = 0] = apart([card(0, 9), card(0)]);
  expect(Math.abs(stood)).toBeLessThan(Math.abs(came) / 8);
});

test("what is new and hangs on nothing may wait until everything is there", () => {
  expect(connected(graph("ab"), AT_ORIGIN)).toBe(true);
  expect(connected(graph("ab", ["z"]), AT_ORIGIN)).toBe(false);
  expect(connected(graph("", ["a"]), AT_ORIGIN)).toBe(true);
});

test("what is shown and hidden again leaves everything where it was", () => {
  const few = grown({ ...NO_LAYOUT, positions: AT_ORIGIN }, graph("ab ac"), "a");
  const many = grown(few, graph("ab ac bd be bf bg cd"), "b");
  expect(many.positions.size).toBe(7);
  expect(grown(many, graph("ab ac"), "b").positions).toBe(few.positions);
});

test("the clicked card keeps its place in the window, which zooms out about it for what came, as far as can be read", () => {
  const size = { width: 1000, height: 500 };
  const before = { x: 100, y: 100, zoom: 1 };
  const spot = ({ x, y, zoom }: typeof before, at: { x: number; y: number }) => [at.x * zoom + x, at.y * zoom + y];
  const moved: Positions = new Map([["a", { x: STEP, y: 50 }]]);
  const after = (is: Positions, clicked = "a", from = before) =>
    windowAfter(from, size, AT_ORIGIN, is, clicked, new Set([...is.keys()].filter((id) => id !== "a")));
  const shifted = after(moved);
  expect([spot(shifted, { x: STEP, y: 50 }), shifted.zoom]).toEqual([[100, 100], 1]);
  const near: Positions = new Map([...moved, ["b", { x: 2 * STEP, y: 50 }]]);
  expect(after(near)).toEqual(shifted);
  const far: Positions = new Map([...moved, ["b", { x: STEP, y: 50 }], ["c", { x: 4 * STEP, y: 50 }]]); // prettier-ignore
  const wide = after(far);
  expect(wide.zoom).toBeLessThan(1);
  expect(spot(wide, { x: 4 * STEP + CARD.width, y: 0 })[0]).toBeCloseTo(984);
  expect(spot(wide, { x: STEP + CARD.width, y: 50 + CARD.height / 2 })[0]).toBeCloseTo(100 + CARD.width);
  const tall: Positions = new Map([...moved, ["b", { x: 0, y: 9000 }]]);
  expect(after(tall).zoom).toBe(0.5);
  expect(after(tall, "a", { ...before, zoom: 0.2 }).zoom).toBe(0.2);
  expect(after(near, "gone")).toBe(before);
});

test("what came lies outside of the window where its middle does, and what was hidden again nowhere", () => {
  const size = { width: 1000, height: 600 };
  const at: Positions = new Map([
    ["in", { x: 0, y: 0 }],
    ["half", { x: 1000 - CARD.width / 2 - 1, y: 0 }],
    ["right", { x: 1000 - CARD.width / 2 + 1, y: 0 }],
    ["above", { x: 0, y: -CARD.height }],
  ]);
  const outside = (zoom: number) => outsideOf([...at.keys(), "gone"], at, { x: 0, y: 0, zoom }, size);
  expect(outside(1)).toEqual(["right", "above"]);
  expect(outside(0.9)).toEqual(["above"]);
});

test("what came is all that came since the same click, also in parts", () => {
  const first = grown(NO_LAYOUT, graph("", ["a"]), "a");
  const some = grown(first, graph("ab"), "b");
  const more = grown(some, graph("ab bc"), "b");
  expect([...more.came]).toEqual(["b", "c"]);
  expect([...grown(more, graph("ab bc da"), "a").came]).toEqual(["d"]);
  expect([...grown(more, graph("ab bc"), "a").came]).toEqual([]);
});

test("a card that says the same, where it was, is the same object to the drawing library", () => {
  const node = { kind: "table", key: "a", name: "a", upstream_count: 0, downstream_count: 2 } as LineageNode;
  const view = (down: number): View => ({
    nodes: [node],
    levels: new Map(),
    edges: [],
    hidden: new Map([["table:a", { upstream: 0, downstream: down }]]),
    cut: 0,
  });
  const at: Positions = new Map([["table:a", { x: 0, y: 0 }]]);
  const only = (down: number, light: Light | null = null, columns = NO_COLUMNS, positions = at) =>
    cardsOf({ view: view(down), columns, start: "table:a", open: new Set<string>(), traced: null, positions, light })[0];
  const first = only(2);
  expect(only(2, null, NO_COLUMNS, new Map(at))).toBe(first);
  const lit = only(2, { nodes: new Set(["table:a"]), columns: new Set(), edges: new Set() });
  expect([lit?.className, lit?.data === first?.data]).toEqual(["lit", true]);
  expect(only(1)?.data.hidden.downstream).toBe(1);
  const higher = only(1, null, { on: new Map([["table:a", []]]), left: new Map(), edges: [] });
  expect([higher?.height, higher?.data.columns]).toEqual([CARD.height + 1.25 * ROW, []]);
});
