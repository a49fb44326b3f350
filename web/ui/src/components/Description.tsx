import { useQueryClient } from "@tanstack/react-query";
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from "react";

import { Problem } from "../api/client";
import { type Edited, readDescription as read, writeDescription as write } from "../api/edits";
import { plain } from "../text/plain";
import { useNotices } from "./Notices";

const Markdown = lazy(() => import("./Markdown"));

interface Editing {
  text: string;
  etag: string | null;
  theirs: string | null; // what somebody else wrote meanwhile
}

interface Props {
  of: Edited;
  text: string | null;
  label: string;
  cached: readonly unknown[];
  small?: boolean;
}

/**
 * A description, edited in place. The edit shows at once, is kept when the service confirms, and is taken back when it
 * refuses; when somebody else was faster, both texts are shown and nothing is lost.
 */
export function Description({ of, text, label, cached, small = false }: Props) {
  const queries = useQueryClient();
  const tell = useNotices();
  const [shown, setShown] = useState<string | null>(null); // what was just written, until it is read back
  const [editing, setEditing] = useState<Editing | null>(null);
  const [busy, setBusy] = useState(false);
  const button = useBackFrom(editing !== null);
  const current = shown ?? text ?? "";

  const begin = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const { data, etag } = await read(of);
      setEditing({ text: data.description ?? "", etag, theirs: null });
    } catch (error) {
      tell(`The text cannot be edited now: ${reason(error)}`, true);
    } finally {
      setBusy(false);
    }
  };
  const save = async (edit: Editing) => {
    setBusy(true);
    setShown(edit.text);
    setEditing(null);
    try {
      await write(of, edit.text, edit.etag);
      tell("Saved.");
      await queries.invalidateQueries({ queryKey: cached });
    } catch (error) {
      setEditing(edit);
      if (error instanceof Problem && LOST.includes(error.status)) await showBoth(edit);
      else tell(`Not saved: ${reason(error)}`, true);
    } finally {
      setShown(null);
      setBusy(false);
    }
  };

  const showBoth = async (edit: Editing) => {
    try {
      const { data, etag } = await read(of);
      setEditing({ ...edit, etag, theirs: data.description ?? "" });
      void queries.invalidateQueries({ queryKey: cached });
    } catch (error) {
      tell(`Not saved: somebody else was faster, and their text cannot be read now. ${reason(error)}`, true);
    }
  };

  if (editing) {
    return (
      <Editor
        label={label}
        editing={editing}
        small={small}
        busy={busy}
        change={setEditing}
        save={() => void save(editing)}
        cancel={() => setEditing(null)}
      />
    );
  }
  return (
    <div className={small ? "description small" : "description"}>
      {current ? (
        <Suspense fallback={<p dir="auto">{plain(current, current.length)}</p>}>
          <Markdown text={current} />
        </Suspense>
      ) : (
        !small && <p className="quiet">No description yet.</p>
      )}
      <button ref={button} type="button" className="plain edit" aria-disabled={busy} onClick={() => void begin()}>
        {current ? "Edit" : "Describe it"}
        <span className="hidden"> {label}</span>
      </button>
    </div>
  );
}

const LOST = [409, 412]; // somebody else was faster

/** A button that has the focus again when what it opened is closed. */
function useBackFrom(open: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const was = useRef(open);
  useEffect(() => {
    if (was.current && !open) button.current?.focus({ preventScroll: true });
    was.current = open;
  }, [open]);
  return button;
}

interface EditorProps {
  label: string;
  editing: Editing;
  small: boolean;
  busy: boolean;
  change: (editing: Editing) => void;
  save: () => void;
  cancel: () => void;
}

function Editor({ label, editing, small, busy, change, save, cancel }: EditorProps) {
  return (
    <form
      className="editor"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return; // the keys of an input method are its own
        if (event.key === "Escape") {
          event.stopPropagation(); // what this stands in stays open
          cancel();
        }
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
      }}
    >
      {editing.theirs !== null && (
        <div className="conflict" role="alert">
          <p>
            <strong>Somebody else changed this text meanwhile.</strong> Theirs stands now; yours is below. Save yours in
            place of theirs, put both together, or take theirs.
          </p>
          <blockquote dir="auto">{editing.theirs || "(they removed it)"}</blockquote>
          <button type="button" onClick={cancel}>
            Take theirs
          </button>
        </div>
      )}
      <textarea
        aria-label={label}
        value={editing.text}
        rows={small ? 3 : Math.min(18, Math.max(6, editing.text.split("\n").length + 2))}
        dir="auto"
        autoFocus
        onFocus={(event) => event.target.setSelectionRange(event.target.value.length, event.target.value.length)}
        onChange={(event) => change({ ...editing, text: event.target.value })}
      />
      <p className="actions">
        <button type="submit" className="primary" disabled={busy}>
          {editing.theirs === null ? "Save" : "Save mine"}
        </button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
        <span className="quiet">Markdown. Ctrl+Enter saves, Escape cancels.</span>
      </p>
    </form>
  );
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : "something unexpected happened.";
}
