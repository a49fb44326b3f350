import { describe, expect, it } from "vitest";

import { differences, numberIn, short, ticks } from "../src/text/measures";

describe("numbers", () => {
  it("are short, and whole ones stay whole", () => {
    expect([0.123456, 12, 1234567, 1e-9, 98765.4321].map(short)).toEqual(["0.1235", "12", "1,234,567", "1e-9", "98770"]);
  });
  it("are read from texts that are nothing else", () => {
    expect(["5", "-2.5e3", "", " ", "5px", "Infinity", undefined].map(numberIn)).toEqual([5, -2500, null, null, null, null, null]);
  });
});

describe("differences", () => {
  it("put what differs first, what one side lacks among it", () => {
    expect(differences({ a: "1", b: "2", c: "3" }, { a: "1", b: "5", d: "4" })).toEqual([
      { name: "b", left: "2", right: "5" },
      { name: "c", left: "3", right: null },
      { name: "d", left: null, right: "4" },
      { name: "a", left: "1", right: "1" },
    ]);
  });
});

describe("ticks", () => {
  it("are round and within", () => {
    expect(ticks(0, 10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(0.81, 0.93)).toEqual([0.85, 0.9]);
    expect(ticks(-3, 3)).toEqual([-2, 0, 2]);
  });
  it("of one value are that value", () => {
    expect(ticks(4, 4)).toEqual([4]);
  });
});
