import { Link } from "react-router";

import type { Ingest } from "../../api/routes";
import { count } from "../../text/plain";
import { Moment, State, tookOf } from "./State";

const NUMBERS = [
  ["read", "Read"],
  ["written", "Written"],
  ["unchanged", "Unchanged"],
  ["refused", "Refused"],
  ["removed", "Marked"],
] as const;

/** Runs, the latest first; each leads to what is known of it. */
export function RunTable({ runs }: { runs: Ingest.Run[] }) {
  return (
    <div className="scrolled" tabIndex={0} role="region" aria-label="Runs">
      <table className="dense">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col">Took</th>
            {NUMBERS.map(([field, name]) => (
              <th key={field} scope="col" className="number">
                {name}
              </th>
            ))}
            <th scope="col">Source</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run }: { run: Ingest.Run }) {
  return (
    <tr>
      <th scope="row">
        <Link to={`/ingest/${encodeURIComponent(run.id)}`} dir="auto">
          {run.job}
        </Link>
        {run.restores && <span className="quiet"> undoes a run</span>}
      </th>
      <td title={run.message}>
        <State status={run.status} />
      </td>
      <td>
        <Moment at={run.started} />
      </td>
      <td>{tookOf(run)}</td>
      {NUMBERS.map(([field]) => (
        <td key={field} className={field === "refused" && run.refused > 0 ? "number bad" : "number"}>
          {count(run[field])}
        </td>
      ))}
      <td>{run.source}</td>
    </tr>
  );
}
