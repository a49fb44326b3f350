// What people edit in place: where its routes are, and how its text and badges are read and written.
import { ask, call } from "./client";

/** The kinds of things with texts and badges, each with the path that its routes begin with. */
const ROOTS = {
  table: "/table/{key}",
  column: "/table/{key}/column/{column}",
  type_metadata: "/type_metadata/{key}",
  dashboard: "/dashboard/{key}",
  feature: "/feature/{key}",
  model: "/model/{key}",
  experiment: "/experiment/{key}",
} as const;

export type Edited =
  | { kind: Exclude<keyof typeof ROOTS, "column">; key: string }
  | { kind: "column"; key: string; column: string };

export function readDescription(of: Edited) {
  return call("metadata", `get ${ROOTS[of.kind]}/description`, { path: pathOf(of) });
}

/** Write a text, or none; only over the one that was read, where its entity tag is given. */
export function writeDescription(of: Edited, text: string, etag: string | null) {
  return call("metadata", `put ${ROOTS[of.kind]}/description`, {
    path: pathOf(of),
    body: { description: text.trim() ? text : null },
    headers: etag ? { "If-Match": etag } : {},
  });
}

/** Put a badge on something. A badge has one category, wherever it is. */
export function putBadge(of: Edited, badge: string, category: string) {
  return ask("metadata", `put ${ROOTS[of.kind]}/badge/{badge}`, { path: { ...pathOf(of), badge }, query: { category } });
}

export function removeBadge(of: Edited, badge: string, category: string) {
  return ask("metadata", `delete ${ROOTS[of.kind]}/badge/{badge}`, { path: { ...pathOf(of), badge }, query: { category } });
}

function pathOf(of: Edited): { key: string; column: string } {
  return { key: of.key, column: of.kind === "column" ? of.column : "" };
}
