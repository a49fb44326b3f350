// What is lit together with what somebody points at. Pure.
import type { Metadata } from "../api/routes";
import { type Columns, tableOf } from "./columns";
import { edgeId, idOf, type ShownEdge, type View } from "./graph";

/** What stands out, by ids; everything else steps back. */
export interface Light {
  nodes: ReadonlySet<string>;
  columns: ReadonlySet<string>;
  edges: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** What belongs to a node, a column or an edge: the paths through it. Null where it is not in the picture. */
export function lightOf(pointed: string, view: View, columns: Columns): Light | null {
  const shown = new Map([...columns.on.values()].flat().map((node) => [idOf(node), node]));
  if (shown.has(pointed)) {
    const lit = pathsThrough(pointed, columns.edges);
    const tables = [...lit].flatMap((id) => shown.get(id) ?? []).map(tableOf);
    return { nodes: new Set(tables), columns: lit, edges: within(lit, columns.edges) };
  }
  if (view.nodes.some((node) => idOf(node) === pointed)) {
    const lit = pathsThrough(pointed, view.edges);
    return { nodes: lit, columns: NONE, edges: within(lit, view.edges) };
  }
  const edge = view.edges.find(({ id }) => id === pointed);
  return edge ? { nodes: new Set([edge.source, edge.target]), columns: NONE, edges: new Set([edge.id]) } : null;
}

/** The nodes and edges of paths. */
export function lightOfPaths(paths: Metadata.Stop[][]): Light {
  const steps = paths.map((path) => path.map(idOf));
  const edges = steps.flatMap((ids) => ids.slice(1).map((id, index) => edgeId(ids[index] ?? "", id)));
  return { nodes: new Set(steps.flat()), columns: NONE, edges: new Set(edges) };
}

/** Everything upstream and downstream of one among what is visible, itself included. */
export function pathsThrough(id: string, edges: readonly { source: string; target: string }[]): Set<string> {
  const after = new Map<string, string[]>();
  const before = new Map<string, string[]>();
  for (const { source, target } of edges) {
    add(after, source, target);
    add(before, target, source);
  }
  return new Set([...reached(id, before), ...reached(id, after)]);
}

function reached(id: string, next: Map<string, string[]>): Set<string> {
  const met = new Set([id]);
  for (const at of met) for (const other of next.get(at) ?? []) met.add(other); // a set is walked as it grows
  return met;
}

function within(lit: ReadonlySet<string>, edges: ShownEdge[]): Set<string> {
  return new Set(edges.filter(({ source, target }) => lit.has(source) && lit.has(target)).map(({ id }) => id));
}

function add(to: Map<string, string[]>, key: string, value: string) {
  const some = to.get(key);
  if (some) some.push(value);
  else to.set(key, [value]);
}
