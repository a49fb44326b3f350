// Where each card stands: beside the one that was clicked at once, all of them anew when the worker has worked it out.
import { useEffect, useRef, useState } from "react";

import type { Graph, Position, Positions } from "./geometry";
import { place } from "./place";

export type LayoutRequest = Graph;
export type LayoutAnswer = [id: string, position: Position][];

export interface Layout {
  graph: Graph | null; // which these are the places of
  positions: Positions;
  round: number; // when all was laid out last
  seen: ReadonlyMap<string, Positions>; // what is shown and hidden again leaves everything where it was
  clicked: string; // what was clicked last
  came: ReadonlySet<string>; // what came since then, perhaps in parts
}

const NOTHING: ReadonlySet<string> = new Set();
export const NO_LAYOUT: Layout = {
  graph: null,
  positions: new Map(),
  round: -1,
  seen: new Map(),
  clicked: "",
  came: NOTHING,
};
const REMEMBERED = 40;

/** The layout of a graph that grew or shrank where it was clicked. */
export function grown(before: Layout, graph: Graph, clicked: string): Layout {
  const known = signature(graph);
  const positions = before.seen.get(known) ?? place(before.positions, graph, clicked);
  const seen = [...before.seen].filter(([one]) => one !== known).slice(1 - REMEMBERED);
  const fresh = [...positions.keys()].filter((id) => !before.positions.has(id));
  const came = new Set([...(before.clicked === clicked ? before.came : NOTHING), ...fresh]);
  return { ...before, graph, positions, seen: new Map([...seen, [known, positions]]), clicked, came };
}

/** Whether all that is new hangs on something; what does not may yet, when everything is there. */
export function connected({ heights, edges }: Graph, positions: Positions): boolean {
  const ends = new Set(edges.flat());
  return [...heights.keys()].every((id) => positions.has(id) || ends.has(id));
}

function signature({ heights, edges }: Graph): string {
  return `${edges.length} ${[...heights].map(([id, height]) => `${height} ${id}`).sort().join("\n")}`;
}

/**
 * Where each card of a graph stands. At first, and when `round` goes up, everything is laid out anew once it is all
 * there (`ready`); until that is worked out, the places are those from before. After that, what comes stands beside
 * what was clicked.
 */
export function useLayout(graph: Graph, clicked: string, round: number, ready: boolean): Layout {
  const [layout, setLayout] = useState<Layout>(NO_LAYOUT);
  const anew = layout.round !== round || !layout.positions.has(clicked);
  if (!anew && layout.graph !== graph && (ready || connected(graph, layout.positions))) {
    setLayout(grown(layout, graph, clicked));
  }
  const worker = useRef<Work | null>(null);
  useEffect(() => {
    const started = new Work();
    worker.current = started;
    return () => started.end();
  }, []);
  useEffect(() => {
    if (!anew || !ready || graph.heights.size === 0) return;
    worker.current?.ask(graph, (positions) =>
      setLayout({ ...NO_LAYOUT, graph, positions, round, seen: new Map([[signature(graph), positions]]) }),
    );
  }, [graph, anew, round, ready]);
  return layout;
}

type Done = (positions: Positions) => void;

/** Layouts one at a time, in a worker: of what is asked meanwhile only the last is worked out. */
class Work {
  private readonly worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  private running: Done | null = null;
  private next: [Graph, Done] | null = null;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      const [done, next] = [this.running, this.next];
      this.running = this.next = null;
      if (next) this.ask(...next); // and what was worked out is out of date
      else done?.(new Map(data));
    };
  }

  ask(graph: LayoutRequest, done: Done) {
    if (this.running) {
      this.next = [graph, done];
    } else {
      this.running = done;
      this.worker.postMessage(graph);
    }
  }

  end() {
    this.worker.terminate();
  }
}
