import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";

import { suggestions } from "../api/queries";
import { kindName, pageOf, partsOf } from "../text/keys";

/** The search box: suggests while somebody types. `/` focuses it, arrows choose, Enter goes. */
export function SearchBox({ large = false }: { large?: boolean }) {
  const [parameters] = useSearchParams();
  const { pathname } = useLocation();
  const asked = pathname === "/search" ? (parameters.get("q") ?? "") : "";
  // A new search, or another page, sets the text anew; typing does not.
  return <Box key={`${pathname}?${asked}`} asked={asked} large={large} />;
}

function Box({ asked, large }: { asked: string; large: boolean }) {
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const [text, setText] = useState(asked);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const settled = useSettled(text, 120);
  const { data } = useQuery(suggestions(open ? settled : ""));
  const found = open && text.trim() ? (data?.suggestions ?? []) : [];
  useSlash(input);

  const go = (to: string) => {
    setOpen(false);
    setChosen(-1);
    void navigate(to);
  };
  const search = () => {
    const next = new URLSearchParams();
    if (text.trim()) next.set("q", text.trim());
    const kind = parameters.get("kind");
    if (kind && asked) next.set("kind", kind);
    go(`/search?${next.toString()}`);
    input.current?.blur();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // an input method chooses with the same keys
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      setChosen((chosen + 1 + step + found.length + 1) % (found.length + 1) - 1);
    } else if (event.key === "Escape") {
      setOpen(false);
      setChosen(-1);
    }
  };
  const picked = found[chosen];
  return (
    <form
      role="search"
      className={large ? "search-box large" : "search-box"}
      onSubmit={(event) => {
        event.preventDefault();
        if (picked) go(pageOf(picked.resource_type, picked.key));
        else search();
      }}
    >
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Search"
        aria-expanded={found.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={picked ? `${list}-${chosen}` : undefined}
        placeholder="Search tables, columns, dashboards, people …"
        value={text}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setChosen(-1);
        }}
        onKeyDown={onKey}
        onBlur={() => setOpen(false)}
      />
      <kbd aria-hidden="true" title="Press / to search">
        /
      </kbd>
      <button type="submit">Search</button>
      <ul id={list} role="listbox" aria-label="Suggestions" hidden={found.length === 0}>
        {found.map((item, index) => (
          <li
            key={`${item.resource_type} ${item.key}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseDown={(event) => {
              event.preventDefault(); // before the box loses focus and the list is gone
              go(pageOf(item.resource_type, item.key));
            }}
          >
            <span dir="auto">{item.name}</span>
            <span className="quiet">
              {partsOf(item.key).within} {kindName(item.resource_type)}
            </span>
          </li>
        ))}
      </ul>
    </form>
  );
}

function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

function useSlash(input: React.RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest("input, textarea, select, [contenteditable]");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [input]);
}
