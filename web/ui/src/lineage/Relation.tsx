import { useState } from "react";

import { Time } from "../components/Parts";
import type { Metadata } from "../api/routes";
import type { Editing } from "./edits";
import type { ShownEdge } from "./graph";

interface Props {
  edge: ShownEdge;
  names: ReadonlyMap<string, string>;
  remove: Editing["remove"];
}

/** A relation, where it came from, and how to be rid of it. */
export function Relation({ edge: { source, target, edge }, names, remove }: Props) {
  const [asking, setAsking] = useState(false);
  const words = `${names.get(source) ?? source} → ${names.get(target) ?? target}`;
  return (
    <div className="relation">
      <p dir="auto">
        {words}{" "}
        <button type="button" className="plain" aria-expanded={asking} onClick={() => setAsking(!asking)}>
          Remove<span className="hidden"> {words}</span>
        </button>
      </p>
      <p className="quiet">
        <Origin origin={edge.origin} />
      </p>
      {asking && (
        <Because
          what={`Why remove ${words}?`}
          act="Remove it"
          cancel={() => setAsking(false)}
          done={async (reason) => {
            if (await remove(source, target, reason)) setAsking(false);
          }}
        />
      )}
    </div>
  );
}

/** Who or what says so, and since when. */
export function Origin({ origin }: { origin: Metadata.Origin }) {
  const { source, run, first_seen_at, last_seen_at, author, reason } = origin;
  return (
    <>
      {author ? `Drawn by ${author}` : source ? `From ${source}` : "Nobody wrote down where it came from"}
      {author && reason ? `: ${reason}` : ""}
      {run && `, run ${run}`}
      {first_seen_at !== null && (
        <>
          , first seen <Time at={first_seen_at} />
        </>
      )}
      {last_seen_at !== null && !author && (
        <>
          , last seen <Time at={last_seen_at} />
        </>
      )}
      .
    </>
  );
}

interface BecauseProps {
  what: string;
  act: string;
  done: (reason: string) => Promise<void>;
  cancel: () => void;
}

/** Ask for a reason; it is kept with the change. */
export function Because({ what, act, done, cancel }: BecauseProps) {
  const [reason, setReason] = useState("");
  return (
    <form
      className="because"
      onSubmit={(event) => {
        event.preventDefault();
        void done(reason.trim());
      }}
    >
      <input aria-label={what} placeholder="Why?" value={reason} dir="auto" autoFocus onChange={(event) => setReason(event.target.value)} />
      <span className="actions">
        <button type="submit">{act}</button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </span>
    </form>
  );
}
