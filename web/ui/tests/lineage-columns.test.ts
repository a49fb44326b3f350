import { expect, test } from "vitest";

import { columnsOf, heightOf, missingTables, MOST_ROWS, NO_COLUMNS } from "../src/lineage/columns";
import { columnLinesOf, linesOf, rowMiddle } from "../src/lineage/curves";
import { CARD, ROW } from "../src/lineage/geometry";
import type { LineageNode, ShownEdge, View } from "../src/lineage/graph";
import { lightOf, lightOfPaths } from "../src/lineage/light";
import { drawingOf, fitted, type Inks } from "../src/lineage/drawing";
import { scaleOf } from "../src/lineage/png";
import { escaped, svgOf } from "../src/lineage/svg";

const column = (key: string, usage = 0) =>
  ({ kind: "column", key, name: key.slice(2), table: key.charAt(0), usage, upstream_count: 1, downstream_count: 1 }) as LineageNode;
const table = (key: string, name = key) =>
  ({ kind: "table", key, name, database: "d", schema: "s", table: null, usage: 0 }) as unknown as LineageNode;
const edge = (source: string, target: string, kind = "column") => ({
  source: { kind, key: source },
  target: { kind, key: target },
  origin: { source: null, run: null, first_seen_at: null, last_seen_at: null, author: null, reason: null },
});
const shown = (source: string, target: string): ShownEdge => ({
  id: `table:${source} > table:${target}`,
  source: `table:${source}`,
  target: `table:${target}`,
  edge: edge(source, target, "table"),
});
const ALL = new Set(["table:a", "table:b", "table:c"]);

// a/x -> b/x -> c/x, and a/y -> b/y; z of a leads elsewhere
const OPENED = {
  nodes: ["a/z", "a/x", "a/y", "b/x", "b/y"].map((key) => column(key)),
  edges: [edge("a/x", "b/x"), edge("a/y", "b/y")],
};
const TRACE = { nodes: ["b/x", "a/x", "c/x", "d/x"].map((key) => column(key)), edges: [edge("a/x", "b/x"), edge("b/x", "c/x")] };
const VIEW: View = {
  nodes: [table("a"), table("b"), table("c")],
  levels: new Map(),
  edges: [shown("a", "b"), shown("b", "c")],
  hidden: new Map(),
  cut: 0,
};
const names = (columns: ReturnType<typeof columnsOf>, id: string) => columns.on.get(id)?.map((one) => one.name).join("");

test("open tables show their columns, those that are connected in the picture first", () => {
  const columns = columnsOf(ALL, ["table:a", "table:b", "table:gone"], OPENED, null);
  expect([names(columns, "table:a"), names(columns, "table:b"), columns.on.size]).toEqual(["xyz", "xy", 2]);
  expect(columns.edges.map(({ id }) => id)).toEqual(["column:a/x > column:b/x", "column:a/y > column:b/y"]);
});

test("a column that is followed shows on every table it touches, and says which are not there", () => {
  const columns = columnsOf(ALL, [], null, TRACE);
  expect([...columns.on.keys()].sort()).toEqual(["table:a", "table:b", "table:c"]);
  expect(missingTables(ALL, TRACE)).toEqual(["table:d"]);
  const both = columnsOf(ALL, ["table:a"], OPENED, TRACE);
  expect([names(both, "table:a"), names(both, "table:b")]).toEqual(["xzy", "x"]);
});

test("nothing that is open or followed is nothing at all, and an open table without lineage says so", () => {
  expect(columnsOf(ALL, [], null, null)).toBe(NO_COLUMNS);
  const columns = columnsOf(ALL, ["table:a"], { nodes: [], edges: [] }, null);
  expect(columns.on.get("table:a")).toEqual([]);
  expect(heightOf("table:a", columns)).toBe(CARD.height + 1.25 * ROW);
  expect(heightOf("table:b", columns)).toBe(CARD.height);
});

test("a card has room for so many columns, the most used, and counts the others", () => {
  const many = Array.from({ length: 30 }, (_, index) => column(`a/${index}`, index));
  const columns = columnsOf(ALL, ["table:a"], { nodes: many, edges: [] }, null);
  expect(columns.on.get("table:a")?.length).toBe(MOST_ROWS);
  expect(columns.on.get("table:a")?.[0]?.key).toBe("a/29");
  expect(columns.left.get("table:a")).toBe(10);
  expect(heightOf("table:a", columns)).toBe(CARD.height + (MOST_ROWS + 1) * ROW + ROW / 4);
});

test("pointing at a column lights its path through the tables, not its neighbours'", () => {
  const columns = columnsOf(ALL, ["table:a", "table:b"], OPENED, TRACE);
  const light = lightOf("column:c/x", VIEW, columns);
  expect([...(light?.columns ?? [])].sort()).toEqual(["column:a/x", "column:b/x", "column:c/x"]);
  expect([...(light?.nodes ?? [])].sort()).toEqual(["table:a", "table:b", "table:c"]);
  expect(light?.edges.has("column:a/y > column:b/y")).toBe(false);
});

