import { createContext, useLayoutEffect, useRef, useState } from "react";

import type { Side } from "./graph";

/** What can be done in the picture. These never change, so that no card is drawn again because of them. */
export interface Actions {
  expand: (side: Side, id: string) => void;
  collapse: (side: Side, id: string) => void;
  foresee: (change: "expand" | "collapse", side: Side, id: string) => void; // somebody points at what does it
  toggleColumns: (id: string) => void;
  follow: (column: string) => void;
  put: (ids: string[], anew?: boolean) => void; // into the picture, where they are not in it
  select: (id: string) => void;
  reveal: (id: string) => void; // into the window, where it is out of sight
  hover: (id: string | null) => void;
  focus: (id: string | null) => void; // with the keyboard, what `hover` is with the pointer
  go: (to: string) => void;
}

const nothing = () => undefined;
export const Acting = createContext<Actions>({
  expand: nothing,
  collapse: nothing,
  foresee: nothing,
  toggleColumns: nothing,
  follow: nothing,
  put: nothing,
  select: nothing,
  reveal: nothing,
  hover: nothing,
  focus: nothing,
  go: nothing,
});

/** The same functions for as long as the page stands, which do what the newest ones do. */
export function useSteady(actions: Actions): Actions {
  const latest = useRef(actions);
  useLayoutEffect(() => {
    latest.current = actions;
  });
  const [steady] = useState<Actions>(() => ({
    expand: (side, id) => latest.current.expand(side, id),
    collapse: (side, id) => latest.current.collapse(side, id),
    foresee: (change, side, id) => latest.current.foresee(change, side, id),
    toggleColumns: (id) => latest.current.toggleColumns(id),
    follow: (column) => latest.current.follow(column),
    put: (ids, anew) => latest.current.put(ids, anew),
    select: (id) => latest.current.select(id),
    reveal: (id) => latest.current.reveal(id),
    hover: (id) => latest.current.hover(id),
    focus: (id) => latest.current.focus(id),
    go: (to) => latest.current.go(to),
  }));
  return steady;
}
