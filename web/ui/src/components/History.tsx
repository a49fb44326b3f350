import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import type { Labelled } from "./Labels";
import { Time } from "./Parts";
import { Empty, Failed, Loading } from "./States";

/** What people changed, the latest first. The service pages from the beginning, so the newest may be one click away. */
export function History({ kind, of }: { kind: Labelled; of: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [kind, of, "history"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      ask("metadata", `get /${kind}/{key}/history`, {
        path: { key: of },
        query: pageParam ? { limit: 500, after: pageParam } : { limit: 500 },
        signal,
      }),
    getNextPageParam: (page) => page.next,
  });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading what="history" />;
  const items = data.pages.flatMap((page) => page.items).reverse();
  if (items.length === 0) return <Empty>Nobody has changed anything by hand.</Empty>;
  return (
    <>
      {hasNextPage && (
        <button type="button" onClick={() => void fetchNextPage()}>
          Newer
        </button>
      )}
      <ol className="history">
        {items.map((item) => (
          <Entry key={`${item.revision} ${item.key} ${item.property ?? item.relation ?? ""} ${item.other ?? ""}`} of={of} item={item} />
        ))}
      </ol>
    </>
  );
}

function Entry({ of, item }: { of: string; item: Metadata.HistoryEntry }) {
  const within = item.key.startsWith(`${of}/`) ? item.key.slice(of.length + 1).replace(/\/?_description$/, "") : "";
  return (
    <li>
      <p>
        {item.actor ? <Link to={`/person/${encodeURIComponent(item.actor)}`}>{item.actor}</Link> : "Somebody"}{" "}
        {VERBS[item.action] ?? item.action} {item.property ?? THINGS[item.relation ?? ""] ?? item.relation}{" "}
        {item.other && <code dir="auto">{item.other}</code>}
        {within && <code dir="auto">{within}</code>} <Time at={item.at / 1e6} />
      </p>
      {item.property && (
        <div className="both">
          <blockquote className="before" dir="auto">
            <span className="hidden">Before: </span>
            {item.before ?? <i>nothing</i>}
          </blockquote>
          <blockquote className="after" dir="auto">
            <span className="hidden">After: </span>
            {item.after ?? <i>nothing</i>}
          </blockquote>
        </div>
      )}
    </li>
  );
}

const VERBS: Record<string, string> = { set: "set the", add: "added", remove: "removed" };
const THINGS: Record<string, string> = {
  TAGGED_BY: "tag",
  HAS_BADGE: "badge",
  OWNER_OF: "owner",
  OWNER: "owner",
  FOLLOW: "bookmark of",
  FOLLOWED_BY: "bookmark of",
  HAS_DOWNSTREAM: "lineage to",
};
