// Edges drawn and removed by hand: shown at once, taken back with a message when the service refuses.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { reason as reasonOf } from "../components/Description";
import { useNotices } from "../components/Notices";
import { usePerson } from "../components/PersonProvider";
import { edgeId, endOf } from "./graph";
import { readAgain } from "./neighbours";

/** What was edited and is not yet read back. */
export interface Edits {
  drawn: Metadata.Edge[];
  removed: ReadonlySet<string>;
}

export interface Editing {
  edits: Edits;
  draw: (source: string, target: string, reason: string) => Promise<boolean>;
  remove: (source: string, target: string, reason: string) => Promise<boolean>;
}

export const NO_EDITS: Edits = { drawn: [], removed: new Set() };

export function useEditing(): Editing {
  const queries = useQueryClient();
  const tell = useNotices();
  const { id: author } = usePerson();
  const [edits, setEdits] = useState<Edits>(NO_EDITS);

  const send = async (edit: Edits, done: string, request: () => Promise<unknown>): Promise<boolean> => {
    if (!author) {
      tell("Say who you are first, at the top right: an edge says who drew or removed it.", true);
      return false;
    }
    setEdits(edit);
    try {
      await request();
      tell(done);
      await readAgain(queries);
      return true;
    } catch (error) {
      tell(`Not changed: ${reasonOf(error)}`, true);
      return false;
    } finally {
      setEdits(NO_EDITS);
    }
  };
  const body = (source: string, target: string, reason: string) => ({
    body: { source: endOf(source), target: endOf(target), reason },
  });
  return {
    edits,
    draw: (source, target, reason) => {
      const edge = { source: endOf(source), target: endOf(target), origin: byHand(author, reason) };
      const edit = { drawn: [edge], removed: NO_EDITS.removed };
      return send(edit, "Drawn.", () => ask("metadata", "put /lineage/edge", body(source, target, reason)));
    },
    remove: (source, target, reason) => {
      const edit = { drawn: [], removed: new Set([edgeId(source, target)]) };
      return send(edit, "Removed.", () => ask("metadata", "delete /lineage/edge", body(source, target, reason)));
    },
  };
}

function byHand(author: string, reason: string): Metadata.Origin {
  const now = Math.floor(Date.now() / 1000);
  return { source: null, run: null, first_seen_at: now, last_seen_at: now, author, reason: reason || null };
}
