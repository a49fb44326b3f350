import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { kindName, lineageOf, pageOf } from "../text/keys";
import { count } from "../text/plain";
import { DependentModels } from "./DependentModels";
import { useParameter } from "./parameter";
import { BadgeMark, Some } from "./Parts";
import { Empty, Failed, Loading } from "./States";

interface Props {
  kind: "table" | "column" | "dashboard" | "feature" | "model";
  of: string;
}

const DEPTHS = [1, 2, 3, 5, 10];
const NEIGHBOURS = 200; // of each thing, the most used first
const SHOWN = 50;

/** What something is made from and what is made from it, as two lists: for those who want no picture. */
export function LineageLists({ kind, of }: Props) {
  const [steps, setSteps] = useParameter("steps", "1");
  const depth = DEPTHS.find((known) => String(known) === steps) ?? 1;
  const { data, error, refetch } = useQuery({
    queryKey: ["lineage-lists", kind, of, depth],
    queryFn: ({ signal }) =>
      ask("metadata", `get /lineage/${kind}/{key}`, { path: { key: of }, query: { depth, limit: NEIGHBOURS }, signal }),
  });
  return (
    <div className="lineage-lists">
      <label>
        Steps{" "}
        <select value={depth} onChange={(event) => setSteps(event.target.value)}>
          {DEPTHS.map((number) => (
            <option key={number}>{number}</option>
          ))}
        </select>
      </label>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="lineage" />}
      {data && !data.complete && (
        <p className="quiet">
          There is more than fits a list. <Link to={lineageOf(kind, of)}>Explore it</Link> step by step.
        </p>
      )}
      {data && (
        <div className="both">
          <List title="Upstream: what it is made from" nodes={data.nodes.filter((node) => node.level < 0)} />
          <List title="Downstream: what is made from it" nodes={data.nodes.filter((node) => node.level > 0)} />
        </div>
      )}
      {kind !== "model" && <DependentModels kind={kind} of={of} />}
    </div>
  );
}

function List({ title, nodes }: { title: string; nodes: Metadata.Node[] }) {
  const sorted = [...nodes].sort((a, b) => Math.abs(a.level) - Math.abs(b.level) || b.usage - a.usage);
  return (
    <section>
      <h3>
        {title} <span className="count">{count(sorted.length)}</span>
      </h3>
      {sorted.length === 0 && <Empty>Nothing is known.</Empty>}
      <Some items={sorted} limit={SHOWN}>
        {(some) => (
          <ul className="plain-list">
            {some.map((node) => (
              <Item key={`${node.kind} ${node.key}`} node={node} />
            ))}
          </ul>
        )}
      </Some>
    </section>
  );
}

function Item({ node }: { node: Metadata.Node }) {
  const distance = Math.abs(node.level);
  const table = node.table?.slice(node.table.lastIndexOf("/") + 1);
  const within = [node.kind === "table" ? "" : kindName(node.kind), node.database, node.schema, table];
  return (
    <li>
      <Link to={pageOf(node.kind, node.key)} dir="auto">
        {node.name}
      </Link>{" "}
      <span className="quiet" dir="auto">
        {[...within, distance > 1 && `${distance} steps`].filter(Boolean).join(" · ")}
      </span>{" "}
      <span className="row">
        {node.badges.map((badge) => (
          <BadgeMark key={badge.badge_name} name={badge.badge_name} category={badge.category} />
        ))}
      </span>
    </li>
  );
}
