// What runs were told and what they measured, as people read and compare it. Pure.

/** A number as short as it can be without lying about its first digits. */
export function short(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString("en");
  return Number(value.toPrecision(4)).toString();
}

/** A text as a number, where it is one. */
export function numberIn(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

export interface Difference {
  name: string;
  left: string | null;
  right: string | null;
}

/** Two sets of values side by side, by name; those that differ first. */
export function differences(left: Record<string, string>, right: Record<string, string>): Difference[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  const rows = names.map((name) => ({ name, left: left[name] ?? null, right: right[name] ?? null }));
  return [...rows.filter((row) => row.left !== row.right), ...rows.filter((row) => row.left === row.right)];
}

/** Round steps along an axis, about so many of them, that its values lie within. */
export function ticks(least: number, most: number, count = 5): number[] {
  if (!(most > least)) return [least];
  const rough = (most - least) / count;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
