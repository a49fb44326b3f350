import { Panel, useReactFlow, useStore } from "@xyflow/react";

import { count } from "../text/plain";
import type { Positions } from "./geometry";
import { outsideOf } from "./window";

interface Props {
  came: ReadonlySet<string>; // with the last click
  positions: Positions;
  clicked: string;
}

/** Say how much of what came lies outside of the window, and bring it into view for who asks. */
export function Beyond({ came, positions, clicked }: Props) {
  const flow = useReactFlow();
  const outside = useStore(({ transform: [x, y, zoom], width, height }) =>
    outsideOf(came, positions, { x, y, zoom }, { width, height }).length,
  );
  const show = () => {
    const nodes = [clicked, ...came].filter((id) => positions.has(id)).map((id) => ({ id }));
    void flow.fitView({ nodes, padding: 0.06, maxZoom: flow.getZoom() });
  };
  return (
    <Panel position="bottom-center" className="beyond">
      <p role="status">
        {outside > 0 && (
          <>
            {count(outside)} of what came {outside === 1 ? "is" : "are"} outside of the window.{" "}
            <button type="button" className="plain" onClick={show}>
              Show {outside === 1 ? "it" : "them"}
            </button>
          </>
        )}
      </p>
    </Panel>
  );
}
