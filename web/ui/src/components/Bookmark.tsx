import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "../api/client";
import { follows } from "../api/queries";
import { tableKey } from "../text/keys";
import { reason } from "./Description";
import { useNotices } from "./Notices";
import { usePerson } from "./PersonProvider";

type Followed = "table" | "dashboard" | "feature"; // what lists of bookmarks have

/** Keep something at hand for the person who reads. */
export function Bookmark({ kind, of }: { kind: Followed; of: string }) {
  const { id } = usePerson();
  const queries = useQueryClient();
  const tell = useNotices();
  const { data } = useQuery(follows(id));
  const kept = {
    table: data?.table.map(tableKey),
    dashboard: data?.dashboard.map((dashboard) => dashboard.uri),
    feature: data?.feature?.map((feature) => feature.key),
  }[kind];
  const change = useMutation({
    mutationFn: (keep: boolean) =>
      ask("metadata", keep ? "put /user/{user}/follow/{kind}/{key}" : "delete /user/{user}/follow/{kind}/{key}", {
        path: { user: id, kind, key: of },
      }),
    onError: (error) => tell(`Not changed: ${reason(error)}`, true),
    onSettled: () => queries.invalidateQueries({ queryKey: ["user", id, "follow"] }),
  });
  const on = change.isPending ? change.variables : (kept?.includes(of) ?? false);
  const toggle = () => {
    if (id) change.mutate(!on);
    else tell("Say who you are first, at the top right: a bookmark belongs to somebody.");
  };
  return (
    <button type="button" className="bookmark" aria-pressed={on} onClick={toggle}>
      <span aria-hidden="true">{on ? "★" : "☆"}</span> {on ? "Bookmarked" : "Bookmark"}
    </button>
  );
}
