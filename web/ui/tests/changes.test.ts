import { expect, test } from "vitest";

import { deed, deeds, type EntityChange, partOf, spoken } from "../src/text/changes";

const ORDERS = "hive://gold.core/orders";

function change(given: Partial<EntityChange>): EntityChange {
  const nothing = { property: null, relation: null, other: null };
  return { at: 1, actor: "ada", action: "add", key: ORDERS, kind: "table", entity: ORDERS, name: "orders", ...nothing, ...given };
}

test.each([
  [{ action: "set", property: "description" }, "set the description"],
  [{ action: "add", relation: "TAGGED_BY" }, "added tag"],
  [{ action: "remove", relation: "HAS_DOWNSTREAM" }, "removed lineage to"],
  [{ action: "add", relation: "HAS_REPORT" }, "added has report"],
])("%o is told as %s", (given, words) => {
  expect(deed(change(given))).toBe(words);
});

test("a description belongs to the table or to a part of it", () => {
  expect(partOf(ORDERS, `${ORDERS}/_description`)).toBe("");
  expect(partOf(ORDERS, `${ORDERS}/amount/_description`)).toBe("amount");
  expect(partOf(ORDERS, `${ORDERS}/amount`)).toBe("amount");
  expect(partOf(ORDERS, `${ORDERS}/place/type/place/city/_description`)).toBe("place/city");
  expect(partOf(ORDERS, `${ORDERS}_old`)).toBe("");
});

test("what was written along with something else is not told, and is told alone", () => {
  const tagged = change({ relation: "TAGGED_BY", other: "pii" });
  const type = change({ action: "set", property: "tag_type" });
  expect(spoken([tagged, type])).toEqual([tagged]);
  expect(spoken([change({ at: 2, relation: "TAGGED_BY" }), type])).toHaveLength(2);
});

test("changes in a row by one person to one thing are one deed", () => {
  const found = deeds(
    [
      change({ at: 9, relation: "OWNER", other: "bo" }),
      change({ at: 8, relation: "TAGGED_BY", other: "pii" }),
      change({ at: 7, actor: "bo", action: "set", property: "description" }),
      change({ at: 6, relation: "TAGGED_BY", other: "old" }),
    ],
    9,
  );
  expect(found.map(({ first, all }) => [first.actor, first.at, all.length])).toEqual([
    ["ada", 9, 2],
    ["bo", 7, 1],
    ["ada", 6, 1],
  ]);
});

test("what is gone, has no page or concerns nobody else is left out, and no more are told than asked for", () => {
  const others = [
    change({ name: null }),
    change({ kind: "tag", entity: "pii" }),
    change({ relation: "FOLLOWED_BY" }),
    change({ at: 3, entity: "a" }),
    change({ at: 2, entity: "b" }),
  ];
  expect(deeds(others, 1).map(({ first }) => first.entity)).toEqual(["a"]);
});
