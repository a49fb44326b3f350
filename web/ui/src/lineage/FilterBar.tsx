import { useState } from "react";

import { kindName } from "../text/keys";
import { KINDS } from "./graph";
import { type Filter, NO_FILTER } from "./state";

/** What of lineage to show. The service filters, so a page of twenty is twenty that pass. */
export function FilterBar({ filter, change }: { filter: Filter; change: (filter: Filter) => void }) {
  const [schema, setSchema] = useState(filter.schema);
  const [owner, setOwner] = useState(filter.owner);
  const on = filter.kinds.length > 0 || filter.schema !== "" || filter.owner !== "";
  return (
    <form
      className="filter-bar"
      onSubmit={(event) => {
        event.preventDefault();
        change({ ...filter, schema: schema.trim(), owner: owner.trim() });
      }}
    >
      <fieldset>
        <legend className="hidden">Kinds to show</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={filter.kinds.includes(kind)}
              onChange={(event) =>
                change({
                  ...filter,
                  kinds: KINDS.filter((one) => (one === kind ? event.target.checked : filter.kinds.includes(one))),
                })
              }
            />
            <span className={`kind ${kind}`} aria-hidden="true">
              {kindName(kind).charAt(0)}
            </span>
            {kindName(kind, 2)}
          </label>
        ))}
      </fieldset>
      <input aria-label="Schema" placeholder="Schema" value={schema} onChange={(event) => setSchema(event.target.value)} />
      <input aria-label="Owner" placeholder="Owner" value={owner} onChange={(event) => setOwner(event.target.value)} />
      <button type="submit">Filter</button>
      {on && (
        <button
          type="button"
          onClick={() => {
            setSchema("");
            setOwner("");
            change(NO_FILTER);
          }}
        >
          Show all
        </button>
      )}
    </form>
  );
}
