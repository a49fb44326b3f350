import { createContext, useLayoutEffect, useRef, useState } from "react";

import type { Side } from "./graph";

/** What can be done in the picture. These never change, so that no card is drawn again because of them. */
export interface Actions {
  expand: (side: Side, id: string) => void;
  collapse: (side: Side, id: string) => void;
  select: (id: string) => void;
  go: (to: string) => void;
}

const nothing = () => undefined;
export const Acting = createContext<Actions>({ expand: nothing, collapse: nothing, select: nothing, go: nothing });

/** The same functions for as long as the page stands, which do what the newest ones do. */
export function useSteady(actions: Actions): Actions {
  const latest = useRef(actions);
  useLayoutEffect(() => {
    latest.current = actions;
  });
  const [steady] = useState<Actions>(() => ({
    expand: (side, id) => latest.current.expand(side, id),
    collapse: (side, id) => latest.current.collapse(side, id),
    select: (id) => latest.current.select(id),
    go: (to) => latest.current.go(to),
  }));
  return steady;
}
