import { QueriesObserver, QueryClient, type QueryObserverResult } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { cardsOf } from "../src/lineage/cards";
import { NO_COLUMNS } from "../src/lineage/columns";
import { Around, combining, expandedOf } from "../src/lineage/explored";
import { type Found, idOf, type LineageNode, shownOf, viewOf } from "../src/lineage/graph";

const node = (name: string, upstream: number, downstream: number) =>
  ({ kind: "table", key: name, name, usage: 1, upstream_count: upstream, downstream_count: downstream }) as LineageNode;
const edge = (source: string, target: string) => ({
  source: { kind: "table", key: source },
  target: { kind: "table", key: target },
  origin: { source: null, run: null, first_seen_at: null, last_seen_at: null, author: null, reason: null },
});
const around = (name: string, others: string[]): Found => ({
  of: { side: "downstream", id: `table:${name}`, pages: 1 },
  nodes: [name, ...others].map((one) => node(one, one === "a" ? 0 : 1, one < "d" ? 2 : 0)),
  edges: others.map((other) => edge(name, other)),
  more: false,
});
const reply = (data?: Found) => ({ data, error: null, isFetching: data === undefined });

// a leads to b and c, b to d and e, c to f and g
const [A, B, C] = [around("a", ["b", "c"]), around("b", ["d", "e"]), around("c", ["f", "g"])];

function cards(found: readonly Found[]) {
  const view = viewOf(shownOf("table:a", found), found, []);
  const positions = new Map(view.nodes.map((one, index) => [idOf(one), { x: 0, y: index }]));
  const places = new Map([...positions].map(([id, at]) => [id, PLACES.get(id) ?? at]));
  for (const [id, at] of places) PLACES.set(id, at);
  const open = new Set(expandedOf(new Around(found, null, false), found.map(({ of }) => of)));
  return cardsOf({ view, columns: NO_COLUMNS, start: "table:a", open, traced: null, positions: places, light: null });
}
const PLACES = new Map<string, { x: number; y: number }>();

test("what was found is the same list while what is asked for has not come", () => {
  const combine = combining();
  const { found } = combine([reply(A), reply(B)]);
  const waiting = combine([reply(A), reply(B), reply()]);
  expect(waiting.found).toBe(found);
  expect([waiting.busy, combine([reply(A), reply(B), reply()])]).toEqual([true, waiting]);
  expect(combine([reply(A), reply(B), reply(C)]).found).toEqual([A, B, C]);
});

test("hiding what came between leaves what came after as it is, so that none of it is drawn again", () => {
  const client = new QueryClient();
  const observer = new QueriesObserver<Around>(client, []);
  const combine = combining();
  const found = (...asked: Found[]) => {
    const queries = asked.map((data) => ({ queryKey: [data.of], queryFn: () => data, initialData: data, staleTime: Infinity }));
    const [, combined] = observer.getOptimisticResult(queries, combine as (results: QueryObserverResult[]) => Around);
    return combined().found;
  };
  expect(found(A, B, C)[2]).toBe(C);
  expect(found(A, C)[1]).toBe(C);
});

test("a click draws the cards that it brings, and the one that was clicked", () => {
  const before = new Set(cards([A, B]));
  const after = cards([A, B, C]);
  expect(after.filter((card) => !before.has(card)).map(({ id }) => id)).toEqual(["table:c", "table:f", "table:g"]);
});

test("what is asked for can be hidden once it is there, or once it could not be had", () => {
  const asked = [A, B].map(({ of }) => of);
  expect(expandedOf(new Around([A], null, true), asked)).toEqual(["downstream table:a"]);
  expect(expandedOf(new Around([A, B], null, false), asked)).toEqual(["downstream table:a", "downstream table:b"]);
  expect(expandedOf(new Around([A], new Error("gone"), false), asked)).toEqual(["downstream table:a", "downstream table:b"]);
  expect(expandedOf(new Around([A, B], null, true), asked.slice(0, 1))).toEqual(["downstream table:a"]); // hidden at once
});
