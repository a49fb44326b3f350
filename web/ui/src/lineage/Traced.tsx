import { use } from "react";

import { kindName, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { Acting } from "./contexts";
import { Go } from "./Go";
import { endOf } from "./graph";

interface Props {
  trace: string;
  missing: string[]; // tables it touches that are not in the picture
}

/** The column that is followed through the tables, and what of its way is not in the picture. */
export function Traced({ trace, missing }: Props) {
  const { follow, put } = use(Acting);
  const { key } = endOf(trace);
  const cut = key.lastIndexOf("/");
  return (
    <section className="chosen" aria-live="polite" aria-label="The column that is followed">
      <p className="path">{kindName("column")} followed through its tables</p>
      <h2 dir="auto">
        <Go href={pageOf("column", key)}>{key.slice(cut + 1)}</Go>
      </h2>
      <p className="key">
        <code>{key}</code>
      </p>
      <p className="actions">
        {missing.length > 0 && (
          <button type="button" onClick={() => put(missing, true)}>
            Show {count(missing.length)} more {missing.length === 1 ? "table" : "tables"} on its way
          </button>
        )}
        <button type="button" onClick={() => follow(trace)}>
          Follow it no longer
        </button>
      </p>
    </section>
  );
}
