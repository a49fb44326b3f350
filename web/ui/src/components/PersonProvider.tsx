import { createContext, type ReactNode, use, useMemo, useState } from "react";

import { actAs } from "../api/client";
import { recall, remember } from "../theme";

interface Person {
  id: string; // empty: nobody in particular
  choose: (id: string) => void;
}

const STORED = "fram.person";
const Chosen = createContext<Person>({ id: "", choose: () => undefined });

/** Who reads: chosen, not verified. Edits carry the name, and bookmarks are theirs. */
export function usePerson(): Person {
  return use(Chosen);
}

export function PersonProvider({ children }: { children: ReactNode }) {
  const [id, setId] = useState(() => {
    const stored = recall(STORED) ?? "";
    actAs(stored);
    return stored;
  });
  const person = useMemo(
    () => ({
      id,
      choose: (chosen: string) => {
        remember(STORED, chosen);
        actAs(chosen);
        setId(chosen);
      },
    }),
    [id],
  );
  return <Chosen value={person}>{children}</Chosen>;
}
