import type { ReactNode } from "react";

import type { Metadata } from "../../api/routes";
import { Choice } from "../../components/Choice";
import { useParameter } from "../../components/parameter";
import { Empty } from "../../components/States";
import { type Difference, differences, numberIn, short } from "../../text/measures";

type Read = (version: Metadata.ModelVersion) => Record<string, string>;

const SECTIONS: [title: string, read: Read][] = [
  ["Version", facts],
  ["Metrics", (version) => mapped(version.run?.metrics ?? {}, String)],
  ["Parameters", (version) => version.run?.parameters ?? {}],
  ["Takes", (version) => Object.fromEntries((version.inputs ?? []).map((field) => [field.name, field.type]))],
  ["Returns", (version) => Object.fromEntries((version.outputs ?? []).map((field) => [field.name, field.type]))],
  ["Datasets", (version) => Object.fromEntries(version.datasets.map((each) => [each.name, each.digest]))],
];

/** Two versions side by side; what differs stands first and is marked. */
export function Compare({ model }: { model: Metadata.Model }) {
  const [newest, second] = model.versions;
  const [left, setLeft] = useParameter("left", second?.version);
  const [right, setRight] = useParameter("right", newest?.version);
  const one = model.versions.find((version) => version.version === left) ?? second;
  const other = model.versions.find((version) => version.version === right) ?? newest;
  if (!one || !other) return <Empty>There is but one version: nothing to compare.</Empty>;
  const versions = model.versions.map(({ version }) => [version, `Version ${version}`] as const);
  return (
    <div className="scrolled" tabIndex={0} role="region" aria-label="Comparison">
      <table className="dense compare">
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col">
              <Choice label="First version" options={versions} value={one.version} choose={setLeft} />
            </th>
            <th scope="col">
              <Choice label="Second version" options={versions} value={other.version} choose={setRight} />
            </th>
          </tr>
        </thead>
        {SECTIONS.map(([title, read]) => (
          <Section key={title} title={title} rows={differences(read(one), read(other))} />
        ))}
      </table>
    </div>
  );
}

function Section({ title, rows }: { title: string; rows: Difference[] }) {
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr className="section">
        <th scope="rowgroup" colSpan={3}>
          {title}
        </th>
      </tr>
      {rows.map((row) => (
        <tr key={row.name} className={row.left === row.right ? "same" : "differs"}>
          <th scope="row" dir="auto">
            {row.name}
          </th>
          <td dir="auto">{shown(row.left)}</td>
          <td dir="auto">{shown(row.right, row.left)}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** A value, and by how much it differs from another one where both are numbers. */
function shown(value: string | null, beside: string | null = null): ReactNode {
  if (value === null) return <span className="quiet">none</span>;
  const number = numberIn(value);
  const other = numberIn(beside ?? undefined);
  if (number === null) return value;
  if (other === null || other === number) return short(number);
  return (
    <>
      {short(number)} <span className="quiet">({number > other ? "+" : "−"}{short(Math.abs(number - other))})</span>
    </>
  );
}

function facts(version: Metadata.ModelVersion): Record<string, string> {
  const { stage, aliases, flavors, run, size_bytes: size } = version;
  const said = {
    Stage: stage ?? "",
    Aliases: aliases.join(", "),
    Flavors: flavors.join(", "),
    "Size in bytes": size === null ? "" : String(size),
    Commit: run?.git_commit ?? "",
    "Made by": run?.user ?? "",
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
}

function mapped<From, To>(values: Record<string, From>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}
