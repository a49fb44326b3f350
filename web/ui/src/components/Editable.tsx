import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useId, useRef, useState } from "react";

export interface EditableProps {
  what: string; // what each of the names is, in one word
  names: string[];
  show: (name: string) => ReactNode;
  add: (name: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
  of?: string; // what the names belong to, where a page has several such lists
  known?: ReactNode; // options: names that exist already; asked for while somebody edits
  more?: (typed: string) => ReactNode; // what else is asked about a new one
  shape?: "row" | "stacked" | "small";
}

/** A list of names to which one can be added, and from which each can be taken. */
export function Editable({ what, names, show, add, remove, of = "", known, more, shape = "row" }: EditableProps) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState("");
  const adding = useMutation({ mutationFn: add });
  const removing = useMutation({ mutationFn: remove });
  const list = useId();
  const button = useRef<HTMLButtonElement>(null);
  // A change shows at once, and is taken back by what is read afterwards if the service refused it.
  const shown = names.filter((name) => !(removing.isPending && removing.variables === name));
  if (adding.isPending && !shown.includes(adding.variables)) shown.push(adding.variables);
  const typed = text.trim();
  return (
    <div
      className={`labels ${shape}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !editing || event.nativeEvent.isComposing) return;
        event.stopPropagation(); // what this stands in stays open
        setEditing(false);
        button.current?.focus();
      }}
    >
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
        {shown.length === 0 && shape !== "small" && <li className="quiet">no {what}s</li>}
      </ul>
      {editing && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (typed) adding.mutate(typed);
            setText("");
          }}
        >
          <input
            aria-label={`New ${what}`}
            placeholder={`New ${what}`}
            value={text}
            list={known ? list : undefined}
            dir="auto"
            autoFocus
            onChange={(event) => setText(event.target.value)}
          />
          {known && <datalist id={list}>{known}</datalist>}
          {more?.(typed)}
          <button type="submit">Add</button>
        </form>
      )}
      <button ref={button} type="button" className="plain edit" onClick={() => setEditing(!editing)}>
        <Verb editing={editing} add={shape === "small" && names.length === 0} />
        <span className="hidden">{` ${what}s${of && ` of ${of}`}`}</span>
      </button>
    </div>
  );
}

/** What the button does; a sign where there is room for no more. */
function Verb({ editing, add }: { editing: boolean; add: boolean }) {
  if (editing) return "Done";
  if (!add) return "Edit";
  return (
    <>
      <span aria-hidden="true">+</span>
      <span className="hidden">Add</span>
    </>
  );
}
