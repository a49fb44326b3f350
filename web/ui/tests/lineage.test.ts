import { expect, test } from "vitest";

import { csvOf } from "../src/lineage/csv";
import { type Expansion, expansionId, type Found, type LineageNode, loose, shownOf, viewOf } from "../src/lineage/graph";
import { pathsThrough } from "../src/lineage/light";
import { collapse, expand, follow, put, readExplorer, startOf, toggleColumns, writeExplorer } from "../src/lineage/state";

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
  gone_since: null,
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
const found = (nodes: LineageNode[], edges: [string, string][], more = false): Omit<Found, "of"> => ({
  nodes,
  edges: edges.map(([source, target]) => edge(source, target)),
  more,
});
const A = "table:a";

/** What is seen without anything else being asked for. */
function seen(start: string, expansions: Expansion[], replies: Replies, cap?: number, others = [] as [string, string][]) {
  const came = cameOf([{ side: "alone", id: start, pages: 1 }, ...expansions], replies);
  return viewOf(shownOf(start, came, cap), came, others.map(([a, b]) => edge(a, b)));
}

type Replies = Map<string, Omit<Found, "of">>;
function cameOf(expansions: Expansion[], replies: Replies): Found[] {
  return expansions.flatMap((of) => {
    const reply = replies.get(expansionId(of));
    return reply ? [{ of, ...reply }] : [];
  });
}

// a -> b -> c, and d -> b
const a = node("a", 0, 1);
const b = node("b", 2, 1);
const c = node("c", 1, 0);
const REPLIES = new Map([
  ["alone table:a", found([a], [])],
  ["downstream table:a", found([a, b], [["a", "b"]])],
  ["downstream table:b", found([b, c], [["b", "c"]])],
]);
const names = (view: { nodes: LineageNode[] }) => view.nodes.map((one) => one.name).join("");

test("what is expanded is visible, with its level from the start", () => {
  const state = expand(readExplorer("table", "a", new URLSearchParams()), "downstream", "table:b");
  const view = seen(A, state.expansions, REPLIES);
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
  expect(names(seen(A, closed.expansions, REPLIES))).toBe("a");
  expect(names(seen(A, expand(closed, "downstream", A).expansions, REPLIES))).toBe("abc");
});

test("a node whose neighbours were all asked for hides none, whatever a filter kept out", () => {
  const hub = node("hub", 0, 50);
  const some = new Map([["downstream table:hub", found([hub], [], false)]]);
  expect(seen("table:hub", startOf("table:hub"), some).hidden.get("table:hub")?.downstream).toBe(0);
  const more = new Map([["downstream table:hub", found([hub], [], true)]]);
  expect(seen("table:hub", startOf("table:hub"), more).hidden.get("table:hub")?.downstream).toBe(50);
});

test("no more is drawn than the cap, the rest is counted, and no edge dangles", () => {
  const many = Array.from({ length: 400 }, (_, index) => node(`n${index}`));
  const reply = found([node("hub"), ...many], many.map((one): [string, string] => ["hub", one.key]));
  const view = seen("table:hub", startOf("table:hub"), new Map([["downstream table:hub", reply]]));
  expect([view.nodes.length, view.cut]).toEqual([300, 101]);
  expect(seen("table:hub", startOf("table:hub"), new Map([["downstream table:hub", reply]]), 600).cut).toBe(0);
  const drawn = new Set(view.nodes.map((one) => `table:${one.key}`));
  expect(view.edges.every(({ source, target }) => drawn.has(source) && drawn.has(target))).toBe(true);
});

test("a cycle and an edge to itself end", () => {
  const reply = found([a, b], [["a", "b"], ["b", "a"], ["a", "a"]]); // prettier-ignore
  const view = seen(A, startOf(A), new Map([["downstream table:a", reply]]));
  expect(view.edges).toHaveLength(3);
  expect(pathsThrough(A, view.edges)).toEqual(new Set([A, "table:b"]));
});

test("the paths through a node are what is before and behind it, not its siblings", () => {
  const edges = seen(
    A,
    startOf(A),
    new Map([["downstream table:a", found([a, b, c, node("d")], [["a", "b"], ["b", "c"], ["a", "d"]])]]), // prettier-ignore
  ).edges;
  expect(pathsThrough("table:c", edges)).toEqual(new Set(["table:c", "table:b", A]));
});

