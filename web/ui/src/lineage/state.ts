// The explorer as it stands in the address. Pure.
import { endOf, type Expansion, expansionId, idOf, isNodeId, KINDS, type Side, VISIBLE_CAP } from "./graph";

export interface Filter {
  kinds: string[];
  schema: string;
  database: string;
  owner: string;
  badge: string;
}

export interface ExplorerState {
  start: string;
  expansions: Expansion[];
  filter: Filter;
  most: number; // how many nodes are drawn
  columns: string[]; // tables whose columns are shown
  trace: string | null; // a column that is followed through the tables
  paths: { from: string; to: string } | null; // how the one leads to the other
}

export const GREATEST_CAP = 4 * VISIBLE_CAP; // what a browser still moves, if not a person
export const NO_FILTER: Filter = { kinds: [], schema: "", database: "", owner: "", badge: "" };
export const NAMES = ["schema", "database", "owner", "badge"] as const; // what a filter names, besides kinds
const SIDES: Record<string, Expansion["side"]> = { u: "upstream", d: "downstream", a: "alone" };
const OPENED = /^([uda])(\d{0,4}) (.+)$/s;

/** Every start is one step up and one step down, unless the address says what is open. */
export function startOf(id: string): Expansion[] {
  return [
    { side: "upstream", id, pages: 1 },
    { side: "downstream", id, pages: 1 },
  ];
}

export function readExplorer(kind: string, key: string, parameters: URLSearchParams): ExplorerState {
  const start = idOf({ kind, key });
  const full = (id: string) => (id === "." ? start : id);
  const opened = parameters.getAll("open").flatMap((text) => {
    const [, side = "", pages, rest = ""] = OPENED.exec(text) ?? [];
    const known = SIDES[side];
    const of = { id: full(rest), pages: Math.max(1, Number(pages === "" ? 1 : pages)) };
    return known && isNodeId(of.id) ? [{ side: known, ...of }] : [];
  });
  const [from, to] = [full(parameters.get("from") ?? "."), full(parameters.get("to") ?? "")];
  const trace = parameters.get("trace");
  return {
    start,
    expansions: parameters.has("open") ? opened : startOf(start),
    filter: {
      kinds: (parameters.get("kinds") ?? "").split(",").filter((one) => KINDS.some((known) => known === one)),
      schema: parameters.get("schema") ?? "",
      database: parameters.get("database") ?? "",
      owner: parameters.get("owner") ?? "",
      badge: parameters.get("badge") ?? "",
    },
    most: Math.min(GREATEST_CAP, Math.max(VISIBLE_CAP, Number(parameters.get("most")) || VISIBLE_CAP)),
    columns: parameters.getAll("columns").map((table) => idOf({ kind: "table", key: table })),
    trace: trace ? idOf({ kind: "column", key: trace }) : null,
    paths: isNodeId(from) && isNodeId(to) ? { from, to } : null,
  };
}

export function writeExplorer(state: ExplorerState): URLSearchParams {
  const parameters = new URLSearchParams();
  const { start, expansions, filter, paths } = state;
  const short = (id: string) => (id === start ? "." : id);
  if (JSON.stringify(expansions) !== JSON.stringify(startOf(start))) {
    for (const { side, id, pages } of expansions) {
      parameters.append("open", `${side.charAt(0)}${pages === 1 ? "" : pages} ${short(id)}`);
    }
    if (expansions.length === 0) parameters.append("open", "");
  }
  if (filter.kinds.length) parameters.set("kinds", filter.kinds.join(","));
  for (const name of NAMES) if (filter[name]) parameters.set(name, filter[name]);
  if (state.most !== VISIBLE_CAP) parameters.set("most", String(state.most));
  for (const table of state.columns) parameters.append("columns", endOf(table).key);
  if (state.trace) parameters.set("trace", endOf(state.trace).key);
  if (paths && paths.from !== start) parameters.set("from", paths.from);
  if (paths) parameters.set("to", short(paths.to));
  return parameters;
}

/** Show the neighbours of a node on a side, or the next of them. */
export function expand(state: ExplorerState, side: Side, id: string): ExplorerState {
  const wanted = expansionId({ side, id });
  const known = state.expansions.some((expansion) => expansionId(expansion) === wanted);
  const expansions = known
    ? state.expansions.map((one) => (expansionId(one) === wanted ? { ...one, pages: one.pages + 1 } : one))
    : [...state.expansions, { side, id, pages: 1 }];
  return { ...state, expansions };
}

export function collapse(state: ExplorerState, side: Side, id: string): ExplorerState {
  const wanted = expansionId({ side, id });
  return { ...state, expansions: state.expansions.filter((one) => expansionId(one) !== wanted) };
}

/** Put nodes beside the picture, whatever leads to them. */
export function put(state: ExplorerState, ids: string[]): ExplorerState {
  const open = new Set(state.expansions.map(expansionId));
  const alone = ids.map((id): Expansion => ({ side: "alone", id, pages: 1 }));
  return { ...state, expansions: [...state.expansions, ...alone.filter((one) => !open.has(expansionId(one)))] };
}

/** Show the columns of a table, or no longer. */
export function toggleColumns(state: ExplorerState, id: string): ExplorerState {
  const columns = state.columns.includes(id) ? state.columns.filter((one) => one !== id) : [...state.columns, id];
  return { ...state, columns };
}

/** Follow a column through the tables; the same again ends it. */
export function follow(state: ExplorerState, column: string): ExplorerState {
  return { ...state, trace: state.trace === column ? null : column };
}
