import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { pageOf, partsOf } from "../text/keys";
import { count } from "../text/plain";
import { useParameter } from "./parameter";
import { BadgeMark, Some } from "./Parts";
import { Empty, Failed, Loading } from "./States";

type Props = { kind: "table" | "feature"; of: string } | { kind: "column"; of: string; column: string };

const DEPTHS = [1, 2, 3, 5, 10];

/** What something is made from and what is made from it, as two lists: for those who want no picture. */
export function LineageLists(props: Props) {
  const [steps, setSteps] = useParameter("steps", "1");
  const depth = DEPTHS.find((known) => String(known) === steps) ?? 1;
  const { data, error, refetch } = useQuery({
    queryKey: ["lineage-lists", props, depth],
    queryFn: ({ signal }) => read(props, depth, signal),
  });
  const kind = props.kind;
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
      {data && (
        <div className="both">
          <List title="Upstream: what it is made from" kind={kind} items={data.upstream_entities} />
          <List title="Downstream: what is made from it" kind={kind} items={data.downstream_entities} />
        </div>
      )}
    </div>
  );
}

function read(props: Props, depth: number, signal: AbortSignal): Promise<Metadata.Lineage> {
  const query = { depth, direction: "both" } as const;
  switch (props.kind) {
    case "table":
      return ask("metadata", "get /table/{key}/lineage", { path: { key: props.of }, query, signal });
    case "feature":
      return ask("metadata", "get /feature/{key}/lineage", { path: { key: props.of }, query, signal });
    case "column":
      return ask("metadata", "get /table/{key}/column/{column}/lineage", {
        path: { key: props.of, column: props.column },
        query,
        signal,
      });
  }
}

function List({ title, kind, items }: { title: string; kind: string; items: Metadata.LineageItem[] }) {
  const once = [...new Map(items.map((item) => [item.key, item])).values()];
  const sorted = once.sort((a, b) => a.level - b.level || b.usage - a.usage);
  return (
    <section>
      <h3>
        {title} <span className="count">{count(once.length)}</span>
      </h3>
      {once.length === 0 && <Empty>Nothing is known.</Empty>}
      <Some items={sorted} limit={50}>
        {(some) => (
          <ul className="plain-list">
            {some.map((item) => {
              const parts = partsOf(item.key);
              return (
                <li key={item.key}>
                  <Link to={pageOf(kind, item.key)} dir="auto">
                    {parts.name}
                  </Link>{" "}
                  <span className="quiet" dir="auto">
                    {parts.source} · {parts.within}
                    {item.level > 1 && ` · ${item.level} steps`}
                  </span>{" "}
                  {item.badges.map((badge) => (
                    <BadgeMark key={badge.badge_name} name={badge.badge_name} category={badge.category} />
                  ))}
                </li>
              );
            })}
          </ul>
        )}
      </Some>
    </section>
  );
}
