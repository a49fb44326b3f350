import { ViewportPortal } from "@xyflow/react";
import { memo, use, useMemo } from "react";

import type { Columns } from "./columns";
import { Acting } from "./contexts";
import type { Positions } from "./geometry";
import type { View } from "./graph";
import type { Light } from "./light";
import { columnLinesOf, linesOf } from "./curves";

interface Props {
  edges: View["edges"];
  columns: Columns;
  positions: Positions;
  light: Light | null;
}

/** All lines in one drawing below the cards; one is drawn again only when it moves or is lit. */
export const Lines = memo(function Lines({ edges, columns, positions, light }: Props) {
  const lines = useMemo(() => linesOf(edges, positions), [edges, positions]);
  const fine = useMemo(() => columnLinesOf(columns, positions), [columns, positions]);
  return (
    <ViewportPortal>
      <svg className={fine.length > 0 ? "lines with-columns" : "lines"} aria-hidden="true">
        {lines.map(({ id, path }) => (
          <Line key={id} id={id} path={path} lit={light?.edges.has(id) ?? false} />
        ))}
        {fine.map(({ id, path }) => (
          <path key={id} className={light?.edges.has(id) ? "line of-columns lit" : "line of-columns"} d={path} />
        ))}
      </svg>
    </ViewportPortal>
  );
});

/** A line, and around it an unseen broader one to point at; the keyboard finds edges beside the picture. */
const Line = memo(function Line({ id, path, lit }: { id: string; path: string; lit: boolean }) {
  const { select } = use(Acting);
  return (
    <>
      <path className={lit ? "line lit" : "line"} d={path} />
      <path className="line-ground" d={path} onClick={() => select(id)} />
    </>
  );
});
