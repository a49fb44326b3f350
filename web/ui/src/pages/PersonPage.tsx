import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "react-router";

import { follows, owns, person as personQuery, reads } from "../api/queries";
import type { Metadata } from "../api/routes";
import { EntityHeader } from "../components/EntityHeader";
import { Field, nameOf, Outside } from "../components/Parts";
import { usePerson } from "../components/PersonProvider";
import { type Listed, Rows, sizeOf } from "../components/Resource";
import { Sources, Vanished } from "../components/Sources";
import { Empty, Failed, Loading } from "../components/States";
import { Tabs } from "../components/Tabs";
import { keyIn } from "../text/keys";
import { useTitle } from "../title";

export default function PersonPage() {
  const { pathname } = useLocation();
  const id = keyIn(pathname, "/person/");
  const { data, error, refetch } = useQuery(personQuery(id));
  useTitle(data ? nameOf(data) : "Person");
  if (data) return <Person key={id} person={data} id={id} />;
  if (error) return <Failed error={error} retry={() => void refetch()} of={{ kind: "user", key: id }} />;
  return <Loading what="the person" />;
}

function Person({ person, id }: { person: Metadata.User; id: string }) {
  const owned = useQuery(owns(id));
  const followed = useQuery(follows(id));
  const read = useQuery(reads(id));
  const lists: [id: string, name: string, list: Answer, none: string][] = [
    ["owns", "Owns", owned, "Owns nothing that is known."],
    ["reads", "Reads", read, "Nothing is known to be read."],
    ["bookmarks", "Bookmarks", followed, "No bookmarks."],
  ];
  return (
    <article className="entity-page">
      <EntityHeader
        kind="user"
        name={nameOf(person)}
        path={[person.role_name ?? "", person.team_name ?? "", person.is_active ? "" : "no longer active"]}
        of={id}
        actions={<IsMe id={id} />}
      />
      <Vanished kind="person" of={id} />
      <div className="entity-body">
        <Tabs
          label={`About ${nameOf(person)}`}
          tabs={lists.map(([tab, name, list, none]) => ({
            id: tab,
            name,
            count: list.data && sizeOf(list.data),
            content: () => <Resources list={list} none={none} />,
          }))}
        />
        <Aside person={person} id={id} />
      </div>
    </article>
  );
}

interface Answer {
  data: Listed | undefined;
  error: Error | null;
}

function Resources({ list, none }: { list: Answer; none: string }) {
  if (list.error) return <Failed error={list.error} />;
  if (!list.data) return <Loading what="the list" />;
  if (sizeOf(list.data) === 0) return <Empty>{none}</Empty>;
  return <Rows listed={list.data} />;
}

function IsMe({ id }: { id: string }) {
  const { id: chosen, choose } = usePerson();
  return (
    <button type="button" aria-pressed={chosen === id} onClick={() => choose(chosen === id ? "" : id)}>
      {chosen === id ? "This is you" : "This is me"}
    </button>
  );
}

function Aside({ person, id }: { person: Metadata.User; id: string }) {
  const manager = person.manager_fullname === "" ? person.manager_email : (person.manager_fullname ?? person.manager_email);
  return (
    <aside aria-label="Facts">
      {person.email && (
        <Field name="Mail">
          <Outside to={`mailto:${person.email}`}>{person.email}</Outside>
        </Field>
      )}
      {person.employee_type && <Field name="Employment">{person.employee_type}</Field>}
      {manager && (
        <Field name="Manager">
          <Link to={`/person/${encodeURIComponent(person.manager_id ?? person.manager_email ?? "")}`}>
            {manager}
          </Link>
        </Field>
      )}
      {person.slack_id && <Field name="Slack">{person.slack_id}</Field>}
      {person.github_username && (
        <Field name="GitHub">
          <Outside to={`https://github.com/${encodeURIComponent(person.github_username)}`}>{person.github_username}</Outside>
        </Field>
      )}
      {Object.entries(person.other_key_values).map(([name, value]) => (
        <Field key={name} name={name.replace(/_/g, " ")}>
          <span dir="auto">{value}</span>
        </Field>
      ))}
      {person.profile_url && (
        <Field name="Profile">
          <Outside to={person.profile_url}>{person.profile_url}</Outside>
        </Field>
      )}
      <Sources kind="person" of={id} description={null} />
    </aside>
  );
}
