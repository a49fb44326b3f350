import { expect, test } from "vitest";

import { placeOf, stepped } from "../src/components/Combobox";

test("what was picked is found wherever the list has it now", () => {
  expect(placeOf("b", ["a", "b", "c"], 0)).toBe(1);
  expect(placeOf("b", ["b"], 0)).toBe(0);
});

test("one starts anew where nothing was picked or what was is gone", () => {
  for (const start of [0, -1]) {
    expect(placeOf(null, ["a", "b"], start)).toBe(start);
    expect(placeOf("c", ["a", "b"], start)).toBe(start);
    expect(placeOf("c", [], start)).toBe(start);
  }
});

test("steps go round, through what was typed where that is a place too", () => {
  expect([1, 1, 1].reduce((at, step) => stepped(at, step, 0, 2), 0)).toBe(1);
  expect([1, 1, 1].reduce((at, step) => stepped(at, step, -1, 2), -1)).toBe(-1);
  expect(stepped(0, -1, 0, 3)).toBe(2);
});
