import { Problem } from "../../api/client";
import { Failed } from "../../components/States";

/** Why nothing is known of ingestion now; the rest of Fram may well go on. */
export function Down({ error, retry }: { error: Error; retry: () => void }) {
  const silent = error instanceof Problem && error.code === "service_unavailable";
  return (
    <>
      <Failed error={error} retry={retry} />
      {silent && (
        <p>
          Sources are read by a service of its own, which <code>fram serve</code> runs with everything else and{" "}
          <code>fram serve ingest</code> alone. Nothing is lost meanwhile: the catalogue can be searched, read and edited,
          and runs are shown again when the service is back.
        </p>
      )}
    </>
  );
}
