import type { ReactNode } from "react";
import { Link } from "react-router";

import { Problem } from "../api/client";

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

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  const missing = problem?.status === 404;
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

function titleOf(problem: Problem | null): string {
  if (problem?.status === 404) return "There is no such thing here";
  if (problem?.status === 503) return "Part of Fram is down";
  if (problem?.status === 0) return "Fram does not answer";
  return "That did not work";
}
