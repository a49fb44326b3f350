import type { Metadata } from "../../api/routes";
import { Time } from "../../components/Parts";
import { Empty } from "../../components/States";
import { VersionLink } from "./marks";

/** What became of stages and aliases, as ingestions saw it, the latest first. */
export function Changes({ model }: { model: Metadata.Model }) {
  if (model.changes.length === 0) {
    return <Empty>No change of a stage or an alias was seen since this model is known here.</Empty>;
  }
  return (
    <>
      <p className="quiet">When an ingestion saw it; what happens between two of them shows as one step.</p>
      <ol className="history">
        {model.changes.map((change) => (
          <li key={`${change.kind} ${change.subject} ${change.run}`}>
            {change.kind === "alias" ? <Alias change={change} /> : <Moved change={change} />} <Time at={change.observed_at} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Alias({ change }: { change: Metadata.ModelChange }) {
  const { subject, before, after } = change;
  return (
    <>
      <span className="badge alias" dir="auto">
        @{subject}
      </span>{" "}
      {before && after && (
        <>
          moved from <VersionLink version={before} /> to <VersionLink version={after} />
        </>
      )}
      {!before && after && (
        <>
          given to <VersionLink version={after} />
        </>
      )}
      {before && !after && (
        <>
          taken from <VersionLink version={before} />
        </>
      )}
    </>
  );
}

function Moved({ change }: { change: Metadata.ModelChange }) {
  return (
    <>
      <VersionLink version={change.subject} /> went from <strong>{change.before ?? "no stage"}</strong> to{" "}
      <strong>{change.after ?? "no stage"}</strong>
    </>
  );
}
