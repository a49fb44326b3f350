// Small things that many pages show alike.
import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import type { Metadata } from "../api/routes";
import { safeLink } from "../text/links";
import { ago, exact } from "../text/times";
import { useNotices } from "./Notices";

export function Time({ at, none = "never" }: { at: number | null | undefined; none?: string }) {
  if (at === null || at === undefined) return <span className="quiet">{none}</span>;
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={exact(at)}>
      {ago(at)}
    </time>
  );
}

export function Copy({ text, what, spoken = false }: { text: string; what: string; spoken?: boolean }) {
  const tell = useNotices();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      tell(`Copied ${what}.`);
    } catch {
      tell("The browser does not let this page copy; select the text instead.", true);
    }
  };
  return (
    <button type="button" className="plain" onClick={() => void copy()} title={`Copy ${what}`}>
      Copy <span className={spoken ? "" : "hidden"}>{what}</span>
    </button>
  );
}

/** A link to somewhere else, where it is safe to follow; its text all the same where it is not. */
export function Outside({ to, children, className }: { to: string | null | undefined; children: ReactNode; className?: string }) {
  const safe = safeLink(to);
  return safe ? (
    <a href={safe} rel="noreferrer noopener" target="_blank" className={className}>
      {children} <span aria-hidden="true">↗</span>
    </a>
  ) : (
    <span>{children}</span>
  );
}

export function nameOf(user: Metadata.User): string {
  return user.full_name ?? user.display_name ?? user.email ?? user.user_id ?? "somebody";
}

export function PersonLink({ user }: { user: Metadata.User }) {
  const id = user.user_id ?? user.email;
  const name = nameOf(user);
  return (
    <span className="person">
      <span className="avatar" aria-hidden="true">
        {initials(name)}
      </span>
      {id ? (
        <Link to={`/person/${encodeURIComponent(id)}`} dir="auto">
          {name}
        </Link>
      ) : (
        name
      )}
    </span>
  );
}

function initials(name: string): string {
  const words = name.replace(/@.*$/, "").split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => String.fromCodePoint(word?.codePointAt(0) ?? 32).toUpperCase()).join("");
}

const GRAVE = ["deprecated", "obsolete", "confidential", "pii", "contains_pii", "alert"];

export function BadgeMark({ name, category }: { name: string; category?: string }) {
  const tone = name === "gold" ? "gold" : GRAVE.includes(name) ? "grave" : "";
  return (
    <Link
      className={`badge ${tone}`}
      to={`/search?f.badges=${encodeURIComponent(name)}`}
      title={category ? `Badge, ${category}` : "Badge"}
    >
      {name}
    </Link>
  );
}

export function Field({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="field">
      <h3>{name}</h3>
      <div>{children}</div>
    </div>
  );
}

/** The first so many of a list, the rest when asked for. */
export function Some<Item>({
  items,
  limit,
  children,
}: {
  items: Item[];
  limit: number;
  children: (shown: Item[]) => ReactNode;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, limit);
  return (
    <>
      {children(shown)}
      {items.length > shown.length && (
        <button type="button" className="plain" onClick={() => setAll(true)}>
          Show all {items.length.toLocaleString()}
        </button>
      )}
    </>
  );
}
