import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";

import { people, syncStatus } from "../api/queries";
import icon from "../favicon.svg";
import { applyTheme, storedTheme, type Theme, THEMES } from "../theme";
import { usePerson } from "./PersonProvider";
import { SearchBox } from "./SearchBox";

/** What stands around every page: the way home, search, and who and how the reader is. */
export function Shell({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const whole = pathname.startsWith("/lineage/"); // a picture takes the whole window
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // A new page is read from its beginning, also by those who hear it.
  useEffect(() => {
    if (first.current) first.current = false;
    else {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }, [pathname]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className={whole ? "top whole-window" : "top"}>
        <Link to="/" className="brand" aria-label="Fram, home">
          <img src={icon} alt="" width="28" height="28" />
          <span>Fram</span>
        </Link>
        {pathname !== "/" && <SearchBox />}
        <nav aria-label="Main">
          <Link to="/labels">Tags</Link>
          <Link to="/ingest">Sources</Link>
          <SyncLink />
          <Preferences />
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={whole ? "whole-window" : undefined}>
        {children}
      </main>
    </>
  );
}

function SyncLink() {
  const { data, isError } = useQuery({ ...syncStatus, refetchInterval: 30_000 });
  const state = isError ? "down" : (data?.state ?? "unknown");
  return (
    <Link to="/sync" className="sync-link" title={isError ? "The service does not answer." : (data?.message ?? "")}>
      <span className={`dot ${state}`} aria-hidden="true" />
      Status<span className="hidden">: {state.replace(/_/g, " ")}</span>
    </Link>
  );
}

function Preferences() {
  const { id, choose } = usePerson();
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const { data } = useQuery({ ...people, enabled: open });
  const box = useRef<HTMLDivElement>(null);
  const pick = (chosen: Theme) => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <div
      className="preferences"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(false);
      }}
      onBlur={(event) => {
        if (!box.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {id ? shortName(id) : "You"}
      </button>
      {open && (
        <div className="popup">
          <label htmlFor="who">You are</label>
          <select id="who" value={id} onChange={(event) => choose(event.target.value)}>
            <option value="">nobody in particular</option>
            {id && !data?.some((user) => user.user_id === id) && <option value={id}>{id}</option>}
            {data?.map((user) => (
              <option key={user.user_id} value={user.user_id ?? ""}>
                {user.full_name ?? user.user_id}
              </option>
            ))}
          </select>
          <p className="quiet">Edits carry this name, and bookmarks are yours. Nobody checks it.</p>
          <fieldset>
            <legend>Appearance</legend>
            {THEMES.map((name) => (
              <label key={name}>
                <input type="radio" name="theme" checked={theme === name} onChange={() => pick(name)} /> {name}
              </label>
            ))}
          </fieldset>
          {id && <Link to={`/person/${encodeURIComponent(id)}`}>My page</Link>}
        </div>
      )}
    </div>
  );
}

function shortName(id: string): string {
  return id.replace(/@.*$/, "").slice(0, 24);
}
