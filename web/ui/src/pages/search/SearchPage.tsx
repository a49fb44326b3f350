import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useSearchParams } from "react-router";

import { searched } from "../../api/queries";
import type { Search } from "../../api/routes";
import { Empty, Failed, Loading } from "../../components/States";
import { kindName } from "../../text/keys";
import { count } from "../../text/plain";
import { useTitle } from "../../title";
import { Facets } from "./Facets";
import { Hits } from "./Hits";
import { hasForeign, KINDS, PAGE, readState, requestFor, type SearchState, SORTS, writeState } from "./state";

export function SearchPage() {
  const [parameters, setParameters] = useSearchParams();
  const state = readState(parameters);
  const change = (next: SearchState) => setParameters(writeState(next));
  useTitle(state.text ? `${state.text}: search` : "Browse");

  const totals = useTotals(state);
  const kind = state.kind || best(totals.counts, state);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...searched(requestFor(state, kind)),
    enabled: state.kind !== "" || totals.settled,
  });
  const found = resultsOf(data, kind);
  const focus = useArrows();

  return (
    <div className="search-page">
      <h1 className="hidden">{state.text ? `Search for ${state.text}` : "Browse the catalogue"}</h1>
      <div className="kinds" role="group" aria-label="Kind">
        {KINDS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === kind}
            onClick={() => change({ ...state, kind: one, page: 0, filters: {} })}
          >
            {kindName(one, 2)}
            <span className="count">{count(one === kind && found ? found.total_results : (totals.counts[one] ?? 0))}</span>
          </button>
        ))}
        <label className="sort">
          Sort
          <select value={state.sort} onChange={(event) => change({ ...state, page: 0, sort: event.target.value as SearchState["sort"] })}>
            {Object.entries(SORTS).map(([sort, name]) => (
              <option key={sort} value={sort}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="search-body">
        <Facets state={state} kind={kind} counted={found?.facets} change={change} />
        <section className="hits" ref={focus} aria-label="Results" aria-busy={isPlaceholderData}>
          {error && <Failed error={error} retry={() => void refetch()} />}
          {!found && !error && <Loading what="results" />}
          {found && <Hits kind={kind} found={found.results} />}
          {found?.total_results === 0 && <Nothing state={state} kind={kind} counts={totals.counts} change={change} />}
          {found && found.total_results > 0 && found.results.length === 0 && (
            <Empty>
              There is no page {count(state.page + 1)}.{" "}
              <button type="button" onClick={() => change({ ...state, page: 0 })}>
                First page
              </button>
            </Empty>
          )}
          {found && <Pages state={state} total={found.total_results} change={change} />}
        </section>
      </div>
    </div>
  );
}

type AnyHits = NonNullable<Search.Search["results"][(typeof KINDS)[number]]>;

function resultsOf(data: Search.Search | undefined, kind: string): AnyHits | undefined {
  return data?.results[kind as (typeof KINDS)[number]];
}

/** How many there are of each kind, whatever the tab. Filters belong to one kind, so they do not count here. */
function useTotals(state: SearchState): { counts: Record<string, number>; settled: boolean } {
  const { data, isError } = useQuery(
    searched({ query_term: state.text, resource_types: [...KINDS], results_per_page: 1 }),
  );
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, data?.results[kind]?.total_results ?? 0]));
  return { counts, settled: data !== undefined || isError };
}

/** The kind to show when none was chosen: the first that has something, and knows the filters. */
function best(counts: Record<string, number>, state: SearchState): string {
  const fitting = KINDS.filter((kind) => !hasForeign(state, kind));
  return fitting.find((kind) => counts[kind]) ?? fitting[0] ?? "table";
}

interface NothingProps {
  state: SearchState;
  kind: string;
  counts: Record<string, number>;
  change: (state: SearchState) => void;
}

function Nothing({ state, kind, counts, change }: NothingProps) {
  const elsewhere = KINDS.filter((other) => other !== kind && counts[other]);
  const narrowed = Object.keys(state.filters).length > 0;
  return (
    <div className="empty">
      <p>
        No {kindName(kind, 2).toLowerCase()} found{state.text && <> for “{state.text}”</>}.
      </p>
      <p className="actions">
        {narrowed && (
          <button type="button" onClick={() => change({ ...state, filters: {}, page: 0 })}>
            Drop all filters
          </button>
        )}
        {elsewhere.map((other) => (
          <button key={other} type="button" onClick={() => change({ ...state, kind: other, filters: {}, page: 0 })}>
            {count(counts[other] ?? 0)} {kindName(other, counts[other]).toLowerCase()}
          </button>
        ))}
      </p>
      <p className="quiet">
        Fewer or shorter words find more. <code>column:email</code>, <code>tag:pii</code>, <code>"in a row"</code> and{" "}
        <code>-without</code> work too.
      </p>
    </div>
  );
}

function Pages({ state, total, change }: { state: SearchState; total: number; change: (state: SearchState) => void }) {
  const last = Math.max(0, Math.ceil(total / PAGE) - 1);
  if (last === 0) return null;
  const go = (page: number) => {
    change({ ...state, page });
    window.scrollTo(0, 0);
  };
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" disabled={state.page === 0} onClick={() => go(Math.min(state.page - 1, last))}>
        Previous
      </button>
      <span>
        Page {count(state.page + 1)} of {count(last + 1)}
      </span>
      <button type="button" disabled={state.page >= last} onClick={() => go(state.page + 1)}>
        Next
      </button>
    </nav>
  );
}

/** Arrows move from result to result; from the search box, the first one down enters the list. Enter opens, as a link. */
function useArrows() {
  const section = useRef<HTMLElement>(null);
  return (element: HTMLElement | null) => {
    section.current = element;
    if (!element) return;
    const onKey = (event: KeyboardEvent) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const at = document.activeElement;
      if (!step || (at instanceof HTMLElement && at.closest("input, select, textarea, .kinds, .facets"))) return;
      const links = [...element.querySelectorAll<HTMLElement>("[data-result]")];
      const index = links.indexOf(at as HTMLElement);
      const next = links[index < 0 ? (step > 0 ? 0 : links.length - 1) : index + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  };
}
