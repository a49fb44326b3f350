import { expect, test } from "vitest";

import { cardsOf } from "../src/lineage/cards";
import { CARD, GAP, type Graph, type Positions, STEP } from "../src/lineage/geometry";
import { type LineageNode, type View } from "../src/lineage/graph";
import { grown, NO_LAYOUT } from "../src/lineage/layout";
import { apart, place } from "../src/lineage/place";

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

test("what is shown and hidden again leaves everything where it was", () => {
  const few = grown({ ...NO_LAYOUT, positions: AT_ORIGIN }, graph("ab ac"), "a");
  const many = grown(few, graph("ab ac bd be bf bg cd"), "b");
  expect(many.positions.size).toBe(7);
  expect(grown(many, graph("ab ac"), "b").positions).toBe(few.positions);
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
  const [first] = cardsOf(view(2), "table:a", [], at, null);
  expect(cardsOf(view(2), "table:a", [], new Map(at), null)[0]).toBe(first);
  const [lit] = cardsOf(view(2), "table:a", [], at, new Set(["table:a"]));
  expect([lit?.className, lit?.data === first?.data]).toEqual(["lit", true]);
  expect(cardsOf(view(1), "table:a", [], at, null)[0]?.data.hidden.downstream).toBe(1);
});
