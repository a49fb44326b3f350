import type { Metadata } from "../../api/routes";
import { Badges } from "../../components/Badges";
import { Description } from "../../components/Description";
import { useParameter } from "../../components/parameter";
import { Some } from "../../components/Parts";
import { Empty } from "../../components/States";
import { ColumnPanel } from "./ColumnPanel";
import { matching } from "./columnFilter";
import { Nested } from "./Nested";

const FEW = 12; // up to here a filter is not worth its place
const DRAWN = 400;

/** The columns: filtered as somebody types, described in place, each with more in a panel beside. */
export function Columns({ of, columns }: { of: string; columns: Metadata.Column[] }) {
  const [name, setName] = useParameter("column");
  const [filter, setFilter] = useParameter("filter");
  const opened = columns.find((column) => column.name === name);
  if (columns.length === 0) return <Empty>No columns are known.</Empty>;
  const shown = matching(columns, filter);
  return (
    <div className={opened ? "columns-view with-panel" : "columns-view"}>
      <div>
        {(columns.length > FEW || filter) && (
          <p className="filter">
            <input
              type="search"
              aria-label="Filter columns"
              placeholder={`Filter ${columns.length} columns by name, type or text`}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          </p>
        )}
        <Some items={shown} limit={DRAWN}>
          {(some) => <Rows of={of} columns={some} opened={opened} open={setName} />}
        </Some>
        {shown.length === 0 && <Empty>No column matches.</Empty>}
      </div>
      {opened && <ColumnPanel of={of} column={opened} close={() => setName("")} />}
    </div>
  );
}

interface RowsProps {
  of: string;
  columns: Metadata.Column[];
  opened: Metadata.Column | undefined;
  open: (name: string) => void;
}

function Rows({ of, columns, opened, open }: RowsProps) {
  return (
    <table className="column-table">
      <thead>
        <tr>
          <th>Column</th>
          <th>Type</th>
          <th>Description</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.key} aria-current={column === opened ? "true" : undefined}>
            <td className="column-name">
              <button
                type="button"
                className="plain name"
                aria-expanded={column === opened}
                onClick={() => open(column === opened ? "" : column.name)}
                dir="auto"
              >
                {column.name}
              </button>
              <Badges
                of={{ kind: "column", key: of, column: column.name }}
                badges={column.badges}
                cached={["table", of]}
                name={column.name}
              />
            </td>
            <td>
              <Type column={column} cached={["table", of]} />
            </td>
            <td>
              <Description
                of={{ kind: "column", key: of, column: column.name }}
                text={column.description}
                label={`description of ${column.name}`}
                cached={["table", of]}
                small
              />
              {column.stats.length > 0 && <p className="stats">{column.stats.map(shortStat).join(" · ")}</p>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Type({ column, cached }: { column: Metadata.Column; cached: readonly unknown[] }) {
  if (!column.type_metadata?.children.length) return <code className="type">{column.col_type}</code>;
  return (
    <details>
      <summary>
        <code className="type">{column.col_type.replace(/[<(].*/s, "<…>")}</code>
      </summary>
      <Nested types={column.type_metadata.children} cached={cached} />
    </details>
  );
}

function shortStat(stat: Metadata.Stat): string {
  return `${stat.stat_type.replace(/_/g, " ")} ${statValue(stat.stat_val)}`;
}

/** A value as it was measured; sources quote texts. */
export function statValue(value: string | null): string {
  const text = (value ?? "").replace(/^"(.*)"$/s, "$1");
  return /^\d{5,}$/.test(text) ? Number(text).toLocaleString() : text;
}
