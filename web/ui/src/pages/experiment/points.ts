// Where the runs of an experiment stand on a chart. Pure.
import type { Metadata } from "../../api/routes";
import { numberIn, short, ticks } from "../../text/measures";

export interface Point {
  run: Metadata.RunSummary;
  x: number | string; // a text where the parameter is not a number in every run
  y: number;
}

export interface Axis {
  at: (value: number | string) => number;
  marks: { at: number; text: string }[];
}

const MOST_TEXTS = 12; // of a text each, more would overlap
const LONGEST = 14; // letters

/** The runs that have both values; the parameter counts as a number where it is one in all of them. */
export function pointsOf(runs: Metadata.RunSummary[], parameter: string, metric: string): Point[] {
  const both = runs.filter((run) => run.parameters[parameter] !== undefined && run.metrics[metric] !== undefined);
  const numeric = both.every((run) => numberIn(run.parameters[parameter]) !== null);
  return both.map((run) => ({
    run,
    x: numeric ? Number(run.parameters[parameter]) : (run.parameters[parameter] ?? ""),
    y: run.metrics[metric] ?? 0,
  }));
}

/**
 * The parameter and the metric to begin with: one that is not the same in all runs, if there is any, then the most
 * points apart, of the most values across, then up.
 */
export function tellingOf(runs: Metadata.RunSummary[], parameters: string[], metrics: string[]): { x: string; y: string } {
  let best = { x: parameters[0] ?? "", y: metrics[0] ?? "" };
  let most: number[] = [];
  for (const x of parameters) {
    for (const y of metrics) {
      const points = pointsOf(runs, x, y);
      const across = apart(points.map((point) => point.x));
      const spread = [Math.min(across, 2), apart(points.map((point) => `${point.x} ${point.y}`)), across, apart(points.map((point) => point.y))];
      if (isMore(spread, most)) [best, most] = [{ x, y }, spread];
    }
  }
  return best;
}

function apart(values: unknown[]): number {
  return new Set(values).size;
}

function isMore(one: number[], other: number[]): boolean {
  const at = one.findIndex((value, index) => value !== (other[index] ?? 0));
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}

/** An axis from `start` to `end` that all values lie on, with a little room at both ends. */
export function axisOf(values: (number | string)[], start: number, end: number): Axis {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length === values.length) return numeric(numbers, start, end);
  const texts = [...new Set(values.map(String))].sort();
  const at = (value: number | string) => start + ((texts.indexOf(String(value)) + 0.5) / texts.length) * (end - start);
  const every = Math.ceil(texts.length / MOST_TEXTS);
  return { at, marks: texts.filter((_, index) => index % every === 0).map((text) => ({ at: at(text), text: cut(text) })) };
}

function numeric(values: number[], start: number, end: number): Axis {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const room = (most - least) * 0.06 || Math.abs(most) * 0.06 || 1;
  const [low, high] = [least - room, most + room];
  const at = (value: number | string) => start + ((Number(value) - low) / (high - low)) * (end - start);
  return { at, marks: ticks(low, high).map((value) => ({ at: at(value), text: short(value) })) };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
