// Keys as people read them, and where their pages are. A key is opaque: it is shown in parts, never put together.
export type Kind = "table" | "column" | "dashboard" | "feature" | "user";

export const KIND_NAMES: Record<string, [one: string, many: string]> = {
  table: ["Table", "Tables"],
  column: ["Column", "Columns"],
  dashboard: ["Dashboard", "Dashboards"],
  feature: ["Feature", "Features"],
  user: ["Person", "People"],
  model: ["Model", "Models"],
  model_version: ["Model version", "Model versions"],
  experiment: ["Experiment", "Experiments"],
  run: ["Run", "Runs"],
};

export function kindName(kind: string, count = 1): string {
  const names = KIND_NAMES[kind.toLowerCase()] ?? [kind, kind];
  return count === 1 ? names[0] : names[1];
}

/** A letter that stands for a kind where there is no room for its name. */
export function kindLetter(kind: string): string {
  return kind === "model_version" ? "V" : kindName(kind).charAt(0);
}

/** The page of an entity. The key is one encoded segment, so that a slash within it is not taken for a path. */
export function pageOf(kind: string, key: string): string {
  const lower = kind.toLowerCase();
  if (lower === "column") {
    const cut = key.lastIndexOf("/");
    return `/table/${encodeKey(key.slice(0, cut))}?column=${encodeURIComponent(decode(key.slice(cut + 1)))}`;
  }
  const version = lower === "model_version" && /^(.+)\/version\/([^/]+)$/.exec(key);
  if (version) return `/model/${encodeKey(version[1] ?? "")}?tab=version&version=${encodeURIComponent(decode(version[2] ?? ""))}`;
  return `/${lower === "user" ? "person" : lower}/${encodeKey(key)}`;
}

export function lineageOf(kind: string, key: string): string {
  return `/lineage/${kind.toLowerCase()}/${encodeKey(key)}`;
}

/** Colons stay readable; everything else that has a meaning in a URL is encoded. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key).replace(/%3A/g, ":").replace(/%40/g, "@");
}

/** The rest of a path behind a prefix, decoded: the key of a page, also where somebody typed it unencoded. */
export function keyIn(pathname: string, prefix: string): string {
  return decode(pathname.slice(prefix.length));
}

export interface NameParts {
  name: string;
  within: string; // what the name stands in: schema, group
  source: string; // database, product
}

/** `hive://gold.core/orders` -> orders in gold.core of hive. Anything else is its own name. */
export function partsOf(key: string): NameParts {
  const table = /^([^/]+):\/\/([^/]+)\/(.+)$/.exec(key);
  if (table) {
    const [, source = "", within = "", name = ""] = table;
    return { name: decode(name), within: decode(within), source: source.replace(/_dashboard$/, "") };
  }
  const feature = /^([^/]+)\/([^/]+)\/([^/]+)$/.exec(key);
  if (feature) {
    const [, within = "", name = "", version = ""] = feature;
    return { name: decode(name), within: decode(within), source: decode(version) };
  }
  return { name: key, within: "", source: "" };
}

/** The key of a table from its parts, as the summaries of lists have them. The grammar is that of schemas/keys.py. */
export function tableKey(table: { database: string; cluster: string; schema: string; name: string }): string {
  const database = segment(table.database).replace(/_dashboard$/, "%5Fdashboard");
  return `${database}://${segment(table.cluster).replace(/\./g, "%2E")}.${segment(table.schema)}/${segment(table.name)}`;
}

function segment(text: string): string {
  return text.replace(/%/g, "%25").replace(/\//g, "%2F");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
