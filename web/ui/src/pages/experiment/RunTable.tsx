import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Metadata } from "../../api/routes";
import { Time } from "../../components/Parts";
import { pageOf } from "../../text/keys";
import { short } from "../../text/measures";

type Run = Metadata.RunSummary;

interface Props {
  runs: Run[];
  order: string; // a column's name, `-` before it where it descends
  choose: (order: string) => void;
}

const MOST = 30; // columns of a sort

/** Runs against their parameters and metrics; a heading sorts. */
export function RunTable({ runs, order, choose }: Props) {
  const parameters = namesOf(runs.map((run) => run.parameters));
  const metrics = namesOf(runs.map((run) => run.metrics));
  const heading = (column: string, name: string, sort = "") => (
    <Heading key={column} column={column} order={order} choose={choose} sort={sort}>
      {name}
    </Heading>
  );
  return (
    <div className="scrolled" tabIndex={0} role="region" aria-label="Runs">
      <table className="dense runs">
        <thead>
          <tr>
            {heading("name", "Run")}
            {heading("started_at", "Started")}
            {heading("status", "Status")}
            {heading("user", "Who")}
            {metrics.map((name) => heading(`metrics.${name}`, name, "metric"))}
            {parameters.map((name) => heading(`parameters.${name}`, name, "parameter"))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.key}>
              <th scope="row">
                <Link to={pageOf("run", run.key)} dir="auto">
                  {run.name}
                </Link>
              </th>
              <td>
                <Time at={run.started_at} none="" />
              </td>
              <td className={run.status === "FAILED" ? "grave" : ""}>{run.status?.toLowerCase()}</td>
              <td dir="auto">{run.user}</td>
              {metrics.map((name) => (
                <td key={name} className="number">
                  {run.metrics[name] === undefined ? "" : short(run.metrics[name])}
                </td>
              ))}
              {parameters.map((name) => (
                <td key={name} dir="auto">
                  {run.parameters[name]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Head {
  column: string;
  order: string;
  choose: (order: string) => void;
  sort: string;
  children: ReactNode;
}

function Heading({ column, order, choose, sort, children }: Head) {
  const current = order.replace(/^-/, "") === column;
  const descending = current && order.startsWith("-");
  const sorted = descending ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={current ? sorted : "none"} className={sort === "metric" ? "number" : ""}>
      <button type="button" className="plain" title={sort} onClick={() => choose(descending ? column : `-${column}`)} dir="auto">
        {children}
        <span aria-hidden="true">{current ? (descending ? " ↓" : " ↑") : ""}</span>
      </button>
    </th>
  );
}

export function namesOf(values: Record<string, unknown>[]): string[] {
  return [...new Set(values.flatMap((each) => Object.keys(each)))].sort().slice(0, MOST);
}
