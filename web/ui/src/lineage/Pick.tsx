import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { suggestions } from "../api/queries";
import { Combobox } from "../components/Combobox";
import { kindName, partsOf } from "../text/keys";
import { endOf, idOf, isNodeId, type LineageNode } from "./graph";

interface Props {
  label: string;
  nodes: LineageNode[]; // what is in the picture is offered first
  pick: (id: string, name: string) => void;
}

const MOST = 8;

/** A box that finds a thing by its name. */
export function Pick({ label, nodes, pick }: Props) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const found = useFound(open ? text : "", nodes);
  return (
    <div className="pick">
      <Combobox
        label={label}
        listLabel={`${label}: found`}
        placeholder={label}
        text={text}
        write={(typed) => {
          setText(typed);
          pick("", ""); // what was picked is no longer what is written
        }}
        open={open}
        setOpen={setOpen}
        found={found}
        idOf={(one) => one.id}
        itemOf={(one) => (
          <>
            <span dir="auto">{one.name}</span> <span className="quiet">{one.where}</span>
          </>
        )}
        take={(one) => {
          setText(one.name);
          pick(one.id, one.name);
        }}
        first
      />
    </div>
  );
}

interface Choice {
  id: string;
  name: string;
  where: string;
}

function useFound(typed: string, nodes: LineageNode[]): Choice[] {
  const text = useDeferredValue(typed).trim();
  const { data } = useQuery(suggestions(text));
  if (text === "") return [];
  const choices = new Map<string, Choice>();
  const add = (kind: string, key: string, name: string) => {
    const id = idOf({ kind: kind.toLowerCase(), key });
    if (isNodeId(id)) choices.set(id, { id, name, where: `${partsOf(key).within} ${kindName(endOf(id).kind)}`.trim() });
  };
  const low = text.toLowerCase();
  for (const node of nodes) if (choices.size < MOST / 2 && node.name.toLowerCase().includes(low)) add(node.kind, node.key, node.name);
  for (const item of data?.suggestions ?? []) add(item.resource_type, item.key, item.name);
  return [...choices.values()].slice(0, MOST);
}
