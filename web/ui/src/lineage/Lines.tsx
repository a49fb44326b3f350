import { ViewportPortal } from "@xyflow/react";
import { memo, useMemo } from "react";

import type { Positions } from "./geometry";
import type { View } from "./graph";
import { linesOf } from "./lines";

interface Props {
  edges: View["edges"];
  positions: Positions;
  lit: ReadonlySet<string> | null;
}

/** All lines in one drawing below the cards; one is drawn again only when it moves or is lit. */
export const Lines = memo(function Lines({ edges, positions, lit }: Props) {
  const lines = useMemo(() => linesOf(edges, positions), [edges, positions]);
  return (
    <ViewportPortal>
      <svg className="lines" aria-hidden="true">
        {lines.map(({ id, path, source, target }) => (
          <Line key={id} path={path} lit={lit !== null && lit.has(source) && lit.has(target)} />
        ))}
      </svg>
    </ViewportPortal>
  );
});

const Line = memo(function Line({ path, lit }: { path: string; lit: boolean }) {
  return <path className={lit ? "line lit" : "line"} d={path} />;
});
