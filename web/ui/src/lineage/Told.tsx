import { useEffect, useState } from "react";

import { Loading } from "../components/States";
import { count } from "../text/plain";
import { type View, VISIBLE_CAP } from "./graph";
import { GREATEST_CAP } from "./state";

interface Props {
  view: View;
  busy: boolean;
  most: number;
  raise: (most: number) => void;
}

const SOON = 150; // milliseconds: what is there by then is not announced

/** What the picture does not say by itself. */
export function Told({ view, busy, most, raise }: Props) {
  const slow = useLasting(busy);
  if (busy && view.nodes.length === 0) return <Loading what="lineage" />;
  return (
    <p className="told" role="status" aria-busy={busy}>
      {view.cut > 0 && (
        <>
          {count(most)} are drawn, {count(view.cut)} more are not: hide some, filter, or take all downstream as CSV.{" "}
          {most < GREATEST_CAP && (
            <button type="button" className="plain" onClick={() => raise(most + VISIBLE_CAP)}>
              Draw {VISIBLE_CAP} more
            </button>
          )}
        </>
      )}
      {view.nodes.length === 1 && view.edges.length === 0 && "Nothing is known to be upstream or downstream of it. "}
      {slow && "Loading more …"}
    </p>
  );
}

/** Whether something has gone on for longer than one need be told of. */
function useLasting(going: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!going) return;
    const timer = setTimeout(() => setLasting(true), SOON);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [going]);
  return lasting;
}
