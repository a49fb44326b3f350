import { useEffect, useRef } from "react";

import type { Metadata } from "../api/routes";
import { count } from "../text/plain";
import type { ExplorerState } from "./state";

interface Props {
  asked: NonNullable<ExplorerState["paths"]>;
  names: ReadonlyMap<string, string>;
  paths: Metadata.Paths | null;
  busy: boolean;
  fresh: boolean; // somebody just asked for them, and is led here
  chosen: number | null; // the path that is lit alone
  choose: (index: number | null) => void;
  leave: () => void;
}

/** How one thing leads to another: the shortest paths, each lit when it is pressed. */
export function Paths({ asked, names, paths, busy, fresh, chosen, choose, leave }: Props) {
  const name = (id: string) => names.get(id) ?? id.slice(id.lastIndexOf("/") + 1);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (fresh) section.current?.focus({ preventScroll: true });
  }, [fresh]);
  const between = `${name(asked.from)} and ${name(asked.to)}`;
  return (
    <section ref={section} tabIndex={-1} className="paths" aria-label={`Paths between ${between}`}>
      <h2 dir="auto">Between {between}</h2>
      <p role="status" className="quiet">
        {paths ? said(paths) : busy ? "Looking …" : ""}
      </p>
      <ol>
        {paths?.paths.map((path, index) => (
          <li key={path.map((stop) => stop.key).join(" ")}>
            <button
              type="button"
              className="plain"
              aria-pressed={chosen === index}
              onClick={() => choose(chosen === index ? null : index)}
            >
              <span dir="auto">{path.map((stop) => stop.name).join(" → ")}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="actions">
        <button type="button" onClick={leave}>
          Leave these paths
        </button>
      </p>
    </section>
  );
}

function said({ paths, length, complete }: Metadata.Paths): string {
  if (length === null) return complete ? "Neither leads to the other." : "No path was found in the time there was.";
  const steps = length === 1 ? "1 step" : `${count(length)} steps`;
  const ways = paths.length === 1 ? "One path" : `${count(paths.length)} paths`;
  return `${ways} of ${steps}${complete ? "" : ", and more as short"}.`;
}
