import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { searched } from "../../api/queries";
import type { Search } from "../../api/routes";
import { count } from "../../text/plain";
import { FACETS, offerFor, type SearchState, toggle } from "./state";

const SHOWN = 6;

interface Props {
  state: SearchState;
  kind: string;
  counted: Record<string, Search.FacetCount[]> | undefined;
  change: (state: SearchState) => void;
}

/** What a search can be narrowed by, each value with how many it would leave. */
export function Facets({ state, kind, counted, change }: Props) {
  const [open, setOpen] = useState(false);
  const facets = FACETS[kind] ?? [];
  const narrowed = facets.filter(([facet]) => state.filters[facet]?.length);
  const offers = useQueries({ queries: narrowed.map(([facet]) => searched(offerFor(state, kind, facet))) });
  const offered = Object.fromEntries(
    narrowed.map(([facet], index) => [
      facet,
      offers[index]?.data?.results[kind as keyof Search.Results]?.facets?.[facet] ?? counted?.[facet],
    ]),
  );
  return (
    <aside className={open ? "facets open" : "facets"} aria-label="Filters">
      <button type="button" className="facets-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        Filters{narrowed.length > 0 && ` (${narrowed.length})`}
      </button>
      <div className="facets-body">
        {facets.map(([facet, name]) => (
          <Facet
            key={`${kind} ${facet}`}
            name={name}
            values={offered[facet] ?? counted?.[facet] ?? []}
            chosen={state.filters[facet] ?? []}
            toggle={(value) => change(toggle(state, facet, value))}
          />
        ))}
        {narrowed.length > 0 && (
          <button type="button" onClick={() => change({ ...state, page: 0, filters: {} })}>
            Drop all filters
          </button>
        )}
      </div>
    </aside>
  );
}

interface FacetProps {
  name: string;
  values: Search.FacetCount[];
  chosen: string[];
  toggle: (value: string) => void;
}

function Facet({ name, values, chosen, toggle }: FacetProps) {
  const [all, setAll] = useState(false);
  const gone = chosen.filter((value) => !values.some((known) => known.value === value));
  const known = [...gone.map((value) => ({ value, count: 0 })), ...values];
  if (known.length === 0) return null;
  const shown = all ? known : known.filter((item, index) => index < SHOWN || chosen.includes(item.value));
  return (
    <fieldset>
      <legend>{name}</legend>
      {shown.map((item) => (
        <label key={item.value}>
          <input type="checkbox" checked={chosen.includes(item.value)} onChange={() => toggle(item.value)} />
          <span dir="auto" title={item.value}>
            {item.value}
          </span>
          <span className="count">{count(item.count)}</span>
        </label>
      ))}
      {known.length > shown.length && (
        <button type="button" className="plain" onClick={() => setAll(true)}>
          {known.length - shown.length} more<span className="hidden"> of {name}</span>
        </button>
      )}
    </fieldset>
  );
}
