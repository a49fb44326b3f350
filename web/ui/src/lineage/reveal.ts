import { useReactFlow, useStoreApi } from "@xyflow/react";

import { CARD, type Positions } from "./geometry";
import { outsideOf } from "./window";

const GLIDE = 250; // milliseconds

/** Bring a card to the middle of the window where it is out of sight, no nearer and no farther than the picture was. */
export function useReveal(positions: Positions): (id: string) => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  return (id) => {
    const at = positions.get(id);
    if (!at || outsideOf([id], positions, flow.getViewport(), store.getState()).length === 0) return;
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : GLIDE;
    const middle = [at.x + CARD.width / 2, at.y + CARD.height / 2] as const;
    void flow.setCenter(...middle, { zoom: flow.getZoom(), duration, interpolate: "linear" });
  };
}
