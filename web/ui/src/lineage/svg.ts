// A drawing as a file that anything shows: SVG, which fetches nothing and holds no markup of the graph. Pure.
import { type Drawing, FONT, type Shape } from "./drawing";

export function svgOf({ title, box: { x, y, width, height }, ground, lines, cards }: Drawing): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" width="${width}" height="${height}" font-family="${escaped(FONT)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${ground}"/>`,
    ...lines.flatMap(({ paths, stroke, width: thick }) => [
      `<g fill="none" stroke="${stroke}" stroke-width="${thick}">`,
      ...paths.map((path) => `<path d="${path}"/>`),
      "</g>",
    ]),
    ...cards.map((card) => `<g><title>${escaped(card.title)}</title>${card.shapes.map(shapeOf).join("")}</g>`),
    "</svg>",
    "",
  ].join("\n");
}

function shapeOf(shape: Shape): string {
  if (shape.shape === "text") {
    const weight = shape.bold ? ' font-weight="600"' : "";
    return `<text x="${shape.x}" y="${shape.y}" font-size="${shape.size}" fill="${shape.fill}"${weight}>${escaped(shape.text)}</text>`;
  }
  const stroke = shape.stroke === null ? "" : ` stroke="${shape.stroke}"`;
  const { x, y, width, height, radius, fill } = shape;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"${stroke}/>`;
}

/** Text as XML may hold it: what XML cannot say at all is left out. */
export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"']/g, (letter) => names[letter] ?? "");
}
