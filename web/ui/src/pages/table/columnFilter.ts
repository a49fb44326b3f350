import type { Metadata } from "../../api/routes";

/** The columns in which every word typed stands: in the name, type, text or a badge. A type names its nested fields. */
export function matching(columns: Metadata.Column[], typed: string): Metadata.Column[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return columns;
  return columns.filter((column) => {
    const badges = column.badges.map((badge) => badge.badge_name);
    const text = [column.name, column.col_type, column.description, ...badges].join("\n").toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
