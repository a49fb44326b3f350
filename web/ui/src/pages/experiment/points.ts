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
