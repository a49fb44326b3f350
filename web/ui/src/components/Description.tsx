import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { call, Problem } from "../api/client";
import { useNotices } from "./Notices";

const Markdown = lazy(() => import("./Markdown"));

export type Described =
  | { kind: "table" | "dashboard" | "feature" | "type_metadata"; key: string }
  | { kind: "column"; key: string; column: string };

interface Editing {
  text: string;
  etag: string | null;
  theirs: string | null; // what somebody else wrote meanwhile
}

/**
 * A description, edited in place. The edit shows at once, is kept when the service confirms, and is taken back when it
 * refuses; when somebody else was faster, both texts are shown and nothing is lost.
 */
export function Description(props: { of: Described; text: string | null; label: string; cached: unknown[]; small?: boolean }) {
  const { of, text, label, cached, small = false } = props;
  const queries = useQueryClient();
  const tell = useNotices();
  const [shown, setShown] = useState<string | null>(null); // what was just written, until it is read back
  const [editing, setEditing] = useState<Editing | null>(null);
  const [busy, setBusy] = useState(false);
  const current = shown ?? text ?? "";

  const begin = async () => {
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
      if (error instanceof Problem && (error.status === 412 || error.status === 409)) {
        const { data, etag } = await read(of);
        setEditing({ ...edit, etag, theirs: data.description ?? "" });
        void queries.invalidateQueries({ queryKey: cached });
      } else {
        tell(`Not saved: ${reason(error)}`, true);
      }
    } finally {
      setShown(null);
      setBusy(false);
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
        <Suspense fallback={<p dir="auto">{current}</p>}>
          <Markdown text={current} />
        </Suspense>
      ) : (
        <p className="quiet">No description yet.</p>
      )}
      <button type="button" className="plain edit" disabled={busy} onClick={() => void begin()}>
        {current ? "Edit" : "Describe it"}
        <span className="hidden"> {label}</span>
      </button>
    </div>
  );
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
        if (event.key === "Escape") cancel();
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

function read(of: Described) {
  switch (of.kind) {
    case "table":
      return call("metadata", "get /table/{key}/description", { path: { key: of.key } });
    case "dashboard":
      return call("metadata", "get /dashboard/{key}/description", { path: { key: of.key } });
    case "feature":
      return call("metadata", "get /feature/{key}/description", { path: { key: of.key } });
    case "type_metadata":
      return call("metadata", "get /type_metadata/{key}/description", { path: { key: of.key } });
    case "column":
      return call("metadata", "get /table/{key}/column/{column}/description", {
        path: { key: of.key, column: of.column },
      });
  }
}

function write(of: Described, text: string, etag: string | null) {
  const body = { description: text.trim() ? text : null };
  const headers = etag ? { "If-Match": etag } : {};
  switch (of.kind) {
    case "table":
      return call("metadata", "put /table/{key}/description", { path: { key: of.key }, body, headers });
    case "dashboard":
      return call("metadata", "put /dashboard/{key}/description", { path: { key: of.key }, body, headers });
    case "feature":
      return call("metadata", "put /feature/{key}/description", { path: { key: of.key }, body, headers });
    case "type_metadata":
      return call("metadata", "put /type_metadata/{key}/description", { path: { key: of.key }, body, headers });
    case "column":
      return call("metadata", "put /table/{key}/column/{column}/description", {
        path: { key: of.key, column: of.column },
        body,
        headers,
      });
  }
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : "something unexpected happened.";
}
