import type { ReactNode } from "react";
import { Link } from "react-router";

import { Problem } from "../api/client";
import { kindName, partsOf } from "../text/keys";

/** What is shown in place of what is not there: yet, at all, or because something failed. */
export function Loading({ what }: { what: string }) {
  return (
    <p className="loading" role="status">
      Loading {what} …
    </p>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

interface Failure {
  error: unknown;
  retry?: () => void;
  of?: { kind: string; key: string }; // what was asked for, where that is what a page is about
}

export function Failed({ error, retry, of }: Failure) {
  const problem = error instanceof Problem ? error : null;
  const missing = problem?.status === 404;
  if (missing && of) return <Missing kind={of.kind} of={of.key} />;
  return (
    <section className="failed" role="alert">
      <h2>{titleOf(problem)}</h2>
      <p>{error instanceof Error ? error.message : "Something unexpected happened."}</p>
      {problem?.requestId && <p className="quiet">Request {problem.requestId}</p>}
      <p className="actions">
        {retry && !missing && (
          <button type="button" className="primary" onClick={retry}>
            Try again
          </button>
        )}
        {missing && <Link to="/search">Search instead</Link>}
        {(problem?.status === 503 || problem?.status === 0) && <Link to="/sync">How Fram is doing</Link>}
      </p>
    </section>
  );
}

/** What a page is about is not there: never was, or is gone. */
function Missing({ kind, of }: { kind: string; of: string }) {
  const { name } = partsOf(of);
  return (
    <section className="failed" role="alert">
      <h1>There is no such {kindName(kind).toLowerCase()}</h1>
      <p>
        Nothing is known of <code dir="auto">{of}</code>. It may have been renamed, or removed.
      </p>
      <p className="actions">
        <Link className="button" to={`/search?q=${encodeURIComponent(name)}`}>
          Search for “{name}”
        </Link>
        <Link to="/">Home</Link>
      </p>
    </section>
  );
}

function titleOf(problem: Problem | null): string {
  if (problem?.status === 404) return "There is no such thing here";
  if (problem?.status === 503) return "Part of Fram is down";
  if (problem?.status === 0) return "Fram does not answer";
  return "That did not work";
}
