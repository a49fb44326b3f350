// A version's stage and aliases, and a link to it, as every list of versions shows them.
import { Link, useLocation } from "react-router";

import type { Metadata } from "../../api/routes";

export function Stage({ stage }: { stage: string | null }) {
  if (!stage) return <span className="quiet">none</span>;
  return <span className={`badge stage ${stage === "Production" ? "live" : ""}`}>{stage}</span>;
}

export function Aliases({ aliases }: { aliases: string[] }) {
  return (
    <span className="row">
      {aliases.map((alias) => (
        <span key={alias} className="badge alias" dir="auto">
          @{alias}
        </span>
      ))}
    </span>
  );
}

/** The link that chooses a version on this page. */
export function VersionLink({ version }: { version: string }) {
  const { pathname } = useLocation();
  return (
    <Link to={`${pathname}?tab=version&version=${encodeURIComponent(version)}`} preventScrollReset>
      Version {version}
    </Link>
  );
}

/** The metrics of a version by name, as text. */
export function metricsOf(version: Metadata.ModelVersion | undefined): Record<string, number> {
  return version?.run?.metrics ?? {};
}
