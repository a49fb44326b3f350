import "@xyflow/react/dist/base.css";

import { Controls, type Edge as FlowEdge, MarkerType, ReactFlow, useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useMemo, useRef } from "react";

import { Card, type CardNode } from "./Card";
import { type Expansion, expansionId, idOf, type View } from "./graph";
import { CARD, type Position } from "./layout";

interface Props {
  view: View;
  start: string;
  expansions: Expansion[];
  positions: Map<string, Position>;
  lit: Set<string> | null;
  anchor: RefObject<string | null>; // the node that was clicked last, unless all was changed since
  hover: (id: string | null) => void;
  select: (id: string | null) => void;
}

const TYPES = { card: Card };
const FIT = { padding: 0.12, maxZoom: 1 };
const FIRST = { ...FIT, minZoom: 0.5 }; // what is seen first can be read, if not all at once

export function Picture({ view, start, expansions, positions, lit, anchor, hover, select }: Props) {
  const nodes = useNodes(view, start, expansions, positions);
  const edges = useEdges(view, positions, lit);
  useSteady(positions, anchor);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
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
      onNodeMouseEnter={(_, node) => hover(node.id)}
      onNodeMouseLeave={() => hover(null)}
      onPaneClick={() => select(null)}
      attributionPosition="bottom-left"
    >
      <Controls showInteractive={false} fitViewOptions={FIT} />
    </ReactFlow>
  );
}

function useNodes(view: View, start: string, expansions: Expansion[], positions: Map<string, Position>): CardNode[] {
  return useMemo(() => {
    const open = new Set(expansions.map(expansionId));
    return view.nodes.flatMap((node) => {
      const id = idOf(node);
      const position = positions.get(id);
      if (!position) return []; // it is being placed
      return [
        {
          id,
          type: "card" as const,
          position,
          width: CARD.width,
          height: CARD.height,
          data: {
            node,
            hidden: view.hidden.get(id) ?? { upstream: 0, downstream: 0 },
            open: { upstream: open.has(`upstream ${id}`), downstream: open.has(`downstream ${id}`) },
            start: id === start,
          },
        },
      ];
    });
  }, [view, start, expansions, positions]);
}

function useEdges(view: View, positions: Map<string, Position>, lit: Set<string> | null): FlowEdge[] {
  return useMemo(
    () =>
      view.edges
        .filter(({ source, target }) => positions.has(source) && positions.has(target))
        .map(({ id, source, target }) => {
          const shown = lit === null ? "" : lit.has(source) && lit.has(target) ? "lit" : "dim";
          return { id, source, target, className: shown, markerEnd: { type: MarkerType.ArrowClosed } };
        }),
    [view, positions, lit],
  );
}

/** Keep the node that was clicked where it was; a picture without one, such as the first, is fitted into the window. */
function useSteady(positions: Map<string, Position>, anchor: RefObject<string | null>) {
  const flow = useReactFlow();
  const before = useRef<Map<string, Position>>(new Map());
  useEffect(() => {
    if (positions.size === 0) return;
    const clicked = anchor.current;
    const [was, is] = clicked ? [before.current.get(clicked), positions.get(clicked)] : [];
    if (was && is) {
      const { x, y, zoom } = flow.getViewport();
      void flow.setViewport({ x: x + (was.x - is.x) * zoom, y: y + (was.y - is.y) * zoom, zoom });
    } else {
      requestAnimationFrame(() => void flow.fitView(FIRST));
    }
    before.current = positions;
  }, [positions, anchor, flow]);
}
