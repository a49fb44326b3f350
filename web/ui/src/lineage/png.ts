// A drawing as pixels. It is painted rather than made from the SVG: the page's policy lets no picture be loaded from a text.
import { type Drawing, FONT, type Shape } from "./drawing";

const SHARP = 2; // pixels for a unit of the picture
const MOST_SIDE = 8_192; // pixels that every browser paints
const MOST_AREA = 48_000_000;

/** The drawing as a PNG file, as sharp as its size allows. Rejects where the browser cannot paint it. */
export async function pngOf(drawing: Drawing): Promise<Blob> {
  const { x, y, width, height } = drawing.box;
  const scale = scaleOf(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot paint it.");
  context.scale(scale, scale);
  context.translate(-x, -y);
  paint(context, drawing);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("It is too large for this browser to paint."))), "image/png"),
  );
}

/** How many pixels a unit gets, so that browsers paint a picture of that size. */
export function scaleOf(width: number, height: number): number {
  return Math.min(SHARP, MOST_SIDE / width, MOST_SIDE / height, Math.sqrt(MOST_AREA / (width * height)));
}

function paint(context: CanvasRenderingContext2D, { box, ground, lines, cards }: Drawing) {
  context.fillStyle = ground;
  context.fillRect(box.x, box.y, box.width, box.height);
  for (const { paths, stroke, width } of lines) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    for (const path of paths) context.stroke(new Path2D(path));
  }
  context.lineWidth = 1;
  for (const shape of cards.flatMap((card) => card.shapes)) paintShape(context, shape);
}

function paintShape(context: CanvasRenderingContext2D, shape: Shape) {
  context.fillStyle = shape.fill;
  if (shape.shape === "text") {
    context.font = `${shape.bold ? 600 : 400} ${shape.size}px ${FONT}`;
    context.fillText(shape.text, shape.x, shape.y);
    return;
  }
  context.beginPath();
  context.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius);
  context.fill();
  if (shape.stroke === null) return;
  context.strokeStyle = shape.stroke;
  context.stroke();
}
