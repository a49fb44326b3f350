import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { badges, follows, popular, tags } from "../../api/queries";
import { BadgeMark } from "../../components/Parts";
import { usePerson } from "../../components/PersonProvider";
import { Rows, sizeOf } from "../../components/Resource";
import { SearchBox } from "../../components/SearchBox";
import { Empty, Failed, Loading } from "../../components/States";
import { useTitle } from "../../title";
import { Changed, Loaded } from "./Recent";

const SHOWN = 6;
const TAGS_SHOWN = 18;

export function HomePage() {
  useTitle("");
  return (
    <div className="home">
      <section className="hero">
        <h1>
          <span>Find data. Trust it.</span> <span>See what depends on it.</span>
        </h1>
        <SearchBox large />
      </section>
      <div className="columns">
        <div>
          <Bookmarks />
          <Popular />
        </div>
        <div>
          <Changed />
          <Loaded />
          <Labels />
        </div>
      </div>
    </div>
  );
}

function Popular() {
  const { data, error, refetch } = useQuery(popular(SHOWN));
  const listed = data && { table: data.Table, dashboard: data.Dashboard };
  return (
    <section>
      <h2>Used most</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="what is used most" />}
      {listed && <Rows listed={listed} />}
      {listed && sizeOf(listed) === 0 && (
        <Empty>
          Nothing has enough readers yet. <Link to="/search">Browse the catalogue</Link>, or load one.
        </Empty>
      )}
    </section>
  );
}

function Bookmarks() {
  const { id } = usePerson();
  const { data, error, refetch } = useQuery(follows(id));
  if (!id) return null;
  return (
    <section>
      <h2>Your bookmarks</h2>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="your bookmarks" />}
      {data && <Rows listed={data} />}
      {data && sizeOf(data) === 0 && <Empty>None yet: the star on a table, dashboard or feature keeps it here.</Empty>}
    </section>
  );
}

function Labels() {
  const tagged = useQuery(tags);
  const badged = useQuery(badges);
  const most = [...(tagged.data?.tag_usages ?? [])].sort((a, b) => b.tag_count - a.tag_count).slice(0, TAGS_SHOWN);
  const shown = badged.data?.badges.filter((badge) => badge.category !== "column") ?? [];
  const failed = tagged.error ?? badged.error;
  const settled = tagged.data && badged.data;
  return (
    <section>
      <h2>
        Tags and badges <Link to="/labels">all</Link>
      </h2>
      {failed && <Failed error={failed} retry={() => void Promise.all([tagged.refetch(), badged.refetch()])} />}
      {!settled && !failed && <Loading what="tags and badges" />}
      {settled && most.length + shown.length === 0 && <Empty>Nothing is tagged yet.</Empty>}
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
        {shown.map((badge) => (
          <li key={badge.badge_name}>
            <BadgeMark name={badge.badge_name} category={badge.category} />
          </li>
        ))}
      </ul>
    </section>
  );
}
