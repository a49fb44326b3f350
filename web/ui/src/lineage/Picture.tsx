import "@xyflow/react/dist/base.css";

import { ControlButton, Controls, type Edge as FlowEdge, ReactFlow, useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";

import { Beyond } from "./Beyond";
import { Card } from "./Card";
import { type CardNode, cardsOf, type Pictured } from "./cards";
import type { Positions } from "./geometry";
import { Lines } from "./Lines";
import { windowAfter } from "./window";

interface Props extends Pictured {
  clicked: string; // what keeps its place in the window
  came: ReadonlySet<string>; // what came since that click
  round: number; // when all was laid out last: then all is fitted into the window
  hover: (id: string | null) => void;
  select: (id: string | null) => void;
  tidy: () => void;
}

const TYPES = { card: Card };
const NO_EDGES: FlowEdge[] = []; // lines are drawn by Lines.tsx, all at once
const FIRST = { minZoom: 0.5 }; // what is seen first can be read, if not all at once
const TOO_FAR = 0.35; // from here on a card is a plain box: nobody could read it

/** Not drawn again while somebody chooses in the list, or while more is loaded. */
export const Picture = memo(function Picture({ clicked, came, round, hover, select, tidy, ...pictured }: Props) {
  const { view, columns, start, open, traced, positions, light } = pictured;
  const nodes = useMemo(
    () => cardsOf({ view, columns, start, open, traced, positions, light }),
    [view, columns, start, open, traced, positions, light],
  );
  useShown(nodes, positions, clicked, came, round);
  const enter = useCallback((_: unknown, node: CardNode) => hover(node.id), [hover]);
  const leave = useCallback(() => hover(null), [hover]);
  const deselect = useCallback(() => select(null), [select]);
  const [fit] = useState(fitting);
  const far = useStore((store) => store.transform[2] < TOO_FAR);
  return (
    <ReactFlow
      className={[far && "far", light && "pointing"].filter(Boolean).join(" ")}
      edges={NO_EDGES}
      nodeTypes={TYPES}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      deleteKeyCode={null}
      disableKeyboardA11y
      onlyRenderVisibleElements
      minZoom={0.01} // the largest picture fits a small window
      maxZoom={2}
      onNodeMouseEnter={enter}
      onNodeMouseLeave={leave}
      onPaneClick={deselect}
      attributionPosition="bottom-left"
    >
      <Lines edges={view.edges} columns={columns} positions={positions} light={light} />
      <Beyond came={came} positions={positions} clicked={clicked} />
      <Controls showInteractive={false} fitViewOptions={fit}>
        <ControlButton onClick={tidy} title="Arrange anew" aria-label="Arrange anew">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M2 9h6v6H2zM16 3h6v6h-6zM16 15h6v6h-6zM8 11h4V5h4v2h-2v10h2v2h-4v-6H8z" />
          </svg>
        </ControlButton>
      </Controls>
    </ReactFlow>
  );
});

/** How a picture fits its window: no larger than its letters are elsewhere, which grow on a very large screen. */
function fitting() {
  return { padding: 0.12, maxZoom: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 };
}

/**
 * Show cards where they now stand before anything is painted, lines included, with the clicked one where it was in the
 * window. When all was laid out anew it is fitted into the window. The library is not given them as a property: it would
 * take that up later, and a second time.
 */
function useShown(nodes: CardNode[], positions: Positions, clicked: string, came: Props["came"], round: number) {
  const flow = useReactFlow();
  const store = useStoreApi<CardNode>();
  const before = useRef({ positions, round: -1 });
  useLayoutEffect(() => {
    store.getState().setNodes(nodes);
    const last = before.current;
    before.current = { positions, round };
    if (round !== last.round) {
      requestAnimationFrame(() => void flow.fitView({ ...fitting(), ...FIRST }));
      return;
    }
    if (positions === last.positions) return;
    const now = flow.getViewport();
    const then = windowAfter(now, store.getState(), last.positions, positions, clicked, came);
    if (then.x !== now.x || then.y !== now.y || then.zoom !== now.zoom) void flow.setViewport(then);
  }, [nodes, positions, clicked, came, round, flow, store]);
}
