import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { ask } from "../api/client";
import type { Metadata } from "../api/routes";
import { reason } from "./Description";
import { useNotices } from "./Notices";
import { BadgeMark, PersonLink } from "./Parts";

export type Labelled = "table" | "dashboard" | "feature";

interface Labels {
  kind: Labelled;
  of: string;
}

export function Tags({ kind, of, tags }: Labels & { tags: Metadata.Tag[] }) {
  const change = useChange(kind, of);
  const path = (tag: string) => ({ path: { key: of, tag } });
  return (
    <Editable
      what="tag"
      names={tags.map((tag) => tag.tag_name)}
      show={(name) => (
        <Link className="tag" to={`/search?f.tags=${encodeURIComponent(name)}`} dir="auto">
          {name}
        </Link>
      )}
      add={(name) => change(`Tagged ${name}.`, () => ask("metadata", `put /${kind}/{key}/tag/{tag}`, path(name)))}
      remove={(name) => change(`Removed tag ${name}.`, () => ask("metadata", `delete /${kind}/{key}/tag/{tag}`, path(name)))}
    />
  );
}

export function Badges({ kind, of, badges }: Labels & { badges: Metadata.Badge[] }) {
  const change = useChange(kind, of);
  const known = new Map(badges.map((badge) => [badge.badge_name, badge.category]));
  const options = (badge: string) => ({ path: { key: of, badge }, query: { category: known.get(badge) ?? "status" } });
  return (
    <Editable
      what="badge"
      names={[...known.keys()]}
      show={(name) => <BadgeMark name={name} category={known.get(name) ?? ""} />}
      add={(name) => change(`Set badge ${name}.`, () => ask("metadata", `put /${kind}/{key}/badge/{badge}`, options(name)))}
      remove={(name) =>
        change(`Removed badge ${name}.`, () => ask("metadata", `delete /${kind}/{key}/badge/{badge}`, options(name)))
      }
    />
  );
}

export function Owners({ kind, of, owners }: Labels & { owners: Metadata.User[] }) {
  const change = useChange(kind, of);
  const byId = new Map(owners.map((owner) => [owner.user_id ?? owner.email ?? "", owner]));
  const path = (owner: string) => ({ path: { key: of, owner } });
  return (
    <Editable
      what="owner"
      stacked
      names={[...byId.keys()]}
      show={(id) => <PersonLink user={byId.get(id) ?? ({ user_id: id, full_name: id } as Metadata.User)} />}
      add={(id) => change(`${id} owns this now.`, () => ask("metadata", `put /${kind}/{key}/owner/{owner}`, path(id)))}
      remove={(id) =>
        change(`${id} no longer owns this.`, () => ask("metadata", `delete /${kind}/{key}/owner/{owner}`, path(id)))
      }
    />
  );
}

/** Return a way to change something about an entity: reads it back, and says what became of it. */
function useChange(kind: Labelled, of: string) {
  const queries = useQueryClient();
  const tell = useNotices();
  return async (done: string, send: () => Promise<unknown>) => {
    try {
      await send();
      tell(done);
    } catch (error) {
      tell(`Not changed: ${reason(error)}`, true);
    }
    await queries.invalidateQueries({ queryKey: [kind, of] });
  };
}

interface EditableProps {
  what: string;
  names: string[];
  show: (name: string) => ReactNode;
  add: (name: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
  stacked?: boolean;
}

/** A list of names to which one can be added, and from which each can be taken. */
function Editable({ what, names, show, add, remove, stacked = false }: EditableProps) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState("");
  const adding = useMutation({ mutationFn: add });
  const removing = useMutation({ mutationFn: remove });
  // A change shows at once, and is taken back by what is read afterwards if the service refused it.
  const shown = names.filter((name) => !(removing.isPending && removing.variables === name));
  if (adding.isPending && !shown.includes(adding.variables)) shown.push(adding.variables);
  return (
    <div className={stacked ? "labels stacked" : "labels"}>
      <ul>
        {shown.map((name) => (
          <li key={name}>
            {show(name)}
            {editing && (
              <button type="button" className="plain remove" onClick={() => removing.mutate(name)}>
                ×<span className="hidden">{` Remove ${what} ${name}`}</span>
              </button>
            )}
          </li>
        ))}
        {shown.length === 0 && <li className="quiet">none</li>}
      </ul>
      {editing && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) adding.mutate(text.trim());
            setText("");
          }}
        >
          <input aria-label={`New ${what}`} value={text} autoFocus onChange={(event) => setText(event.target.value)} />
          <button type="submit">Add</button>
        </form>
      )}
      <button type="button" className="plain edit" onClick={() => setEditing(!editing)}>
        {editing ? "Done" : "Edit"}
        <span className="hidden"> {what}s</span>
      </button>
    </div>
  );
}
