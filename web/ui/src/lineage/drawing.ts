// The picture as a drawing of its own, made of what is in it, with nothing that it would have to fetch. Pure.
import { kindName } from "../text/keys";
import { type Columns, heightOf } from "./columns";
import { columnLinesOf, linesOf, rowMiddle } from "./curves";
import { CARD, type Positions } from "./geometry";
import { endOf, idOf, type LineageKind, type LineageNode, type View, whereOf } from "./graph";

/** Colours as they are on the page at that time. */
export type Inks = Record<"ground" | "card" | "text" | "quiet" | "line" | "accent" | "start" | Hue, string>;

/** What tells kinds apart; what is part of something has its colour. */
type Hue = "table" | "dashboard" | "feature" | "run" | "model";
const HUES: Record<LineageKind, Hue> = {
  table: "table",
  column: "table",
  dashboard: "dashboard",
  feature: "feature",
  run: "run",
  model_version: "model",
  model: "model",
};

/** How wide a text is, of a size in units of the picture. */
export type Measure = (text: string, size: number, bold: boolean) => number;

export interface Pictured {
  view: View;
  columns: Columns;
  positions: Positions;
  start: string;
  title: string;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Shape =
  | (Box & { shape: "box"; radius: number; fill: string; stroke: string | null })
  | { shape: "text"; x: number; y: number; size: number; bold: boolean; fill: string; text: string };

/** Lines first, then cards; each card has a title of its own. */
export interface Drawing {
  title: string;
  box: Box;
  ground: string;
  lines: { paths: string[]; stroke: string; width: number }[];
  cards: { title: string; shapes: Shape[] }[];
}

const MARGIN = 30;
export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const LETTERS = new Intl.Segmenter(); // what readers take for one letter

export function drawingOf({ view, columns, positions, start, title }: Pictured, inks: Inks, measure: Measure): Drawing {
  const cards = view.nodes.flatMap((node) => {
    const at = positions.get(idOf(node));
    return at ? [{ node, ...at, height: heightOf(idOf(node), columns) }] : [];
  });
  const x = Math.min(...cards.map((card) => card.x)) - MARGIN;
  const y = Math.min(...cards.map((card) => card.y)) - MARGIN;
  const width = Math.max(...cards.map((card) => card.x + CARD.width)) + MARGIN - x;
  const height = Math.max(...cards.map((card) => card.y + card.height)) + MARGIN - y;
  return {
    title,
    box: { x, y, width, height },
    ground: inks.ground,
    lines: [
      { paths: linesOf(view.edges, positions).map(({ path }) => path), stroke: inks.line, width: 1.5 },
      { paths: columnLinesOf(columns, positions).map(({ path }) => path), stroke: inks.table, width: 1.2 },
    ],
    cards: cards.map((card) => ({
      title: `${kindName(card.node.kind)} ${card.node.key}`,
      shapes: cardOf(card, columns.on.get(idOf(card.node)) ?? [], idOf(card.node) === start, inks, measure),
    })),
  };
}

interface Card {
  node: LineageNode;
  x: number;
  y: number;
  height: number;
}

function cardOf({ node, x, y, height }: Card, rows: LineageNode[], start: boolean, inks: Inks, measure: Measure): Shape[] {
  const where = whereOf(node, kindName(node.kind));
  const room = CARD.width - 2 * 18;
  const write = (text: string, size: number, bold: boolean, down: number, fill: string): Shape => ({
    ...{ shape: "text", x: x + 18, y: y + down, size, bold, fill },
    text: fitted(text, room, (part) => measure(part, size, bold)),
  });
  const [fill, stroke] = start ? [inks.start, inks.accent] : [inks.card, inks.line];
  return [
    { shape: "box", x, y, width: CARD.width, height, radius: 6, fill, stroke },
    { shape: "box", x, y, width: 4, height, radius: 2, fill: inks[HUES[endOf(idOf(node)).kind]], stroke: null },
    write(node.name, 14.8, true, 26, inks.text),
    write(where, 12.8, false, 44, inks.quiet),
    ...rows.map((row, index) => write(row.name, 12.8, false, rowMiddle(index) + 4, inks.text)),
  ];
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
