import { useEffect, useRef, useState } from "react";

export const CARD = { width: 210, height: 58 };

export interface Position {
  x: number;
  y: number;
}

export interface LayoutRequest {
  number: number;
  nodes: string[];
  edges: [source: string, target: string][];
}

export interface LayoutAnswer {
  number: number;
  positions: [id: string, position: Position][];
}

/** Where each node stands. While a new layout is worked out, the one before it is returned. */
export function useLayout(nodes: string[], edges: [string, string][]): Map<string, Position> {
  const [positions, setPositions] = useState<Map<string, Position>>(new Map());
  const worker = useRef<Worker | null>(null);
  const asked = useRef(0);
  const wanted = JSON.stringify([nodes, edges]); // the same graph is laid out once
  useEffect(() => {
    const started = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.current = started;
    started.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.number === asked.current) setPositions(new Map(data.positions)); // an older one is out of date
    };
    return () => {
      started.terminate();
      worker.current = null;
    };
  }, []);
  useEffect(() => {
    const [some, among] = JSON.parse(wanted) as [string[], [string, string][]];
    if (some.length === 0) return;
    const request: LayoutRequest = { number: ++asked.current, nodes: some, edges: among };
    worker.current?.postMessage(request);
  }, [wanted]);
  return positions;
}
