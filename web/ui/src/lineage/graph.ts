// What of lineage is visible: the start, what was expanded from it, and what was put beside it. Pure.
import type { Metadata } from "../api/routes";

export const KINDS = ["table", "column", "dashboard", "feature", "run", "model_version", "model"] as const;
export type LineageKind = (typeof KINDS)[number];
export type Side = "upstream" | "downstream";
export type LineageNode = Metadata.Node;

export const VISIBLE_CAP = 300;
export const STEP = 20; // neighbours a click brings

/** Neighbours of a node that somebody asked to see, `pages` of them; or the node alone, whatever leads to it. */
export interface Expansion {
  side: Side | "alone";
  id: string;
  pages: number;
}

/** What came of an expansion. */
export interface Found {
  of: Expansion;
  nodes: LineageNode[];
  edges: Metadata.Edge[];
  more: boolean;
}

export interface ShownEdge {
  id: string;
  source: string;
  target: string;
  edge: Metadata.Edge;
}

/** The nodes that can be seen, and how far each is from the start; before it negative. */
export interface Shown {
  nodes: LineageNode[]; // as they came: the same object for as long as it says the same
  levels: Map<string, number>;
  cut: number; // how many found nodes the cap keeps out
}

export interface View extends Shown {
  edges: ShownEdge[];
  hidden: Map<string, Record<Side, number>>;
}

export function idOf(end: { kind: string; key: string }): string {
  return `${end.kind}:${end.key}`;
}

/** Where a thing is, as lists have it; of what no source tells of any more, that first. */
export function whereOf(node: LineageNode, ...before: string[]): string {
  const gone = node.gone_since === null ? "" : "gone";
  return [gone, ...before, node.database, node.schema].filter(Boolean).join(" · ");
}

/** Where a thing is, as its card has it: a column in its table. */
export function whereOnCard(node: LineageNode): string {
  if (!node.table) return whereOf(node);
  const table = node.table.slice(node.table.lastIndexOf("/") + 1);
  return whereOf({ ...node, database: null, schema: null }, table);
}

export function endOf(id: string): { kind: LineageKind; key: string } {
  const cut = id.indexOf(":");
  return { kind: id.slice(0, cut) as LineageKind, key: id.slice(cut + 1) };
}

/** Whether a text that came from outside is the id of something that can have lineage. */
export function isNodeId(id: string): boolean {
  const { kind, key } = endOf(id);
  return key !== "" && KINDS.some((known) => known === kind);
}

export function expansionId({ side, id }: Pick<Expansion, "side" | "id">): string {
  return `${side} ${id}`;
}

export function edgeId(source: string, target: string): string {
  return `${source} > ${target}`;
}

/**
 * What can be seen: from the start along what was found, in the order in which it was asked for, up to the cap. What
 * was found around a node that is no longer visible shows nothing, and shows again when its node does.
 */
export function shownOf(start: string, found: readonly Found[], cap = VISIBLE_CAP): Shown {
  const nodes = new Map<string, LineageNode>();
  const levels = new Map([[start, 0]]);
  const kept = new Set<Found>();
  for (const { nodes: around } of found) {
    const first = around.find((node) => idOf(node) === start);
    if (first && !nodes.has(start)) nodes.set(start, first);
  }
  let reached = true;
  while (reached) {
    reached = false;
    for (const around of found) {
      const { side, id } = around.of;
      if (kept.has(around) || (side !== "alone" && !nodes.has(id))) continue;
      kept.add(around);
      reached = true;
      const level = side === "alone" ? undefined : (levels.get(id) ?? 0) + (side === "upstream" ? -1 : 1);
      for (const node of around.nodes) {
        const one = idOf(node);
        if (!nodes.has(one)) nodes.set(one, node);
        if (!levels.has(one) && level !== undefined) levels.set(one, level);
      }
    }
  }
  const visible = [...nodes.values()].slice(0, cap);
  return { nodes: visible, levels, cut: nodes.size - visible.length };
}

/** The edges among what is shown, whatever they came with, and what each node hides. */
export function viewOf(shown: Shown, found: readonly Found[], others: Metadata.Edge[]): View {
  const visible = new Set(shown.nodes.map(idOf));
  const edges = new Map<string, ShownEdge>();
  for (const edge of [...found.flatMap((one) => one.edges), ...others]) {
    const [source, target] = [idOf(edge.source), idOf(edge.target)];
    const id = edgeId(source, target);
    if (visible.has(source) && visible.has(target)) edges.set(id, { id, source, target, edge });
  }
  const view = { ...shown, levels: levelled(shown, [...edges.values()]), edges: [...edges.values()] };
  return { ...view, hidden: hiddenOf(view, found) };
}

/** Levels also for what was put beside the picture: by the edges that lead to it, else beside the start. */
function levelled({ nodes, levels }: Shown, edges: ShownEdge[]): Map<string, number> {
  const missing = nodes.map(idOf).filter((id) => !levels.has(id));
  if (missing.length === 0) return levels;
  const all = new Map(levels);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const { source, target } of edges) {
      const [from, to] = [all.get(source), all.get(target)];
      if (from !== undefined && to === undefined) all.set(target, from + 1);
      if (to !== undefined && from === undefined) all.set(source, to - 1);
    }
  }
  return all;
}

/**
 * The nodes that an edge may be missing between: those before it have neighbours behind them that are not drawn, those
 * behind it have some before them. None, where one of the two is lacking: then nothing can be missing.
 */
export function loose({ nodes }: Shown, found: readonly Found[]): string[] {
  const visible = new Set(nodes.map(idOf));
  const ids = found.flatMap(({ edges }) => edges.map(({ source, target }) => ({ source: idOf(source), target: idOf(target) })));
  const among = new Map(ids.map((edge) => [edgeId(edge.source, edge.target), edge]));
  const drawn = drawnOf([...among.values()].filter(({ source, target }) => visible.has(source) && visible.has(target)));
  const left = (side: Side) =>
    nodes.filter((node) => node[`${side}_count`] > (drawn.get(`${side} ${idOf(node)}`) ?? 0)).map(idOf);
  const [before, behind] = [left("downstream"), left("upstream")];
  return before.length > 0 && behind.length > 0 ? [...new Set([...before, ...behind])] : [];
}

function drawnOf(edges: { source: string; target: string }[]): Map<string, number> {
  const drawn = new Map<string, number>();
  const count = (side: Side, id: string) => drawn.set(`${side} ${id}`, (drawn.get(`${side} ${id}`) ?? 0) + 1);
  for (const { source, target } of edges) {
    count("downstream", source);
    count("upstream", target);
  }
  return drawn;
}

/**
 * How many neighbours of each visible node are not drawn, on each side. Where all that pass the filter were asked for,
 * these are those that the cap keeps out.
 */
function hiddenOf(view: Pick<View, "nodes" | "edges">, found: readonly Found[]) {
  const drawn = drawnOf(view.edges);
  const visible = new Set(view.nodes.map(idOf));
  const whole = new Map(
    found.flatMap(({ of, nodes, more }) =>
      more ? [] : [[expansionId(of), nodes.filter((node) => !visible.has(idOf(node))).length]],
    ),
  );
  return new Map(
    view.nodes.map((node) => {
      const id = idOf(node);
      const left = (side: Side) =>
        whole.get(`${side} ${id}`) ?? Math.max(0, node[`${side}_count`] - (drawn.get(`${side} ${id}`) ?? 0));
      return [id, { upstream: left("upstream"), downstream: left("downstream") }];
    }),
  );
}
