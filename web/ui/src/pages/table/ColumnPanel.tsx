import { useEffect, useRef } from "react";
import { Link } from "react-router";

import type { Metadata } from "../../api/routes";
import { Badges } from "../../components/Badges";
import { Description } from "../../components/Description";
import { LineageLists } from "../../components/LineageLists";
import { Copy, Field, Time } from "../../components/Parts";
import { lineageOf } from "../../text/keys";
import { statValue } from "./Columns";
import { Nested } from "./Nested";

/** All about one column, beside the list. Escape closes it. */
export function ColumnPanel({ of, column, close }: { of: string; column: Metadata.Column; close: () => void }) {
  const panel = useRef<HTMLElement>(null);
  const cached = ["table", of];
  const itself = { kind: "column", key: of, column: column.name } as const;
  useEffect(() => {
    panel.current?.scrollIntoView({ block: "nearest" }); // newer browsers return a promise, which is no clean-up
  }, [column.name]);
  return (
    <aside
      className="panel"
      ref={panel}
      aria-label={`Column ${column.name}`}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.nativeEvent.isComposing) close();
      }}
    >
      <header>
        <h2 dir="auto">{column.name}</h2>
        <button type="button" className="plain" onClick={close}>
          ×<span className="hidden"> Close</span>
        </button>
      </header>
      <p className="key">
        <code>{column.key}</code> <Copy text={column.key} what="key of the column" />
      </p>
      <Field name="Description">
        <Description of={itself} text={column.description} label={`description of ${column.name}`} cached={cached} />
      </Field>
      <Field name="Badges">
        <Badges of={itself} badges={column.badges} cached={cached} />
      </Field>
      <Field name="Type">
        <code className="type">{column.col_type}</code>
        {column.type_metadata && column.type_metadata.children.length > 0 && (
          <Nested types={column.type_metadata.children} cached={cached} />
        )}
      </Field>
      {column.stats.length > 0 && (
        <Field name="Statistics">
          <dl>
            {column.stats.map((stat) => (
              <div key={stat.stat_type}>
                <dt>{stat.stat_type.replace(/_/g, " ")}</dt>
                <dd>{statValue(stat.stat_val)}</dd>
              </div>
            ))}
          </dl>
          <p className="quiet">
            Measured <Time at={column.stats[0]?.end_epoch} none="at a time not known" />
          </p>
        </Field>
      )}
      <Field name="Lineage">
        <LineageLists kind="column" of={column.key} />
        <Link to={lineageOf("column", column.key)}>Explore</Link>
      </Field>
    </aside>
  );
}
