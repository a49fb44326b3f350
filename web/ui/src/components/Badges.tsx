import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import { type Edited, putBadge, removeBadge } from "../api/edits";
import { badges as allBadges } from "../api/queries";
import type { Metadata } from "../api/routes";
import { Editable } from "./Editable";
import { useChange } from "./Labels";
import { BadgeMark } from "./Parts";

const USUAL = "status"; // of a new badge, unless another category is chosen

interface Props {
  of: Edited;
  badges: Metadata.Badge[];
  cached: readonly unknown[];
  name?: string; // of what has the badges, where a page has several such lists
}

/** Badges, edited in place. A badge keeps the category it has; a new one is given the one that is chosen. */
export function Badges({ of, badges, cached, name }: Props) {
  const queries = useQueryClient();
  const change = useChange(cached, allBadges.queryKey);
  const [category, setCategory] = useState(USUAL);
  const categoryOf = (badge: string) =>
    find(badges, badge) || find(queries.getQueryData(allBadges.queryKey)?.badges, badge) || category.trim() || USUAL;
  return (
    <Editable
      what="badge"
      names={badges.map((badge) => badge.badge_name)}
      known={<Known />}
      show={(badge) => <BadgeMark name={badge} category={categoryOf(badge)} />}
      add={(badge) => change(`Set badge ${badge}.`, () => putBadge(of, badge, categoryOf(badge)))}
      remove={(badge) => change(`Removed badge ${badge}.`, () => removeBadge(of, badge, categoryOf(badge)))}
      more={(typed) => <Category of={typed} category={category} choose={setCategory} />}
      {...(name === undefined ? {} : { of: name, shape: "small" })}
    />
  );
}

function find(badges: Metadata.Badge[] | undefined, name: string): string {
  return badges?.find((badge) => badge.badge_name === name)?.category ?? "";
}

function Known() {
  const { data } = useQuery(allBadges);
  return data?.badges.map((badge) => (
    <option key={badge.badge_name} value={badge.badge_name}>
      {badge.category}
    </option>
  ));
}

interface CategoryProps {
  of: string; // the badge that is being typed
  category: string;
  choose: (category: string) => void;
}

function Category({ of, category, choose }: CategoryProps) {
  const { data } = useQuery(allBadges);
  const list = useId();
  const has = find(data?.badges, of);
  const categories = [...new Set([USUAL, ...(data?.badges ?? []).map((badge) => badge.category)])].sort();
  return (
    <>
      <input
        aria-label="Category of the badge"
        placeholder="Category"
        title={has ? "The badge has this category wherever it is" : "Category of the new badge"}
        value={has || category}
        readOnly={has !== ""}
        required
        maxLength={1000}
        list={list}
        dir="auto"
        onChange={(event) => choose(event.target.value)}
      />
      <datalist id={list}>
        {categories.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}