test.each(["", "open=", "open=u+.&open=d2+.&open=d+table%3Ax%3A%2F%2Fy.z%2F%25&kinds=table%2Cfeature&schema=s&owner=o&most=600",
  "open=u+.&open=a+table%3Ax%3A%2F%2Fy.z%2F%25&database=d&badge=b&columns=x%3A%2F%2Fy.z%2Ft&columns=a&trace=a%2Fid",
  "from=table%3Ax&to=.", "to=dashboard%3Ax"])(
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

test("a node hides those of its neighbours that the cap keeps out, also when all were asked for", () => {
  const replies = new Map([["downstream table:a", found([node("a", 0, 2), b, c], [["a", "b"], ["a", "c"]])]]); // prettier-ignore
  expect(seen(A, startOf(A), replies, 2).hidden.get(A)?.downstream).toBe(1);
  expect(seen(A, startOf(A), replies, 3).hidden.get(A)?.downstream).toBe(0);
});

test("what is made from itself hides nothing when the edge is drawn: the service counts it as its own neighbour", () => {
  const replies = new Map([["downstream table:a", found([node("a", 0, 1), node("b", 2, 1)], [["a", "b"]])]]);
  const view = seen(A, startOf(A), replies, 300, [["b", "b"]]);
  expect(view.hidden.get("table:b")).toEqual({ upstream: 0, downstream: 0 });
});

test("an edge between what came with different expansions is drawn, and counts as shown", () => {
  const view = seen(A, startOf(A), new Map([["downstream table:a", found([node("a", 0, 3), b, c], [["a", "b"]])]]), 300, [
    ["a", "c"],
    ["a", "nowhere"],
  ]);
  expect(view.edges.map((one) => one.id)).toEqual(["table:a > table:b", "table:a > table:c"]);
  expect(view.hidden.get("table:c")?.upstream).toBe(0);
});

test("an edge is looked for only among nodes that have one which is not drawn", () => {
  const lacking = (...replies: Omit<Found, "of">[]) => {
    const answers = new Map(replies.map((reply, index) => [index ? `downstream table:b` : `downstream ${A}`, reply]));
    const { expansions } = expand(readExplorer("table", "a", new URLSearchParams()), "downstream", "table:b");
    const came = cameOf(expansions, answers);
    return loose(shownOf(A, came), came);
  };
  expect(lacking(found([a, node("b", 1, 1)], [["a", "b"]]))).toEqual([]); // b leads to what is not there
  expect(lacking(found([node("a", 0, 2), node("b", 1, 0)], [["a", "b"]]), found([node("b"), c], []))).toEqual([A, "table:c"]);
  expect(lacking(found([a, a], [["a", "a"]]), found([b], [["a", "b"]]))).toEqual([]);
  expect(lacking(found([node("a", 1, 1)], [["a", "a"]]))).toEqual([]); // it is its own only neighbour
});

test("what is put beside the picture is shown whatever leads to it, with the level of its edges", () => {
  const opened = put(readExplorer("table", "a", new URLSearchParams()), ["table:x", "table:y"]);
  const replies = new Map([
    ["downstream table:a", found([a, b], [["a", "b"]])],
    ["alone table:x", found([node("x")], [])],
    ["alone table:y", found([node("y")], [])],
  ]);
  const view = seen(A, opened.expansions, replies, 300, [["b", "x"]]);
  expect(names(view)).toBe("abxy");
  expect([view.levels.get("table:x"), view.levels.get("table:y")]).toEqual([2, undefined]);
  expect(put(opened, ["table:x"]).expansions).toEqual(opened.expansions);
});

test("columns of a table open and close, a column is followed and left", () => {
  const state = readExplorer("table", "a", new URLSearchParams());
  expect(toggleColumns(toggleColumns(state, A), A)).toEqual(state);
  expect(follow(follow(state, "column:a/x"), "column:a/y").trace).toBe("column:a/y");
  expect(follow(follow(state, "column:a/x"), "column:a/x").trace).toBe(null);
});

test("a second click on the same side asks for the next page", () => {
  const state = expand(readExplorer("table", "a", new URLSearchParams()), "upstream", A);
  expect(state.expansions[0]).toEqual({ side: "upstream", id: A, pages: 2 });
});

test("values of a spreadsheet are quoted, and none is a formula", () => {
  const odd = { ...node('=cmd,"x"'), owners: ["a@b", "c"] };
  expect(csvOf([odd]).split("\r\n")[1]).toBe(`table,"'=cmd,""x""","'=cmd,""x""",d,s,a@b c,1,0,0,`);
  expect(csvOf([{ ...node("k"), gone_since: 1_700_000_000 }]).split("\r\n")[1]).toBe("table,k,k,d,s,,1,0,0,2023-11-14T22:13:20.000Z");
});
