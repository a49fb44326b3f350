import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";

import { suggestions } from "../api/queries";
import { kindName, pageOf, partsOf } from "../text/keys";
import { Combobox } from "./Combobox";

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
  const input = useRef<HTMLInputElement>(null);
  const settled = useSettled(text, 120);
  const { data } = useQuery(suggestions(open ? settled : ""));
  useSlash(input);

  const search = () => {
    const next = new URLSearchParams();
    if (text.trim()) next.set("q", text.trim());
    const kind = parameters.get("kind");
    if (kind && asked) next.set("kind", kind);
    setOpen(false);
    void navigate(`/search?${next.toString()}`);
    input.current?.blur();
  };
  return (
    <form
      role="search"
      className={large ? "search-box large" : "search-box"}
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <Combobox
        label="Search"
        listLabel="Suggestions"
        placeholder="Search tables, columns, dashboards, people …"
        text={text}
        write={setText}
        open={open}
        setOpen={setOpen}
        found={text.trim() ? (data?.suggestions ?? []) : []}
        idOf={(item) => `${item.resource_type} ${item.key}`}
        itemOf={(item) => (
          <>
            <span dir="auto">{item.name}</span>
            <span className="quiet">
              {partsOf(item.key).within} {kindName(item.resource_type)}
            </span>
          </>
        )}
        take={(item) => void navigate(pageOf(item.resource_type, item.key))}
        first={false}
        input={input}
      >
        <kbd aria-hidden="true" title="Press / to search">
          /
        </kbd>
        <button type="submit">Search</button>
      </Combobox>
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
