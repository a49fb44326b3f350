import { useId, useMemo, useState } from "react";

import { kindLetter, kindName } from "../text/keys";
import { KINDS, type LineageNode } from "./graph";
import { type Filter, NAMES, NO_FILTER } from "./state";

interface Props {
  filter: Filter;
  nodes: LineageNode[]; // what is in the picture says what may be filtered by
  change: (filter: Filter) => void;
}

const LABELS = { schema: "Schema", database: "Database", owner: "Owner", badge: "Badge" };

/** What of lineage to show. The service filters, so a page of twenty is twenty that pass. */
export function FilterBar({ filter, nodes, change }: Props) {
  const [named, setNamed] = useState(filter);
  const used = NAMES.filter((name) => filter[name]).length;
  const [more, setMore] = useState(used > 0);
  const names = useId();
  return (
    <form
      className="filter-bar"
      onSubmit={(event) => {
        event.preventDefault();
        const texts = Object.fromEntries(NAMES.map((name) => [name, named[name].trim()]));
        change({ ...filter, ...texts });
      }}
    >
      <fieldset>
        <legend className="hidden">Kinds to show</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={filter.kinds.includes(kind)}
              onChange={(event) =>
                change({
                  ...filter,
                  kinds: KINDS.filter((one) => (one === kind ? event.target.checked : filter.kinds.includes(one))),
                })
              }
            />
            <span className={`kind ${kind}`} aria-hidden="true">
              {kindLetter(kind)}
            </span>
            {kindName(kind, 2)}
          </label>
        ))}
      </fieldset>
      <button type="button" aria-expanded={more} aria-controls={names} onClick={() => setMore(!more)}>
        More filters{used > 0 && ` (${used})`}
      </button>
      {(filter.kinds.length > 0 || used > 0) && (
        <button
          type="button"
          onClick={() => {
            setNamed(NO_FILTER);
            change(NO_FILTER);
          }}
        >
          Show all
        </button>
      )}
      <div id={names} className="filter-names" hidden={!more}>
        {NAMES.map((name) => (
          <Named key={name} name={name} value={named[name]} nodes={nodes} change={(text) => setNamed({ ...named, [name]: text })} />
        ))}
        <button type="submit">Filter</button>
      </div>
    </form>
  );
}

interface NamedProps {
  name: (typeof NAMES)[number];
  value: string;
  nodes: LineageNode[];
  change: (text: string) => void;
}

function Named({ name, value, nodes, change }: NamedProps) {
  const list = useId();
  const known = useMemo(() => [...new Set(nodes.flatMap((node) => valuesOf(node, name)))].sort(), [nodes, name]);
  return (
    <>
      <input
        aria-label={LABELS[name]}
        placeholder={LABELS[name]}
        value={value}
        list={list}
        autoComplete="off"
        dir="auto"
        onChange={(event) => change(event.target.value)}
      />
      <datalist id={list}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}

function valuesOf(node: LineageNode, name: NamedProps["name"]): string[] {
  switch (name) {
    case "owner":
      return node.owners;
    case "badge":
      return node.badges.map((badge) => badge.badge_name);
    default:
      return node[name] ? [node[name]] : [];
  }
}
