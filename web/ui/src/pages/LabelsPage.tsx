import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { badges as badgesQuery, tags as tagsQuery } from "../api/queries";
import { useParameter } from "../components/parameter";
import { BadgeMark } from "../components/Parts";
import { Empty, Failed, Loading } from "../components/States";
import { count } from "../text/plain";
import { useTitle } from "../title";

/** All tags with how often each is used, and all badges by category. */
export default function LabelsPage() {
  useTitle("Tags and badges");
  const [filter, setFilter] = useParameter("filter");
  const tags = useQuery(tagsQuery);
  const badges = useQuery(badgesQuery);
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = tags.data?.tag_usages.filter((tag) => tag.tag_name.toLocaleLowerCase().includes(wanted)) ?? [];
  const categories = [...new Set(badges.data?.badges.map((badge) => badge.category))].sort();
  return (
    <article className="labels-page">
      <h1>Tags and badges</h1>
      {tags.error && <Failed error={tags.error} retry={() => void tags.refetch()} />}
      <section>
        <h2>Tags</h2>
        <p className="filter">
          <input
            type="search"
            aria-label="Filter tags"
            placeholder="Filter tags"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </p>
        {tags.isPending && <Loading what="tags" />}
        {tags.data && shown.length === 0 && <Empty>No tag matches.</Empty>}
        <ul className="cloud">
          {shown.map((tag) => (
            <li key={tag.tag_name}>
              <Link className="tag" to={`/search?f.tags=${encodeURIComponent(tag.tag_name)}`} dir="auto">
                {tag.tag_name} <span className="count">{count(tag.tag_count)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>Badges</h2>
        {categories.map((category) => (
          <div key={category} className="category">
            <h3>{category}</h3>
            <ul className="cloud">
              {badges.data?.badges
                .filter((badge) => badge.category === category)
                .map((badge) => (
                  <li key={badge.badge_name}>
                    <BadgeMark name={badge.badge_name} category={badge.category} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </section>
    </article>
  );
}