test("a node lights its paths, a relation itself, and what is not there nothing", () => {
  expect([...(lightOf("table:c", VIEW, NO_COLUMNS)?.edges ?? [])]).toHaveLength(2);
  const light = lightOf("table:a > table:b", VIEW, NO_COLUMNS);
  expect([[...(light?.nodes ?? [])], [...(light?.edges ?? [])]]).toEqual([["table:a", "table:b"], ["table:a > table:b"]]);
  expect(lightOf("table:gone", VIEW, NO_COLUMNS)).toBe(null);
});

test("paths light their stops and the steps between them", () => {
  const stop = (key: string) => ({ kind: "table", key, name: key });
  const light = lightOfPaths([["a", "b", "c"].map(stop), ["a", "d", "c"].map(stop)]);
  expect([light.nodes.size, light.edges.size]).toEqual([4, 4]);
  expect(light.edges.has("table:a > table:d")).toBe(true);
});

test("lines lead from side to side, columns from row to row", () => {
  const positions = new Map([
    ["table:a", { x: 0, y: 0 }],
    ["table:b", { x: 300, y: 100 }],
  ]);
  const [line] = linesOf(VIEW.edges, positions);
  expect(line?.path).toMatch(/^M210,29 C255,29 255,129 300,129 /);
  expect(linesOf(VIEW.edges, positions)).toHaveLength(1); // the other end of the second is not placed
  const [fine] = columnLinesOf(columnsOf(ALL, ["table:a", "table:b"], OPENED, null), positions);
  expect(fine?.path).toMatch(new RegExp(`^M210,${rowMiddle(0)} C255,.* 300,${100 + rowMiddle(0)} `));
  expect(linesOf([shown("a", "a")], positions)[0]?.path).toContain("C250,-40 -40,-40");
});

const INKS = Object.fromEntries(
  ["ground", "card", "text", "quiet", "line", "accent", "start", "table", "dashboard", "feature", "run", "model"].map((name) => [name, `#${name}`]),
) as Inks;

test("the picture as a file has every card and line, fits them, and no text of it is markup", () => {
  const odd = table("a", '</text><script>alert("1")</script>\u0000');
  const view = { ...VIEW, nodes: [odd, table("b"), table("c")] };
  const positions = new Map([
    ["table:a", { x: -300, y: 40 }],
    ["table:b", { x: 0, y: 0 }],
  ]);
  const drawn = { view, columns: NO_COLUMNS, positions, start: "table:a", title: "Lineage of <a>" };
  const svg = svgOf(drawingOf(drawn, INKS, (text) => text.length));
  expect(svg).toContain('viewBox="-330 -30 570 158"');
  expect(svg.match(/<text/g)).toHaveLength(4);
  expect(svg.match(/<path/g)).toHaveLength(1);
  expect(svg).toContain("<title>Lineage of &lt;a&gt;</title>");
  expect(svg).toContain("&lt;/text&gt;&lt;script&gt;");
  expect(svg).not.toMatch(/<script|\u0000|href|url\(/);
});

test("a picture has as many pixels as browsers paint, however large it is", () => {
  expect(scaleOf(1_000, 800)).toBe(2);
  for (const [width, height] of [[6_000, 9_000], [50_000, 100], [9_000, 9_000]] as const) {
    const scale = scaleOf(width, height);
    expect(Math.max(width, height) * scale).toBeLessThanOrEqual(8_192.001);
    expect(width * height * scale ** 2).toBeLessThanOrEqual(48_000_001);
  }
});

test("a card has the colour of its kind, and what is part of something that of the whole", () => {
  const of = (kind: string) => {
    const one: LineageNode = { ...table("a"), kind };
    const positions = new Map([[`${kind}:a`, { x: 0, y: 0 }]]);
    const pictured = { view: { ...VIEW, nodes: [one] }, columns: NO_COLUMNS, positions, start: "", title: "" };
    return drawingOf(pictured, INKS, () => 0).cards[0]?.shapes[1]?.fill;
  };
  const kinds = ["table", "column", "dashboard", "feature", "run", "model_version", "model"];
  expect(kinds.map(of)).toEqual(["#table", "#table", "#dashboard", "#feature", "#run", "#model", "#model"]);
});

test("a text is cut between letters where there is no room, also when one letter is many code units", () => {
  const width = (text: string) => Array.from(new Intl.Segmenter().segment(text)).length;
  expect(fitted("short", 5, width)).toBe("short");
  expect(fitted("a long name", 5, width)).toBe("a lo…");
  expect(fitted("👩‍🔬👩‍🔬👩‍🔬👩‍🔬", 3, width)).toBe("👩‍🔬👩‍🔬…");
  expect(escaped("a\u0001<&>\ud800b")).toBe("a&lt;&amp;&gt;b");
});
