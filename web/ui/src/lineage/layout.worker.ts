// Lay out a whole graph beside the page, so that the page answers meanwhile.
import { Graph, layout } from "@dagrejs/dagre";

import { CARD, GAP, STEP } from "./geometry";
import type { LayoutAnswer, LayoutRequest } from "./layout";

const EXACT_UP_TO = 300; // nodes; above, the exact ranking takes seconds

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const graph = new Graph();
  graph.setGraph({
    rankdir: "LR",
    nodesep: GAP,
    ranksep: STEP - CARD.width,
    ranker: data.heights.size <= EXACT_UP_TO ? "network-simplex" : "tight-tree",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, height] of data.heights) graph.setNode(id, { width: CARD.width, height });
  for (const [source, target] of data.edges) if (source !== target) graph.setEdge(source, target);
  layout(graph);
  const answer: LayoutAnswer = [...data.heights].map(([id, height]) => {
    const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
    return [id, { x: Math.round(x - CARD.width / 2), y: Math.round(y - height / 2) }];
  });
  self.postMessage(answer);
};
