import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { runsOf } from "../../api/models";
import type { Metadata } from "../../api/routes";
import { useParameter } from "../../components/parameter";
import { Empty, Failed, Loading } from "../../components/States";
import { count } from "../../text/plain";
import { Chart } from "./Chart";
import { RunTable } from "./RunTable";

const SHOWN = 200; // runs at one time; the filter leads to the rest

/** The runs of an experiment: filtered and sorted by the server, drawn and listed here. */
export function Runs({ experiment }: { experiment: Metadata.Experiment }) {
  const [where, setWhere] = useParameter("where");
  const [order, setOrder] = useParameter("order", "-started_at");
  const sort = order.replace(/^-/, "");
  const direction = order.startsWith("-") ? "descending" : "ascending";
  const { data, error, refetch } = useQuery(runsOf(experiment.key, { where, sort, direction, limit: SHOWN }));
  return (
    <>
      <Filter key={where} where={where} choose={setWhere} />
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="the runs" />}
      {data && !error && (
        <>
          <p className="quiet" role="status">
            {count(data.total)} {data.total === 1 ? "run" : "runs"}
            {where && " that pass"}
            {data.total > data.items.length && `, the first ${count(data.items.length)} shown`}
            {!data.complete && ", of the latest 10,000"}
          </p>
          {data.items.length === 0 && <Empty>{where ? "No run passes the filter." : "There are no runs."}</Empty>}
          {data.items.length > 1 && <Chart runs={data.items} />}
          {data.items.length > 0 && <RunTable runs={data.items} order={order} choose={setOrder} />}
        </>
      )}
    </>
  );
}

function Filter({ where, choose }: { where: string; choose: (where: string) => void }) {
  const [typed, type] = useState(where);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    choose(typed.trim());
  };
  return (
    <form className="filter" onSubmit={submit} role="search" aria-label="Runs">
      <label>
        Filter{" "}
        <input
          type="search"
          value={typed}
          placeholder="metrics.auc>0.9, parameters.depth=5, status=FINISHED"
          onChange={(event) => type(event.target.value)}
        />
      </label>
      <button type="submit">Apply</button>
    </form>
  );
}
