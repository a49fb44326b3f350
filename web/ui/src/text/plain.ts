// Markdown as plain words, for a line in a list where formatting has no room.
export function plain(markdown: string | null, length = 220): string {
  const text = (markdown ?? "")
    .replace(/^\s*\|.*$/gm, " ") // tables say nothing in one line
    .replace(/```[\s\S]*?```/g, " ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(#{1,6}|[*+-]|\d+\.|>)\s+/gm, "")
    .replace(/(\*\*|__|`)/g, "")
    .replace(/(^|\W)[*_]([^*_\s][^*_]*)[*_](?=\W|$)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
  return text.length <= length ? text : `${text.slice(0, length).replace(/\s\S*$/, "")}\u00a0…`;
}

const NUMBERS = new Intl.NumberFormat(); // making one takes longer than all a page writes with it

export function count(number: number): string {
  return NUMBERS.format(number);
}
