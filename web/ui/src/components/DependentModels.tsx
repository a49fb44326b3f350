import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { Aliases, Stage } from "../pages/model/marks";
import { pageOf } from "../text/keys";
import { count } from "../text/plain";
import { Failed } from "./States";

const KNOWN_BY: Record<string, string> = {
  signature: "its signature takes this column",
  dataset: "its dataset has this column",
  lineage: "lineage leads there",
  table: "it learns from the table",
};

interface Props {
  kind: "table" | "column" | "dashboard" | "feature";
  of: string;
}

/** The versions of models that depend on something, those in production first. Nothing where there are none. */
export function DependentModels({ kind, of }: Props) {
  const { data, error, refetch } = useQuery({
    queryKey: ["dependent-models", kind, of],
    queryFn: ({ signal }) => ask("metadata", `get /lineage/${kind}/{key}/models`, { path: { key: of }, query: {}, signal }),
  });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data?.items.length) return null;
  return (
    <section aria-label="Models">
      <h3>
        Models that depend on it{" "}
        <span className="count">
          {count(data.items.length)}
          {!data.complete && "+"}
        </span>
      </h3>
      <ul className="plain-list">
        {data.items.map((item) => (
          <Item key={item.key} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item }: { item: Metadata.DependentModel }) {
  return (
    <li>
      <Link to={pageOf("model_version", item.key)} dir="auto">
        {item.name} {item.version}
      </Link>{" "}
      {item.known_by && <span className="quiet">{KNOWN_BY[item.known_by] ?? item.known_by}</span>}{" "}
      {item.stage && <Stage stage={item.stage} />} <Aliases aliases={item.aliases} />
    </li>
  );
}
