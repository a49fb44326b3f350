import { useQuery } from "@tanstack/react-query";

import { heardOf } from "../api/ingestion";
import type { Ingest } from "../api/routes";
import { kindName } from "../text/keys";
import { Field, Time } from "./Parts";

type Kind = Parameters<typeof heardOf>[0];

/** Which sources tell of something, in the order in which they win; of one that fell silent, since when. */
export function Sources({ kind, of, description }: { kind: Kind; of: string; description: string | null }) {
  const { data } = useQuery(heardOf(kind, of)); // where it cannot be told, the page goes without
  const heard = data?.statements ?? [];
  if (heard.length === 0) return null;
  return (
    <Field name="Known from">
      <ul className="plain-list">
        {heard.map((one) => (
          <li key={one.source}>
            <span dir="auto">{one.source}</span>
            {one.gone_since !== null && (
              <span className="quiet">
                {" "}
                until <Time at={one.gone_since} />
              </span>
            )}
            <Other text={descriptionIn(one)} than={description} />
          </li>
        ))}
      </ul>
    </Field>
  );
}

/** Says so where every source that told of something has fallen silent. */
export function Vanished({ kind, of }: { kind: Kind; of: string }) {
  const { data } = useQuery(heardOf(kind, of));
  const since = silentSince(data?.statements ?? []);
  return since === null ? null : <Silence kind={kind} since={since} />;
}

export function Silence({ kind, since }: { kind: string; since: number }) {
  return (
    <p className="silence">
      <strong>No source tells of this {kindName(kind).toLowerCase()} any more.</strong> The last one stopped{" "}
      <Time at={since} />: it may be gone where it was. What people wrote on it is kept.
    </p>
  );
}

/** What a source says of it, where something else stands: a person's word, or that of a source before it. */
function Other({ text, than }: { text: string | null; than: string | null }) {
  if (text === null || text === than) return null;
  return (
    <details>
      <summary>describes it otherwise</summary>
      <blockquote dir="auto">{text}</blockquote>
    </details>
  );
}

/** When the last source fell silent; null where one still speaks, or none ever did. */
export function silentSince(heard: Pick<Ingest.HeardOf, "gone_since">[]): number | null {
  const moments = heard.map((one) => one.gone_since).filter((moment) => moment !== null);
  return moments.length > 0 && moments.length === heard.length ? Math.max(...moments) : null;
}

function descriptionIn({ statement, gone_since }: Ingest.HeardOf): string | null {
  const text = gone_since === null ? statement.description : null;
  return typeof text === "string" && text !== "" ? text : null;
}
