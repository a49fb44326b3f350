import { useState } from "react";

import type { Editing } from "./edits";
import { idOf, type LineageNode, type Side } from "./graph";
import { Pick } from "./Pick";

interface Props {
  node: LineageNode;
  nodes: LineageNode[];
  draw: Editing["draw"];
  drawn: (other: string) => void;
  close: () => void;
}

/** Draw a relation by hand: which way, to or from what, and why. */
export function Draw({ node, nodes, draw, drawn, close }: Props) {
  const [side, setSide] = useState<Side>("downstream");
  const [other, setOther] = useState("");
  const [reason, setReason] = useState("");
  const id = idOf(node);
  const send = async () => {
    const [source, target] = side === "downstream" ? [id, other] : [other, id];
    if (await draw(source, target, reason.trim())) {
      drawn(other);
      close();
    }
  };
  return (
    <form
      className="draw"
      onSubmit={(event) => {
        event.preventDefault();
        if (other) void send();
      }}
    >
      <fieldset>
        <legend className="hidden">Which way</legend>
        {(["downstream", "upstream"] as const).map((one) => (
          <label key={one}>
            <input type="radio" name="side" checked={side === one} onChange={() => setSide(one)} />
            {one === "downstream" ? "It feeds" : "It is made from"}
          </label>
        ))}
      </fieldset>
      <Pick label={side === "downstream" ? "What it feeds" : "What it is made from"} nodes={nodes} pick={setOther} />
      <input aria-label="Why" placeholder="Why?" value={reason} dir="auto" onChange={(event) => setReason(event.target.value)} />
      <p className="actions">
        <button type="submit" className="primary" disabled={!other}>
          Draw it
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </p>
    </form>
  );
}
