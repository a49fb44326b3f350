import { expect, test } from "vitest";

import { matching } from "../src/pages/table/columnFilter";
import { filtersOf, hasForeign, offerFor, readState, requestFor, toggle, writeState } from "../src/pages/search/state";

const ADDRESS = "q=net+revenue&kind=table&sort=usage&page=3&f.schema=marts&f.schema=raw&f.tags=a%26b";

test("an address is read and written back as it was", () => {
  expect(writeState(readState(new URLSearchParams(ADDRESS))).toString()).toBe(ADDRESS);
});

test.each(["kind=nonsense", "page=-1", "page=x", "sort=x", "f.=1"])("%s means nothing", (address) => {
  expect(writeState(readState(new URLSearchParams(address))).toString()).toBe("");
});

test("a value is chosen and dropped, from the first page on", () => {
  const state = readState(new URLSearchParams(ADDRESS));
  const dropped = toggle(toggle(state, "schema", "raw"), "tags", "a&b");
  expect(dropped.filters).toEqual({ schema: ["marts"] });
  expect(dropped.page).toBe(0);
  expect(toggle(dropped, "owners", "ada").filters).toEqual({ schema: ["marts"], owners: ["ada"] });
});

test("what is chosen becomes a filter under the service's name for it", () => {
  const state = readState(new URLSearchParams(ADDRESS));
  expect(filtersOf(state, "table")).toEqual([
    { name: "schema", operation: "OR", values: ["marts", "raw"] },
    { name: "tag", operation: "OR", values: ["a&b"] },
  ]);
  expect(requestFor(state, "table")).toMatchObject({ query_term: "net revenue", page_index: 2, sort: "usage" });
});

test("what else a facet offers is counted without the facet itself", () => {
  const offer = offerFor(readState(new URLSearchParams(ADDRESS)), "table", "schema");
  expect(offer.filters?.map((filter) => filter.name)).toEqual(["tag"]);
  expect(offer.facets).toEqual(["schema"]);
});

test("a filter that a kind does not have is noticed", () => {
  const state = readState(new URLSearchParams("f.product=superset"));
  expect([hasForeign(state, "table"), hasForeign(state, "dashboard")]).toEqual([true, false]);
});

test("columns match by every word typed", () => {
  const column = (name: string, description: string | null, col_type = "int") =>
    ({ name, description, col_type, badges: [{ badge_name: "pk", category: "column" }] }) as never;
  const columns = [column("order_id", "Number of the order"), column("amount", null, "struct<net:int>")];
  expect(matching(columns, "ORDER number")).toHaveLength(1);
  expect(matching(columns, "net")).toHaveLength(1);
  expect(matching(columns, "pk")).toHaveLength(2);
  expect(matching(columns, "order net")).toHaveLength(0);
  expect(matching(columns, " ")).toHaveLength(2);
});
