// Lay out a graph beside the page, so that the page answers meanwhile.
import { Graph, layout } from "@dagrejs/dagre";

import { CARD, type LayoutAnswer, type LayoutRequest } from "./layout";

const EXACT_UP_TO = 300; // nodes; above, the exact ranking takes seconds

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const graph = new Graph();
  graph.setGraph({
    rankdir: "LR",
    nodesep: 18,
    ranksep: 90,
    ranker: data.nodes.length <= EXACT_UP_TO ? "network-simplex" : "tight-tree",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of data.nodes) graph.setNode(id, { width: CARD.width, height: CARD.height });
  for (const [source, target] of data.edges) if (source !== target) graph.setEdge(source, target);
  layout(graph);
  const positions = data.nodes.map((id): [string, { x: number; y: number }] => {
    const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
    return [id, { x: x - CARD.width / 2, y: y - CARD.height / 2 }];
  });
  const answer: LayoutAnswer = { number: data.number, positions };
  self.postMessage(answer);
};
