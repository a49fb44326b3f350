import "@xyflow/react/dist/base.css";

import { ControlButton, Controls, type Edge as FlowEdge, ReactFlow, useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useCallback, useLayoutEffect, useMemo, useRef } from "react";

import { Card } from "./Card";
import { type CardNode, cardsOf } from "./cards";
import type { Positions } from "./geometry";
import type { Expansion, View } from "./graph";
import { Lines } from "./Lines";

interface Props {
  view: View;
  start: string;
  expansions: Expansion[];
  positions: Positions;
  lit: ReadonlySet<string> | null;
  clicked: string | null; // what keeps its place in the window; without one, all is fitted into it
  hover: (id: string | null) => void;
  select: (id: string | null) => void;
  tidy: () => void;
}

const TYPES = { card: Card };
const NO_EDGES: FlowEdge[] = []; // lines are drawn by Lines.tsx, all at once
const FIT = { padding: 0.12, maxZoom: 1 };
const FIRST = { ...FIT, minZoom: 0.5 }; // what is seen first can be read, if not all at once
const TOO_FAR = 0.35; // from here on a card is a plain box: nobody could read it

export function Picture({ view, start, expansions, positions, lit, clicked, hover, select, tidy }: Props) {
  const nodes = useMemo(
    () => cardsOf(view, start, expansions, positions, lit),
    [view, start, expansions, positions, lit],
  );
  useShown(nodes, positions, clicked);
  const enter = useCallback((_: unknown, node: CardNode) => hover(node.id), [hover]);
  const leave = useCallback(() => hover(null), [hover]);
  const deselect = useCallback(() => select(null), [select]);
  const far = useStore((store) => store.transform[2] < TOO_FAR);
  return (
    <ReactFlow
      className={[far && "far", lit && "pointing"].filter(Boolean).join(" ")}
      nodes={nodes}
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
      minZoom={0.05}
      maxZoom={2}
      onNodeMouseEnter={enter}
      onNodeMouseLeave={leave}
      onPaneClick={deselect}
      attributionPosition="bottom-left"
    >
      <Lines edges={view.edges} positions={positions} lit={lit} />
      <Controls showInteractive={false} fitViewOptions={FIT}>
        <ControlButton onClick={tidy} title="Arrange anew" aria-label="Arrange anew">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M2 9h6v6H2zM16 3h6v6h-6zM16 15h6v6h-6zM8 11h4V5h4v2h-2v10h2v2h-4v-6H8z" />
          </svg>
        </ControlButton>
      </Controls>
    </ReactFlow>
  );
}

/**
 * Show cards where they now stand before anything is painted, the lines' layer included, with the clicked one where it
 * was in the window. A picture without one, such as the first, is fitted into the window.
 */
function useShown(nodes: CardNode[], positions: Positions, clicked: string | null) {
  const flow = useReactFlow();
  const store = useStoreApi<CardNode>();
  const before = useRef<Positions>(new Map());
  useLayoutEffect(() => {
    store.getState().setNodes(nodes);
    if (positions === before.current || positions.size === 0) return;
    const [was, is] = clicked ? [before.current.get(clicked), positions.get(clicked)] : [];
    before.current = positions;
    if (was && is) {
      const { x, y, zoom } = flow.getViewport();
      void flow.setViewport({ x: x + (was.x - is.x) * zoom, y: y + (was.y - is.y) * zoom, zoom });
    } else {
      requestAnimationFrame(() => void flow.fitView(FIRST));
    }
  }, [nodes, positions, clicked, flow, store]);
}
