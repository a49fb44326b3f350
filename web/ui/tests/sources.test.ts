import { expect, test } from "vitest";

import { silentSince } from "../src/components/Sources";
import { type LineageNode, whereOf, whereOnCard } from "../src/lineage/graph";

test("something is silent when every source that told of it is, since the last fell silent", () => {
  expect(silentSince([{ gone_since: 5 }, { gone_since: 9 }, { gone_since: 7 }])).toBe(9);
  expect(silentSince([{ gone_since: 5 }, { gone_since: null }])).toBe(null);
  expect(silentSince([])).toBe(null);
});

test("what no source tells of any more says so where it is listed", () => {
  const at = { database: "hive", schema: "core" };
  expect(whereOf({ ...at, gone_since: 1 } as LineageNode)).toBe("gone · hive · core");
  expect(whereOf({ ...at, gone_since: null } as LineageNode, "Table")).toBe("Table · hive · core");
  const column = { ...at, table: "hive://gold.core/orders", gone_since: 1 } as LineageNode;
  expect(whereOnCard(column)).toBe("gone · orders");
  expect(whereOnCard({ ...column, gone_since: null })).toBe("orders");
  expect(whereOnCard({ ...column, table: null })).toBe("gone · hive · core");
});
