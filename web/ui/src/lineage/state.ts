// The explorer as it stands in the address. Pure.
import { endOf, type Expansion, expansionId, idOf, KINDS, type Side, VISIBLE_CAP } from "./graph";

export interface Filter {
  kinds: string[];
  schema: string;
  owner: string;
}

export interface ExplorerState {
  start: string;
  expansions: Expansion[];
  filter: Filter;
  most: number; // how many nodes are drawn
}

export const GREATEST_CAP = 4 * VISIBLE_CAP; // what a browser still moves, if not a person
const SIDES: Record<string, Side> = { u: "upstream", d: "downstream" };
const OPENED = /^([ud])(\d{0,4}) (.+)$/s;
export const NO_FILTER: Filter = { kinds: [], schema: "", owner: "" };

/** Every start is one step up and one step down, unless the address says what is open. */
export function startOf(id: string): Expansion[] {
  return [
    { side: "upstream", id, pages: 1 },
    { side: "downstream", id, pages: 1 },
  ];
}

export function readExplorer(kind: string, key: string, parameters: URLSearchParams): ExplorerState {
  const start = idOf({ kind, key });
  const opened = parameters.getAll("open").flatMap((text) => {
    const [, side = "", pages, rest = ""] = OPENED.exec(text) ?? [];
    const of = rest === "." ? start : rest;
    const known = SIDES[side];
    return known && KINDS.some((one) => one === endOf(of).kind)
      ? [{ side: known, id: of, pages: Math.max(1, Number(pages === "" ? 1 : pages)) }]
      : [];
  });
  return {
    start,
    expansions: parameters.has("open") ? opened : startOf(start),
    filter: {
      kinds: (parameters.get("kinds") ?? "").split(",").filter((one) => KINDS.some((known) => known === one)),
      schema: parameters.get("schema") ?? "",
      owner: parameters.get("owner") ?? "",
    },
    most: Math.min(GREATEST_CAP, Math.max(VISIBLE_CAP, Number(parameters.get("most")) || VISIBLE_CAP)),
  };
}

export function writeExplorer(state: ExplorerState): URLSearchParams {
  const parameters = new URLSearchParams();
  const { start, expansions, filter } = state;
  if (JSON.stringify(expansions) !== JSON.stringify(startOf(start))) {
    for (const { side, id, pages } of expansions) {
      parameters.append("open", `${side.charAt(0)}${pages === 1 ? "" : pages} ${id === start ? "." : id}`);
    }
    if (expansions.length === 0) parameters.append("open", "");
  }
  if (filter.kinds.length) parameters.set("kinds", filter.kinds.join(","));
  if (filter.schema) parameters.set("schema", filter.schema);
  if (filter.owner) parameters.set("owner", filter.owner);
  if (state.most !== VISIBLE_CAP) parameters.set("most", String(state.most));
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
