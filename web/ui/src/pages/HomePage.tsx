import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { badges, follows, popular, searched, tags } from "../api/queries";
import { BadgeMark } from "../components/Parts";
import { usePerson } from "../components/PersonProvider";
import { DashboardRow, Resource, TableRow } from "../components/Resource";
import { SearchBox } from "../components/SearchBox";
import { Empty, Failed, Loading } from "../components/States";
import { plain } from "../text/plain";
import { useTitle } from "../title";

const SHOWN = 6;

export function HomePage() {
  useTitle("");
  return (
    <div className="home">
      <section className="hero">
        <h1>Find data. Trust it. See what depends on it.</h1>
        <SearchBox large />
      </section>
      <div className="columns">
        <div>
          <Bookmarks />
          <Popular />
        </div>
        <div>
          <Recent />
          <Labels />
        </div>
      </div>
    </div>
  );
}

function Popular() {
  const { data, error, refetch } = useQuery(popular(SHOWN));
  return (
    <section>
      <h2>Used most</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="what is used most" />}
      {data?.Table.map((table) => (
        <TableRow key={`${table.database}.${table.cluster}.${table.schema}.${table.name}`} table={table} />
      ))}
      {data?.Dashboard.map((dashboard) => <DashboardRow key={dashboard.uri} dashboard={dashboard} />)}
      {data && data.Table.length + data.Dashboard.length === 0 && (
        <Empty>Nothing has enough readers yet. Load a catalogue, or browse below.</Empty>
      )}
    </section>
  );
}

function Bookmarks() {
  const { id } = usePerson();
  const { data } = useQuery(follows(id));
  if (!id) return null;
  return (
    <section>
      <h2>Your bookmarks</h2>
      {data?.table.map((table) => (
        <TableRow key={`${table.database}.${table.cluster}.${table.schema}.${table.name}`} table={table} />
      ))}
      {data?.dashboard.map((dashboard) => <DashboardRow key={dashboard.uri} dashboard={dashboard} />)}
      {data && data.table.length + data.dashboard.length === 0 && (
        <Empty>None yet: the star on a table or dashboard keeps it here.</Empty>
      )}
    </section>
  );
}

function Recent() {
  const { data, error, refetch } = useQuery(
    searched({ query_term: "", resource_types: ["table"], results_per_page: SHOWN, sort: "recency" }),
  );
  return (
    <section>
      <h2>Updated last</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {data?.results.table?.results.map((hit) => (
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

function Labels() {
  const tagged = useQuery(tags);
  const badged = useQuery(badges);
  const most = [...(tagged.data?.tag_usages ?? [])].sort((a, b) => b.tag_count - a.tag_count).slice(0, 18);
  return (
    <section>
      <h2>
        Tags and badges <Link to="/labels">all</Link>
      </h2>
      <ul className="cloud">
        {most.map((tag) => (
          <li key={tag.tag_name}>
            <Link className="tag" to={`/search?f.tags=${encodeURIComponent(tag.tag_name)}`} dir="auto">
              {tag.tag_name} <span className="count">{tag.tag_count}</span>
            </Link>
          </li>
        ))}
      </ul>
      <ul className="cloud">
        {badged.data?.badges
          .filter((badge) => badge.category !== "column")
          .map((badge) => (
            <li key={badge.badge_name}>
              <BadgeMark name={badge.badge_name} category={badge.category} />
            </li>
          ))}
      </ul>
    </section>
  );
}
