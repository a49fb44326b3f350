import { useQuery } from "@tanstack/react-query";

import { changes, searched } from "../../api/queries";
import type { Metadata } from "../../api/routes";
import { Actor } from "../../components/History";
import { Time } from "../../components/Parts";
import { Resource } from "../../components/Resource";
import { Empty, Failed, Loading } from "../../components/States";
import { type Deed, deed, deeds, partOf } from "../../text/changes";
import { plain } from "../../text/plain";

const SHOWN = 5;
const READ = 100; // entries, of which several may be one deed
const NAMED = 3;

/** What people changed by hand last, the latest first. */
export function Changed() {
  const { data, error, refetch } = useQuery(changes(READ));
  const done = deeds(data?.items ?? [], SHOWN);
  return (
    <section>
      <h2>Recently changed</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="what was changed" />}
      {data && done.length === 0 && <Empty>Nobody has changed anything by hand yet.</Empty>}
      {done.map((one) => (
        <Resource
          key={`${one.first.at} ${one.first.kind} ${one.first.entity}`}
          kind={one.first.kind}
          of={one.first.entity}
          name={one.first.name}
          text={<Told deed={one} />}
        />
      ))}
    </section>
  );
}

function Told({ deed: { first, all } }: { deed: Deed<Metadata.RecentEntry> }) {
  const said = [...new Set(all.map(words))];
  return (
    <>
      <Actor id={first.actor} /> {said.slice(0, NAMED).join(", ")}
      {said.length > NAMED && ` and ${said.length - NAMED} more`} · <Time at={first.at / 1e6} />
    </>
  );
}

function words(entry: Metadata.RecentEntry): string {
  const part = partOf(entry.entity, entry.key);
  return [deed(entry), entry.other, part && `of ${part}`].filter(Boolean).join(" ");
}

/** The tables whose data is newest. */
export function Loaded() {
  const { data, error, refetch } = useQuery(
    searched({ query_term: "", resource_types: ["table"], results_per_page: SHOWN, sort: "recency" }),
  );
  const found = data?.results.table?.results;
  return (
    <section>
      <h2>Newest data</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="tables" />}
      {found?.length === 0 && <Empty>No tables yet.</Empty>}
      {found?.map((hit) => (
        <Resource
          key={hit.key}
          kind="table"
          of={hit.key ?? ""}
          name={hit.table}
          within={`${hit.database ?? ""} · ${hit.schema ?? ""}`}
          text={plain(hit.description, 110)}
        />
      ))}
    </section>
  );
}
