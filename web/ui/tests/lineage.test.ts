import { expect, test } from "vitest";

import { csvOf } from "../src/lineage/csv";
import { expansionId, type Found, type LineageNode, viewOf } from "../src/lineage/graph";
import { pathsThrough } from "../src/lineage/light";
import { collapse, expand, readExplorer, startOf, writeExplorer } from "../src/lineage/state";

const node = (key: string, upstream = 0, downstream = 0): LineageNode => ({
  kind: "table",
  key,
  name: key,
  schema: "s",
  database: "d",
  cluster: "c",
  level: 0,
  usage: 1,
  owners: [],
  badges: [],
  table: null,
  upstream_count: upstream,
  downstream_count: downstream,
  hidden_upstream: 0,
  hidden_downstream: 0,
});
const edge = (source: string, target: string) => ({
  source: { kind: "table", key: source },
  target: { kind: "table", key: target },
  origin: { source: null, run: null, first_seen_at: null, last_seen_at: null, author: null, reason: null },
});
const found = (nodes: LineageNode[], edges: [string, string][], more = false): Found => ({
  nodes,
  edges: edges.map(([source, target]) => edge(source, target)),
  more,
});
const A = "table:a";

// a -> b -> c, and d -> b
const a = node("a", 0, 1);
const b = node("b", 2, 1);
const c = node("c", 1, 0);
const REPLIES = new Map([
  ["downstream table:a", found([a, b], [["a", "b"]])],
  ["downstream table:b", found([b, c], [["b", "c"]])],
]);
const names = (view: { nodes: LineageNode[] }) => view.nodes.map((one) => one.name).join("");

test("what is expanded is visible, with its level from the start", () => {
  const state = expand(readExplorer("table", "a", new URLSearchParams()), "downstream", "table:b");
  const view = viewOf(A, state.expansions, REPLIES);
  expect([...view.levels]).toEqual([
    [A, 0],
    ["table:b", 1],
    ["table:c", 2],
  ]);
  expect(view.nodes[1]).toBe(b); // not a copy: what says the same is not drawn again
  expect(view.edges.map((one) => one.id)).toEqual(["table:a > table:b", "table:b > table:c"]);
  expect(view.hidden.get("table:b")).toEqual({ upstream: 1, downstream: 0 });
});

test("hiding takes away what was reached that way alone, and brings it back", () => {
  const opened = expand(readExplorer("table", "a", new URLSearchParams()), "downstream", "table:b");
  const closed = collapse(opened, "downstream", A);
  expect(names(viewOf(A, closed.expansions, REPLIES))).toBe("a");
  expect(names(viewOf(A, expand(closed, "downstream", A).expansions, REPLIES))).toBe("abc");
});

test("a node whose neighbours were all asked for hides none, whatever a filter kept out", () => {
  const hub = node("hub", 0, 50);
  const some = new Map([["downstream table:hub", found([hub], [], false)]]);
  expect(viewOf("table:hub", startOf("table:hub"), some).hidden.get("table:hub")?.downstream).toBe(0);
  const more = new Map([["downstream table:hub", found([hub], [], true)]]);
  expect(viewOf("table:hub", startOf("table:hub"), more).hidden.get("table:hub")?.downstream).toBe(50);
});

test("no more is drawn than the cap, the rest is counted, and no edge dangles", () => {
  const many = Array.from({ length: 400 }, (_, index) => node(`n${index}`));
  const reply = found([node("hub"), ...many], many.map((one): [string, string] => ["hub", one.key]));
  const view = viewOf("table:hub", startOf("table:hub"), new Map([["downstream table:hub", reply]]));
  expect([view.nodes.length, view.cut]).toEqual([300, 101]);
  expect(viewOf("table:hub", startOf("table:hub"), new Map([["downstream table:hub", reply]]), 600).cut).toBe(0);
  const drawn = new Set(view.nodes.map((one) => `table:${one.key}`));
  expect(view.edges.every(({ source, target }) => drawn.has(source) && drawn.has(target))).toBe(true);
});

test("a cycle and an edge to itself end", () => {
  const reply = found([a, b], [["a", "b"], ["b", "a"], ["a", "a"]]); // prettier-ignore
  const view = viewOf(A, startOf(A), new Map([["downstream table:a", reply]]));
  expect(view.edges).toHaveLength(3);
  expect(pathsThrough(A, view.edges)).toEqual(new Set([A, "table:b"]));
});

test("the paths through a node are what is before and behind it, not its siblings", () => {
  const edges = viewOf(
    A,
    startOf(A),
    new Map([["downstream table:a", found([a, b, c, node("d")], [["a", "b"], ["b", "c"], ["a", "d"]])]]), // prettier-ignore
  ).edges;
  expect(pathsThrough("table:c", edges)).toEqual(new Set(["table:c", "table:b", A]));
});

test.each(["", "open=", "open=u+.&open=d2+.&open=d+table%3Ax%3A%2F%2Fy.z%2F%25&kinds=table%2Cfeature&schema=s&owner=o&most=600"])(
  "the address %s leads back to the same picture",
  (address) => {
    const state = readExplorer("table", "a", new URLSearchParams(address));
    expect(readExplorer("table", "a", writeExplorer(state))).toEqual(state);
    expect(writeExplorer(state).toString()).toBe(address);
  },
);

test("an address that makes no sense opens nothing of it", () => {
  const state = readExplorer("table", "a", new URLSearchParams("open=x+.&open=u+nonsense%3Aa&kinds=x&open=d+.&most=9e9"));
  expect(state.expansions.map(expansionId)).toEqual(["downstream table:a"]);
  expect(state.filter.kinds).toEqual([]);
  expect(state.most).toBe(1200);
});

test("a second click on the same side asks for the next page", () => {
  const state = expand(readExplorer("table", "a", new URLSearchParams()), "upstream", A);
  expect(state.expansions[0]).toEqual({ side: "upstream", id: A, pages: 2 });
});

test("values of a spreadsheet are quoted, and none is a formula", () => {
  const odd = { ...node('=cmd,"x"'), owners: ["a@b", "c"] };
  expect(csvOf([odd]).split("\r\n")[1]).toBe(`table,"'=cmd,""x""","'=cmd,""x""",d,s,a@b c,1,0,0`);
});
