import { describe, expect, it, test } from "vitest";

import type { Ingest } from "../src/api/routes";
import { choicesOf, countsOf, isStatus, refusedOf, stateOf } from "../src/text/ingestion";
import { lasting } from "../src/text/times";

const NOTHING = { read: 0, written: 0, unchanged: 0, kept: 0, refused: 0, removed: 0, unresolved: 0 };

function aRun(counts: Partial<typeof NOTHING>): Ingest.Run {
  return { ...NOTHING, ...counts } as Ingest.Run;
}

test.each([
  [0, "under 1 s"],
  [0.9, "under 1 s"],
  [59, "59 s"],
  [60, "1 min"],
  [125, "2 min 5 s"],
  [3_600, "1 h"],
  [7_530, "2 h 5 min"],
  [90_000, "1 d 1 h"],
  [-3, "under 1 s"], // clocks differ
])("%d seconds are told as %s", (seconds, text) => {
  expect(lasting(seconds)).toBe(text);
});

describe("a run", () => {
  it("tells what always counts, and what is rare only where there is some", () => {
    expect(countsOf(aRun({})).map(({ name }) => name)).toEqual(["Read", "Written", "Unchanged", "Refused", "Marked"]);
    const rare = countsOf(aRun({ kept: 2, unresolved: 3, removed: 4 }));
    expect(Object.fromEntries(rare.map(({ name, value }) => [name, value]))).toMatchObject({ Kept: 2, Unresolved: 3, Marked: 4 });
  });
  it("says of how many refusals the reason is kept", () => {
    expect(refusedOf({ refused: 1, refusals: ["a"] })).toBe("1 was refused.");
    expect(refusedOf({ refused: 21, refusals: ["a", "b"] })).toBe("21 were refused; the reasons of the first 2 are kept.");
  });
  it("in a state that is not known is told as the service calls it", () => {
    expect(stateOf("failed").tone).toBe("bad");
    expect(stateOf("dancing")).toMatchObject({ name: "dancing", about: "" });
    expect(isStatus("toString")).toBe(false);
  });
});

test("jobs, sources of runs and what was chosen can be chosen, each once", () => {
  expect(choicesOf(["dbt", "warehouse"], [{ job: "push" }, { job: "dbt" }], "gone")).toEqual(["dbt", "gone", "push", "warehouse"]);
  expect(choicesOf([], [], "")).toEqual([]);
});
