import { createContext } from "react";

import type { Side } from "./graph";

/** What can be done in the picture. */
export interface Actions {
  expand: (side: Side, id: string) => void;
  collapse: (side: Side, id: string) => void;
  select: (id: string) => void;
}

const nothing = () => undefined;
export const Acting = createContext<Actions>({ expand: nothing, collapse: nothing, select: nothing });

/** The nodes on the paths through the one that is pointed at or selected; null when none is. */
export const Lit = createContext<Set<string> | null>(null);
