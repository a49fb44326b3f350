import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Pointing, REST, TREMBLE } from "../src/lineage/pointing";

let lit: (string | null)[];
let pointing: Pointing;

beforeEach(() => {
  vi.useFakeTimers();
  lit = [];
  pointing = new Pointing((id) => lit.push(id));
});
afterEach(() => vi.useRealTimers());

test("what the pointer rests on is lit, what it passes is not", () => {
  pointing.come("table:a", "pointer");
  vi.advanceTimersByTime(REST - 1);
  pointing.come("table:b", "pointer");
  vi.advanceTimersByTime(REST - 1);
  expect(lit).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(lit).toEqual(["table:b"]);
});

test("a pointer that moves about on one thing does not put off its light", () => {
  pointing.come("table:a", "pointer");
  vi.advanceTimersByTime(REST / 2);
  pointing.move([60, 50]);
  vi.advanceTimersByTime(REST / 2);
  pointing.move([60, 50]);
  vi.advanceTimersByTime(REST);
  expect(lit).toEqual(["table:a"]);
});

test("a press on arrival lights nothing until the pointer moves on", () => {
  pointing.come("table:a", "pointer");
  pointing.press([50, 50]);
  vi.advanceTimersByTime(10 * REST);
  pointing.move([50 + TREMBLE - 1, 50]); // a hand that clicks trembles
  vi.advanceTimersByTime(10 * REST);
  expect(lit).toEqual([]);
  pointing.move([60, 50]);
  vi.advanceTimersByTime(REST);
  expect(lit).toEqual(["table:a"]);
});

test("a press at rest leaves what is lit", () => {
  pointing.come("table:a", "pointer");
  vi.advanceTimersByTime(REST);
  pointing.press([50, 50]);
  pointing.move([60, 50]);
  vi.advanceTimersByTime(REST);
  expect(lit).toEqual(["table:a"]);
});

test("leaving lets go at once, and of what was not lit yet", () => {
  pointing.come("table:a", "pointer");
  vi.advanceTimersByTime(REST);
  pointing.leave("pointer");
  expect(lit).toEqual(["table:a", null]);
  pointing.come("table:b", "pointer");
  pointing.leave("pointer");
  vi.advanceTimersByTime(REST);
  expect(lit.filter((id) => id === "table:b")).toEqual([]);
});

test("a focus that goes elsewhere takes nothing from the pointer, nor the pointer from the keyboard", () => {
  pointing.come("table:a", "keyboard");
  vi.advanceTimersByTime(REST);
  pointing.leave("pointer");
  expect(lit).toEqual(["table:a"]);
  pointing.come("table:b", "pointer");
  vi.advanceTimersByTime(REST);
  pointing.leave("keyboard");
  expect(lit).toEqual(["table:a", "table:b"]);
});
