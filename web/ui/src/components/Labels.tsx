import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";

import { ask } from "../api/client";
import { people, tags as allTags } from "../api/queries";
import type { Metadata } from "../api/routes";
import { reason } from "./Description";
import { Editable } from "./Editable";
import { useNotices } from "./Notices";
import { nameOf, PersonLink } from "./Parts";

export type Labelled = "table" | "dashboard" | "feature" | "model" | "experiment";

interface Labels {
  kind: Labelled;
  of: string;
}

export function Tags({ kind, of, tags }: Labels & { tags: Metadata.Tag[] }) {
  const change = useChange([kind, of], allTags.queryKey);
  const path = (tag: string) => ({ path: { key: of, tag } });
  return (
    <Editable
      what="tag"
      names={tags.map((tag) => tag.tag_name)}
      known={<KnownTags />}
      show={(name) => (
        <Link className="tag" to={`/search?f.tags=${encodeURIComponent(name)}`} dir="auto">
          {name}
        </Link>
      )}
      add={(name) => change(`Tagged ${name}.`, () => ask("metadata", `put /${kind}/{key}/tag/{tag}`, path(name)))}
      remove={(name) => change(`Removed tag ${name}.`, () => ask("metadata", `delete /${kind}/{key}/tag/{tag}`, path(name)))}
    />
  );
}

function KnownTags() {
  const { data } = useQuery(allTags);
  return data?.tag_usages.map((tag) => <option key={tag.tag_name} value={tag.tag_name} />);
}

export function Owners({ kind, of, owners }: Labels & { owners: Metadata.User[] }) {
  const change = useChange([kind, of]);
  const byId = new Map(owners.map((owner) => [owner.user_id ?? owner.email ?? "", owner]));
  const path = (owner: string) => ({ path: { key: of, owner } });
  return (
    <Editable
      what="owner"
      shape="stacked"
      names={[...byId.keys()]}
      known={<KnownPeople />}
      show={(id) => <PersonLink user={byId.get(id) ?? ({ user_id: id, full_name: id } as Metadata.User)} />}
      add={(id) => change(`${id} owns this now.`, () => ask("metadata", `put /${kind}/{key}/owner/{owner}`, path(id)))}
      remove={(id) =>
        change(`${id} no longer owns this.`, () => ask("metadata", `delete /${kind}/{key}/owner/{owner}`, path(id)))
      }
    />
  );
}

function KnownPeople() {
  const { data } = useQuery(people);
  return data?.map((user) => (
    <option key={user.user_id} value={user.user_id ?? user.email ?? ""}>
      {nameOf(user)}
    </option>
  ));
}

/** Return a way to change something: says what became of it, and reads back what is cached under these names. */
export function useChange(...cached: readonly (readonly unknown[])[]) {
  const queries = useQueryClient();
  const tell = useNotices();
  return async (done: string, send: () => Promise<unknown>) => {
    try {
      await send();
      tell(done);
    } catch (error) {
      tell(`Not changed: ${reason(error)}`, true);
    }
    await Promise.all(cached.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
}
