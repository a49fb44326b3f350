// Matches as the search service marks them: HTML-escaped text with <em>. It is taken apart, never put in as markup.
export interface Piece {
  text: string;
  match: boolean;
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'", "#x27": "'", "#34": '"' };

export function piecesOf(marked: string): Piece[] {
  return marked
    .split(/(<em>.*?<\/em>)/s)
    .filter((part) => part !== "")
    .map((part) => {
      const found = /^<em>(.*)<\/em>$/s.exec(part);
      return { text: unescape(found?.[1] ?? part), match: found !== null };
    });
}

/** A few words around the first match of a long text, cut at blanks. */
export function around(pieces: Piece[], length: number): Piece[] {
  const first = pieces.findIndex((piece) => piece.match);
  if (first < 1) return cut(pieces, length);
  const before = pieces[first - 1];
  const lead = before ? before.text.slice(-Math.floor(length / 3)) : "";
  const whole = first === 1 && before?.text === lead;
  const kept: Piece = { text: whole ? lead : `… ${lead.replace(/^\S*\s/, "")}`, match: false };
  return cut([kept, ...pieces.slice(first)], length);
}

function cut(pieces: Piece[], length: number): Piece[] {
  const kept: Piece[] = [];
  let left = length;
  for (const piece of pieces) {
    if (left <= 0) break;
    const whole = piece.match || piece.text.length <= left; // a match is shown whole
    const text = whole ? piece.text : `${piece.text.slice(0, left).replace(/\s\S*$/, "")}\u00a0…`;
    kept.push({ ...piece, text });
    left -= piece.text.length;
  }
  return kept;
}

function unescape(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
