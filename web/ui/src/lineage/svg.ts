// The picture as a file of its own: an SVG drawing made of what is in it, with nothing that it would have to fetch. Pure.
import { kindName } from "../text/keys";
import { type Columns, heightOf } from "./columns";
import { CARD, type Positions } from "./geometry";
import { idOf, type LineageNode, type View } from "./graph";
import { columnLinesOf, linesOf, rowMiddle } from "./curves";

/** Colours as they are on the page at that time. */
export type Inks = Record<"ground" | "card" | "text" | "quiet" | "line" | "accent" | "start" | "table" | "dashboard" | "feature", string>;

/** How wide a text is, of a size in units of the picture. */
export type Measure = (text: string, size: number, bold: boolean) => number;

interface Drawn {
  view: View;
  columns: Columns;
  positions: Positions;
  start: string;
  title: string;
}

const MARGIN = 30;
const LETTERS = new Intl.Segmenter(); // what readers take for one letter
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

export function svgOf({ view, columns, positions, start, title }: Drawn, inks: Inks, measure: Measure): string {
  const cards = view.nodes.flatMap((node) => {
    const at = positions.get(idOf(node));
    return at ? [{ node, ...at, height: heightOf(idOf(node), columns) }] : [];
  });
  const left = Math.min(...cards.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...cards.map(({ y }) => y)) - MARGIN;
  const width = Math.max(...cards.map(({ x }) => x + CARD.width)) + MARGIN - left;
  const height = Math.max(...cards.map(({ y, height }) => y + height)) + MARGIN - top;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="${escaped(FONT)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${inks.ground}"/>`,
    `<g fill="none" stroke="${inks.line}" stroke-width="1.5">`,
    ...linesOf(view.edges, positions).map(({ path }) => `<path d="${path}"/>`),
    "</g>",
    `<g fill="none" stroke="${inks.table}" stroke-width="1.2">`,
    ...columnLinesOf(columns, positions).map(({ path }) => `<path d="${path}"/>`),
    "</g>",
    ...cards.map((card) => cardOf(card, columns.on.get(idOf(card.node)) ?? [], idOf(card.node) === start, inks, measure)),
    "</svg>",
    "",
  ].join("\n");
}

interface Card {
  node: LineageNode;
  x: number;
  y: number;
  height: number;
}

function cardOf({ node, x, y, height }: Card, rows: LineageNode[], start: boolean, inks: Inks, measure: Measure): string {
  const ink = node.kind === "dashboard" || node.kind === "feature" ? inks[node.kind] : inks.table;
  const where = [kindName(node.kind), node.database, node.schema].filter(Boolean).join(" · ");
  const room = CARD.width - 2 * 18;
  const write = (text: string, size: number, bold: boolean, down: number, fill: string) =>
    `<text x="${x + 18}" y="${y + down}" font-size="${size}" fill="${fill}"${bold ? ' font-weight="600"' : ""}>${escaped(fitted(text, room, (part) => measure(part, size, bold)))}</text>`;
  return [
    `<g><title>${escaped(`${kindName(node.kind)} ${node.key}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${CARD.width}" height="${height}" rx="6" fill="${start ? inks.start : inks.card}" stroke="${start ? inks.accent : inks.line}"/>`,
    `<rect x="${x}" y="${y}" width="4" height="${height}" rx="2" fill="${ink}"/>`,
    write(node.name, 14.8, true, 26, inks.text),
    write(where, 12.8, false, 44, inks.quiet),
    ...rows.map((row, index) => write(row.name, 12.8, false, rowMiddle(index) + 4, inks.text)),
    "</g>",
  ].join("");
}

/** As much of a text as there is room for. */
export function fitted(text: string, room: number, width: (text: string) => number): string {
  if (width(text) <= room) return text;
  const letters = Array.from(LETTERS.segment(text), ({ segment }) => segment);
  let [fits, over] = [0, letters.length];
  while (over - fits > 1) {
    const half = Math.floor((fits + over) / 2);
    if (width(`${letters.slice(0, half).join("")}…`) <= room) fits = half;
    else over = half;
  }
  return `${letters.slice(0, fits).join("")}…`;
}

/** Text as XML may hold it: what XML cannot say at all is left out. */
export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (letter) => names[letter] ?? "");
}
