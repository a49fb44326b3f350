// What people changed, in words. Pure.
export interface Change {
  at: number; // microseconds
  actor: string;
  action: string;
  key: string; // of the node that was changed: the entity, or something of it
  property: string | null;
  relation: string | null;
  other: string | null;
}

export interface EntityChange extends Change {
  kind: string;
  entity: string;
  name: string | null; // null: it is gone
}

/** What somebody did to one thing in one go. */
export interface Deed<Entry> {
  first: Entry; // the latest of them
  all: Entry[];
}

const VERBS: Record<string, string> = { set: "set", add: "added", remove: "removed" };
const THINGS: Record<string, string> = {
  TAGGED_BY: "tag",
  TAG: "tag",
  HAS_BADGE: "badge",
  OWNER: "owner",
  OWNER_OF: "owner",
  FOLLOWED_BY: "bookmark of",
  FOLLOW: "bookmark of",
  HAS_DOWNSTREAM: "lineage to",
  HAS_UPSTREAM: "lineage from",
};
const SILENT = ["description_source", "tag_type", "category"]; // written along with what was meant
const PRIVATE = ["FOLLOWED_BY", "FOLLOW"]; // a bookmark changes nothing for others
const WITH_PAGES = ["table", "dashboard", "feature", "user", "model", "experiment"];

/** `set the description`, `added tag`: what is named stands beside it. */
export function deed({ action, property, relation }: Change): string {
  const verb = VERBS[action] ?? action;
  if (property !== null) return `${verb} the ${property.replace(/_/g, " ")}`;
  return `${verb} ${THINGS[relation ?? ""] ?? (relation ?? "").replace(/_/g, " ").toLowerCase()}`.trim();
}

/** The part of an entity that was changed, a column or a field of a type, if it was not the entity as a whole. */
export function partOf(entity: string, key: string): string {
  if (!key.startsWith(`${entity}/`)) return "";
  const part = key.slice(entity.length + 1).replace(/\/?_[^/]*description$/, "");
  return part.replace(/^([^/]+)\/type\/\1/, "$1"); // a type bears the name of its column again
}

/** Without what was written along with something else in the same moment. */
export function spoken<Entry extends Change>(entries: Entry[]): Entry[] {
  const moment = (entry: Entry) => `${entry.at} ${entry.actor}`;
  const meant = new Set(entries.filter((entry) => !isSilent(entry)).map(moment));
  return entries.filter((entry) => !isSilent(entry) || !meant.has(moment(entry)));
}

function isSilent({ property }: Change): boolean {
  return SILENT.includes(property ?? "");
}

/** The latest changes of others' concern, those of one person to one thing in a row as one. */
export function deeds<Entry extends EntityChange>(entries: Entry[], most: number): Deed<Entry>[] {
  const found: Deed<Entry>[] = [];
  for (const entry of spoken(entries)) {
    if (entry.name === null || !WITH_PAGES.includes(entry.kind) || PRIVATE.includes(entry.relation ?? "")) continue;
    const last = found.at(-1);
    if (last?.first.actor === entry.actor && last.first.entity === entry.entity) last.all.push(entry);
    else found.push({ first: entry, all: [entry] });
  }
  return found.slice(0, most);
}
