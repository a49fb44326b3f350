import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";

import { suggestions } from "../api/queries";
import { kindName, partsOf } from "../text/keys";
import { endOf, idOf, isNodeId, type LineageNode } from "./graph";

interface Props {
  label: string;
  nodes: LineageNode[]; // what is in the picture is offered first
  pick: (id: string, name: string) => void;
}

const MOST = 8;

/** A box that finds a thing by its name: arrows choose, Enter or a click picks. */
export function Pick({ label, nodes, pick }: Props) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const list = useId();
  const found = useFound(open ? text : "", nodes);
  const take = (index: number) => {
    const one = found[index];
    if (!one) return;
    setText(one.name);
    setOpen(false);
    pick(one.id, one.name);
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === "Enter" && found[at]) {
      event.preventDefault(); // it picks, and does not yet send the form
      take(at);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className="pick">
      <input
        role="combobox"
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={found[at] ? `${list}-${at}` : undefined}
        placeholder={label}
        value={text}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setAt(0);
          pick("", ""); // what was picked is no longer what is written
        }}
        onKeyDown={onKey}
        onBlur={() => setOpen(false)}
      />
      <ul id={list} role="listbox" aria-label={`${label}: found`} hidden={found.length === 0}>
        {found.map((one, index) => (
          <li
            key={one.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault(); // before the box loses focus and the list is gone
              take(index);
            }}
          >
            <span dir="auto">{one.name}</span> <span className="quiet">{one.where}</span>
          </li>
        ))}
      </ul>
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
