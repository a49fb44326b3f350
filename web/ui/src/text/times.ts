// Times in the reader's own zone and language.
const STEPS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function ago(seconds: number, now = Date.now() / 1000, language = navigator.language): string {
  const passed = seconds - now;
  const [unit, length] = STEPS.find(([, step]) => Math.abs(passed) >= step) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(passed / length), unit);
}

export function exact(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

/** A moment as short as a table has room for. */
export function moment(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

const PARTS: [unit: string, seconds: number][] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];

/** How long something took, by its two largest units: `2 h 5 min`. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = PARTS.findIndex(([, length]) => whole >= length);
  if (first < 0) return "under 1 s";
  const [[unit, length] = ["s", 1], next] = PARTS.slice(first);
  const rest = next ? Math.floor((whole % length) / next[1]) : 0;
  const large = `${Math.floor(whole / length)} ${unit}`;
  return next && rest > 0 ? `${large} ${rest} ${next[0]}` : large;
}

/** A time as some source wrote it: with its zone if it has one, else UTC, as Amundsen's sources mean it. */
export function parsed(text: string | null): number | null {
  if (!text) return null;
  const zoned = /([zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
