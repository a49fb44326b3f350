import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { deed, partOf, spoken } from "../text/changes";
import type { Labelled } from "./Labels";
import { Time } from "./Parts";
import { Empty, Failed, Loading } from "./States";

const PAGE = 50;

/** What people changed, the latest first. */
export function History({ kind, of }: { kind: Labelled; of: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [kind, of, "history"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      ask("metadata", `get /${kind}/{key}/history`, {
        path: { key: of },
        query: { limit: PAGE, after: pageParam },
        signal,
      }),
    getNextPageParam: (page) => page.next,
  });
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!data) return <Loading what="history" />;
  const items = spoken(data.pages.flatMap((page) => page.items));
  if (items.length === 0) return <Empty>Nobody has changed anything by hand.</Empty>;
  return (
    <>
      <ol className="history">
        {items.map((item) => (
          <Entry key={`${item.revision} ${item.key} ${item.property ?? item.relation ?? ""} ${item.other ?? ""}`} of={of} item={item} />
        ))}
      </ol>
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </button>
      )}
    </>
  );
}

function Entry({ of, item }: { of: string; item: Metadata.HistoryEntry }) {
  const part = partOf(of, item.key);
  return (
    <li>
      <p>
        <Actor id={item.actor} /> {deed(item)} {item.other && <code dir="auto">{item.other}</code>}
        {part && (
          <>
            {" "}
            of <code dir="auto">{part}</code>
          </>
        )}{" "}
        <span className="quiet">
          <Time at={item.at / 1e6} />
        </span>
      </p>
      {item.reason && (
        <p className="quiet" dir="auto">
          {item.reason}
        </p>
      )}
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

export function Actor({ id }: { id: string }) {
  if (!id) return "Somebody";
  return (
    <Link to={`/person/${encodeURIComponent(id)}`} dir="auto">
      {id}
    </Link>
  );
}
