import type { ReactNode } from "react";

import { kindName } from "../text/keys";
import { Copy } from "./Parts";

interface Props {
  kind: string;
  name: string;
  path: string[]; // what it stands in, outermost first
  of: string;
  actions?: ReactNode;
  labels?: ReactNode;
}

/** What a page is about: kind, name, where it stands, its key to copy, and what can be done with it. */
export function EntityHeader({ kind, name, path, of, actions, labels }: Props) {
  return (
    <header className="entity">
      <div>
        <p className="path" dir="auto">
          {kindName(kind)}
          {path.filter(Boolean).map((part) => (
            <span key={part}> · {part}</span>
          ))}
        </p>
        <h1 dir="auto">{name}</h1>
        <p className="key">
          <code dir="auto">{of}</code> <Copy text={of} what="key" />
        </p>
        {labels}
      </div>
      <div className="actions">{actions}</div>
    </header>
  );
}
