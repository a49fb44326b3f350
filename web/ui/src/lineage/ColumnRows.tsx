import { use } from "react";

import { count } from "../text/plain";
import type { CardNode } from "./cards";
import { Acting } from "./contexts";
import { byKeyboard } from "./focus";
import { idOf, type LineageNode } from "./graph";

/** The columns on a card: pointing at one lights its path, a click follows it through the tables. */
export function ColumnRows({ table, data, rows }: { table: string; data: CardNode["data"]; rows: LineageNode[] }) {
  const { follow, hover, focus } = use(Acting);
  const lit = new Set(data.lit.split("\n"));
  return (
    <ul className="card-columns" onClick={(event) => event.stopPropagation()}>
      {rows.map((column) => {
        const id = idOf(column);
        return (
          <li key={id} className={lit.has(id) ? "lit" : ""}>
            <button
              type="button"
              className="plain"
              aria-pressed={id === data.traced}
              title={`${count(column.upstream_count)} upstream, ${count(column.downstream_count)} downstream`}
              onMouseEnter={() => hover(id)}
              onMouseLeave={() => hover(table)}
              onFocus={(event) => {
                event.stopPropagation();
                if (byKeyboard(event.target)) focus(id);
              }}
              onClick={() => follow(id)}
            >
              <span aria-hidden="true">{column.upstream_count > 0 ? "●" : ""}</span>
              <span className="column-name" dir="auto">
                <span className="hidden">Follow column </span>
                {column.name}
              </span>
              <span aria-hidden="true">{column.downstream_count > 0 ? "●" : ""}</span>
            </button>
          </li>
        );
      })}
      {rows.length === 0 && <li className="quiet">No column has known lineage</li>}
      {data.left > 0 && <li className="quiet">and {count(data.left)} more</li>}
    </ul>
  );
}
