// Where each card stands: beside the one that was clicked at once, all of them anew when the worker has worked it out.
import { useEffect, useRef, useState } from "react";

import type { Graph, Position, Positions } from "./geometry";
import { place } from "./place";

export type LayoutRequest = Graph;
export type LayoutAnswer = [id: string, position: Position][];

export interface Layout {
  graph: Graph | null; // which these are the places of
  positions: Positions;
  seen: ReadonlyMap<string, Positions>; // what is shown and hidden again leaves everything where it was
}

export const NO_LAYOUT: Layout = { graph: null, positions: new Map(), seen: new Map() };
const REMEMBERED = 40;

/** The layout of a graph that grew or shrank where it was clicked. */
export function grown(before: Layout, graph: Graph, clicked: string): Layout {
  const known = signature(graph);
  const positions = before.seen.get(known) ?? place(before.positions, graph, clicked);
  const seen = [...before.seen].filter(([one]) => one !== known).slice(1 - REMEMBERED);
  return { graph, positions, seen: new Map([...seen, [known, positions]]) };
}

function signature({ heights, edges }: Graph): string {
  return `${edges.length} ${[...heights].map(([id, height]) => `${height} ${id}`).sort().join("\n")}`;
}

/**
 * Where each card of a graph stands. Without a card that was clicked, or when `round` goes up, everything is laid out
 * anew; until that is worked out, the places are those from before.
 */
export function useLayout(graph: Graph, clicked: string | null, round: number): Positions {
  const [layout, setLayout] = useState<Layout>(NO_LAYOUT);
  const beside = clicked !== null && layout.positions.has(clicked) ? clicked : null;
  if (beside !== null && layout.graph !== graph) setLayout(grown(layout, graph, beside));
  const worker = useRef<Work | null>(null);
  useEffect(() => {
    const started = new Work((of, positions) => {
      const seen = new Map([[signature(of), positions]]);
      setLayout({ graph: of, positions, seen });
    });
    worker.current = started;
    return () => started.end();
  }, []);
  useEffect(() => {
    if (beside === null && graph.heights.size > 0) worker.current?.ask(graph);
    else worker.current?.forget();
  }, [graph, beside, round]);
  return layout.positions;
}

/** Layouts one at a time, in a worker: of what is asked meanwhile only the last is worked out. */
class Work {
  private readonly worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  private running: Graph | null = null;
  private next: Graph | null = null;
  private wanted: Graph | null = null;

  constructor(private readonly done: (graph: Graph, positions: Positions) => void) {
    this.worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      const of = this.running;
      this.running = null;
      if (of && of === this.wanted) this.done(of, new Map(data));
      if (this.next) this.start(this.next);
    };
  }

  ask(graph: Graph) {
    this.wanted = graph;
    if (this.running) this.next = graph;
    else this.start(graph);
  }

  /** Take no answer to what was asked. */
  forget() {
    this.wanted = this.next = null;
  }

  end() {
    this.worker.terminate();
  }

  private start(graph: Graph) {
    this.running = graph;
    this.next = null;
    const request: LayoutRequest = graph;
    this.worker.postMessage(request);
  }
}
