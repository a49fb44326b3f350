import { useQuery } from "@tanstack/react-query";
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
  const change = useChange(cached, allBadges.queryKey);
  const [category, setCategory] = useState(USUAL);
  const { data } = useQuery({ ...allBadges, enabled: false }); // what the form has asked for
  const known = new Map([...(data?.badges ?? []), ...badges].map((badge) => [badge.badge_name, badge.category]));
  const categoryOf = (badge: string) => (known.get(badge) ?? "") || category.trim() || USUAL;
  return (
    <Editable
      what="badge"
      names={badges.map((badge) => badge.badge_name)}
      known={<Known />}
      show={(badge) => <BadgeMark name={badge} category={categoryOf(badge)} />}
      add={(badge) => change(`Set badge ${badge}.`, () => putBadge(of, badge, categoryOf(badge)))}
      remove={(badge) => change(`Removed badge ${badge}.`, () => removeBadge(of, badge, categoryOf(badge)))}
      more={(typed) => <Category known={known} has={known.get(typed) ?? ""} category={category} choose={setCategory} />}
      {...(name === undefined ? {} : { of: name, shape: "small" })}
    />
  );
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
  known: Map<string, string>;
  has: string; // the category that the badge has already
  category: string;
  choose: (category: string) => void;
}

function Category({ known, has, category, choose }: CategoryProps) {
  const list = useId();
  const categories = [...new Set([USUAL, ...known.values()])].sort();
  return (
    <>
      <input
        aria-label="Category of the badge"
        placeholder="Category"
        title={has === "" ? "Category of the new badge" : "The badge has this category wherever it is"}
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
