// What a drawing of the picture takes from the page: its colours, and how wide its letters are.
import type { Inks, Measure } from "./drawing";

const NAMES: Record<keyof Inks, string> = {
  ground: "sunk",
  card: "raised",
  text: "text",
  quiet: "quiet",
  line: "line-strong",
  accent: "accent",
  start: "accent-ground",
  table: "table",
  dashboard: "dashboard",
  feature: "feature",
  run: "run",
  model: "model",
};

/** The colours of the page as it looks now, light or dark. */
export function inksOf(page: HTMLElement): Inks {
  const probe = page.appendChild(document.createElement("span"));
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const inks = Object.fromEntries(Object.entries(NAMES).map(([name, token]) => [name, colour(token)])) as Inks;
  probe.remove();
  return inks;
}

export function measureIn(page: HTMLElement): Measure {
  const context = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(page).fontFamily;
  return (text, size, bold) => {
    if (!context) return text.length * size * 0.6;
    context.font = `${bold ? 600 : 400} ${size}px ${family}`;
    return context.measureText(text).width;
  };
}
