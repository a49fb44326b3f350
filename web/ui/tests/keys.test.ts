import { expect, test } from "vitest";

import { keyIn, lineageOf, pageOf, partsOf, tableKey } from "../src/text/keys";

const ODD = ["hive://gold.core/orders", "hive://gold.co%2Fre/a%25b", "x://y.z/größe 주문", "g/f/1.0", "a?b#c&d=e"];

test.each(ODD)("the page of %s leads back to it", (key) => {
  const { pathname, search } = new URL(pageOf("table", key), "http://fram.example");
  expect(keyIn(pathname, "/table/")).toBe(key);
  expect(search).toBe("");
});

test("a key that was typed unencoded is understood", () => {
  expect(keyIn("/table/hive://gold.core/orders", "/table/")).toBe("hive://gold.core/orders");
});

test("a malformed address is no reason to fail", () => {
  expect(keyIn("/table/100%", "/table/")).toBe("100%");
});

test("a column's page is its table's, with the column open", () => {
  const page = new URL(pageOf("Column", "hive://gold.core/orders/a%2Fb"), "http://fram.example");
  expect(keyIn(page.pathname, "/table/")).toBe("hive://gold.core/orders");
  expect(page.searchParams.get("column")).toBe("a/b");
});

test("people have pages of their own name", () => {
  expect(pageOf("user", "ada@example.com")).toBe("/person/ada@example.com");
  expect(lineageOf("Table", "g/f/1")).toBe("/lineage/table/g%2Ff%2F1");
});

test.each([
  ["hive://gold.core/orders", { name: "orders", within: "gold.core", source: "hive" }],
  ["mode_dashboard://c.g/board", { name: "board", within: "c.g", source: "mode" }],
  ["group/name/1.0", { name: "name", within: "group", source: "1.0" }],
  ["whatever", { name: "whatever", within: "", source: "" }],
])("%s is read in parts", (key, parts) => {
  expect(partsOf(key)).toEqual(parts);
});

test.each([
  [{ database: "hive", cluster: "gold", schema: "core", name: "orders" }, "hive://gold.core/orders"],
  [{ database: "hive", cluster: "a.b", schema: "c.d", name: "e/f%" }, "hive://a%2Eb.c.d/e%2Ff%25"],
  [{ database: "my_dashboard", cluster: "a", schema: "b", name: "c" }, "my%5Fdashboard://a.b/c"],
])("the key of a summary is the one the services have", (table, key) => {
  expect(tableKey(table)).toBe(key);
});
