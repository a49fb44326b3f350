// A search as it stands in the address, and as the search service is asked. Pure.
import type { Search } from "../../api/routes";

export type Sort = "relevance" | "usage" | "recency";

export interface SearchState {
  text: string;
  kind: string; // empty: the first kind in which something is found
  page: number; // from 0
  sort: Sort;
  filters: Record<string, string[]>;
}

export const KINDS = ["table", "dashboard", "feature", "user", "model", "experiment"] as const;
export const PAGE = 20;
export const SORTS: Record<Sort, string> = { relevance: "Best match", usage: "Most used", recency: "Updated last" };

/** What each kind is narrowed by: the facet, what it is called here, and the name of its filter. */
export const FACETS: Record<string, [facet: string, name: string, filter: string][]> = {
  table: [
    ["database", "Database", "database"],
    ["schema", "Schema", "schema"],
    ["tags", "Tags", "tag"],
    ["badges", "Badges", "badges"],
    ["owners", "Owners", "owner"],
    ["cluster", "Cluster", "cluster"],
  ],
  dashboard: [
    ["product", "Product", "product"],
    ["group_name", "Group", "group_name"],
    ["tags", "Tags", "tag"],
    ["badges", "Badges", "badges"],
    ["owners", "Owners", "owner"],
  ],
  feature: [
    ["feature_group", "Group", "feature_group"],
    ["entity", "Entity", "entity"],
    ["status", "Status", "status"],
    ["availability", "Available in", "availability"],
    ["tags", "Tags", "tag"],
    ["badges", "Badges", "badges"],
    ["owners", "Owners", "owner"],
  ],
  user: [
    ["team_name", "Team", "team_name"],
    ["employee_type", "Employment", "employee_type"],
  ],
  model: [
    ["stages", "Stage", "stage"],
    ["aliases", "Alias", "alias"],
    ["flavors", "Flavour", "flavor"],
    ["tags", "Tags", "tag"],
    ["owners", "Owners", "owner"],
  ],
  experiment: [
    ["tags", "Tags", "tag"],
    ["owners", "Owners", "owner"],
  ],
};

const KNOWN = new Set(Object.values(FACETS).flatMap((facets) => facets.map(([facet]) => facet)));
const PREFIX = "f.";

export function readState(parameters: URLSearchParams): SearchState {
  const filters: Record<string, string[]> = {};
  for (const [name, value] of parameters) {
    const facet = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "";
    if (KNOWN.has(facet) && value) (filters[facet] ??= []).push(value);
  }
  const kind = parameters.get("kind") ?? "";
  const sort = parameters.get("sort") ?? "";
  return {
    text: parameters.get("q") ?? "",
    kind: KINDS.some((known) => known === kind) ? kind : "",
    page: Math.max(0, Math.floor(Number(parameters.get("page") ?? 1) || 1) - 1),
    sort: sort in SORTS ? (sort as Sort) : "relevance",
    filters,
  };
}

export function writeState(state: SearchState): URLSearchParams {
  const parameters = new URLSearchParams();
  if (state.text) parameters.set("q", state.text);
  if (state.kind) parameters.set("kind", state.kind);
  if (state.sort !== "relevance") parameters.set("sort", state.sort);
  if (state.page > 0) parameters.set("page", String(state.page + 1));
  for (const [name, values] of Object.entries(state.filters)) {
    for (const value of values) parameters.append(PREFIX + name, value);
  }
  return parameters;
}

/** Choose or drop a value; what is narrowed begins at its first page. */
export function toggle(state: SearchState, facet: string, value: string): SearchState {
  const before = state.filters[facet] ?? [];
  const after = before.includes(value) ? before.filter((other) => other !== value) : [...before, value];
  const others = Object.entries(state.filters).filter(([name]) => name !== facet);
  return { ...state, page: 0, filters: Object.fromEntries(after.length ? [...others, [facet, after]] : others) };
}

/** The filters of a kind, as the service takes them. `but`: leave out one, to count what else could be chosen of it. */
export function filtersOf(state: SearchState, kind: string, but = ""): Search.FilterBody[] {
  return (FACETS[kind] ?? [])
    .filter(([facet]) => facet !== but && state.filters[facet]?.length)
    .map(([facet, , filter]) => ({
      name: filter,
      operation: "OR",
      values: (state.filters[facet] ?? []).map(literal),
    }));
}

/** Whether a filter stands in the address that this kind does not have: it finds nothing then. */
export function hasForeign(state: SearchState, kind: string): boolean {
  return Object.keys(state.filters).some((facet) => !FACETS[kind]?.some(([known]) => known === facet));
}

export function requestFor(state: SearchState, kind: string): Search.SearchBody {
  return {
    query_term: state.text,
    resource_types: [kind],
    page_index: state.page,
    results_per_page: PAGE,
    sort: state.sort,
    filters: filtersOf(state, kind),
    keys: true,
    facets: (FACETS[kind] ?? []).map(([facet]) => facet),
    highlight_options: { [kind]: { enable_highlight: true } },
  };
}

/** What a facet offers while it is narrowed itself: the counts as they would be without it. */
export function offerFor(state: SearchState, kind: string, facet: string): Search.SearchBody {
  return {
    query_term: state.text,
    resource_types: [kind],
    results_per_page: 1,
    filters: filtersOf(state, kind, facet),
    facets: [facet],
  };
}

/** In a filter, `*` and `?` stand for any text; what was counted is meant as it is, which `?` comes nearest to. */
function literal(value: string): string {
  return value.replace(/[*?]/g, "?");
}
