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

/** A time as some source wrote it: with its zone if it has one, else UTC, as Amundsen's sources mean it. */
export function parsed(text: string | null): number | null {
  if (!text) return null;
  const zoned = /([zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
