import { describe, expect, it } from "vitest";

import type { Metadata } from "../src/api/routes";
import { axisOf, pointsOf, tellingOf } from "../src/pages/experiment/points";

function aRun(depth: string | undefined, auc: number | undefined): Metadata.RunSummary {
  const parameters: Record<string, string> = depth === undefined ? {} : { depth };
  const metrics: Record<string, number> = auc === undefined ? {} : { auc };
  return { key: `${depth} ${auc}`, name: "run", parameters, metrics } as Metadata.RunSummary;
}

describe("points", () => {
  it("are the runs that have both values, as numbers where all are", () => {
    const runs = [aRun("5", 0.9), aRun("10", 0.8), aRun(undefined, 0.7), aRun("7", undefined)];
    expect(pointsOf(runs, "depth", "auc").map(({ x, y }) => [x, y])).toEqual([[5, 0.9], [10, 0.8]]);
  });
  it("are texts where one is no number", () => {
    expect(pointsOf([aRun("5", 1), aRun("none", 2)], "depth", "auc").map(({ x }) => x)).toEqual(["5", "none"]);
  });
});

describe("a chart begins with", () => {
  const run = (parameters: Record<string, string>, metrics: Record<string, number>) =>
    ({ key: "", name: "", parameters, metrics }) as Metadata.RunSummary;

  it("the parameter and the metric with the most points apart, not the first by name", () => {
    const runs = [1, 2, 3].map((n) => run({ a_one: "7", depth: String(n), few: n > 2 ? "x" : "y" }, { acc: 1, loss: n }));
    expect(tellingOf(runs, ["a_one", "depth", "few"], ["acc", "loss"])).toEqual({ x: "depth", y: "loss" });
  });
  it("not with a parameter that only one run has, however much its metric differs", () => {
    const runs = [run({ rare: "1" }, { loss: 1 }), run({ same: "5", two: "1" }, { loss: 2 }), run({ same: "5", two: "2" }, { loss: 3 })];
    expect(tellingOf(runs, ["rare", "same", "two"], ["loss"])).toEqual({ x: "two", y: "loss" });
  });
  it("the first by name where none tells more than another", () => {
    expect(tellingOf([run({ b: "1", c: "1" }, { d: 1, e: 1 })], ["b", "c"], ["d", "e"])).toEqual({ x: "b", y: "d" });
    expect(tellingOf([], [], [])).toEqual({ x: "", y: "" });
  });
});

describe("an axis", () => {
  it("keeps all values within and in order", () => {
    const axis = axisOf([0, 5, 10], 100, 200);
    const places = [0, 5, 10].map(axis.at);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(100);
    expect(Math.max(...places)).toBeLessThan(200);
    expect(axis.at(5)).toBeCloseTo(150);
    expect(axis.marks.map((mark) => mark.text)).toEqual(["0", "5", "10"]);
  });
  it("of one value alone has it in the middle", () => {
    expect(axisOf([3, 3], 0, 100).at(3)).toBeCloseTo(50);
    expect(axisOf([0], 0, 100).at(0)).toBeCloseTo(50);
  });
  it("of texts gives each its place, and marks no more than fit", () => {
    const axis = axisOf(["b", "a", "b"], 0, 100);
    expect([axis.at("a"), axis.at("b")]).toEqual([25, 75]);
    const many = Array.from({ length: 40 }, (_, index) => `text ${index}`);
    expect(axisOf(many, 0, 100).marks.length).toBeLessThanOrEqual(12);
  });
});
