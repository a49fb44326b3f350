// What of lineage is visible: the start, and what was expanded from it. Pure.
import type { Metadata } from "../api/routes";

export const KINDS = ["table", "column", "dashboard", "feature"] as const;
export type LineageKind = (typeof KINDS)[number];
export type Side = "upstream" | "downstream";
export type LineageNode = Metadata.Node;

export const VISIBLE_CAP = 300;
export const STEP = 20; // neighbours a click brings

/** Neighbours of a node that somebody asked to see; `pages` of them. */
export interface Expansion {
  side: Side;
  id: string;
  pages: number;
}

/** What came of an expansion. */
export interface Found {
  nodes: LineageNode[];
  edges: Metadata.Edge[];
  more: boolean;
}

export interface View {
  nodes: LineageNode[]; // as they came: the same object for as long as it says the same
  levels: Map<string, number>; // of each from the start on, before it negative
  edges: { id: string; source: string; target: string; edge: Metadata.Edge }[];
  hidden: Map<string, Record<Side, number>>;
  cut: number; // how many found nodes the cap keeps out
}

export function idOf(end: { kind: string; key: string }): string {
  return `${end.kind}:${end.key}`;
}

export function endOf(id: string): { kind: string; key: string } {
  const cut = id.indexOf(":");
  return { kind: id.slice(0, cut), key: id.slice(cut + 1) };
}

export function expansionId({ side, id }: Pick<Expansion, "side" | "id">): string {
  return `${side} ${id}`;
}

/**
 * What can be seen: from the start along the expansions, in the order in which they were made, up to the cap. An
 * expansion of a node that is no longer visible shows nothing, and shows again when its node does.
 */
export function viewOf(start: string, expansions: Expansion[], found: Map<string, Found>, cap = VISIBLE_CAP): View {
  const nodes = new Map<string, LineageNode>();
  const levels = new Map([[start, 0]]);
  const edges = new Map<string, View["edges"][number]>();
  const kept = new Set<string>();
  for (const { nodes: around } of found.values()) {
    const first = around.find((node) => idOf(node) === start);
    if (first && !nodes.has(start)) nodes.set(start, first);
  }
  let reached = true;
  while (reached) {
    reached = false;
    for (const expansion of expansions) {
      const shown = found.get(expansionId(expansion));
      if (!shown || !nodes.has(expansion.id) || kept.has(expansionId(expansion))) continue;
      kept.add(expansionId(expansion));
      reached = true;
      const level = (levels.get(expansion.id) ?? 0) + (expansion.side === "upstream" ? -1 : 1);
      for (const node of shown.nodes) {
        const id = idOf(node);
        if (nodes.has(id)) continue;
        nodes.set(id, node);
        levels.set(id, level);
      }
    }
  }
  const visible = new Map([...nodes].slice(0, cap));
  for (const { edges: among } of found.values()) {
    for (const edge of among) {
      const [source, target] = [idOf(edge.source), idOf(edge.target)];
      const id = `${source} > ${target}`;
      if (visible.has(source) && visible.has(target)) edges.set(id, { id, source, target, edge });
    }
  }
  const view = { nodes: [...visible.values()], levels, edges: [...edges.values()], cut: nodes.size - visible.size };
  return { ...view, hidden: hiddenOf(view, expansions, found) };
}

/** How many neighbours of each visible node are not drawn, on each side; none where all were asked for and are there. */
function hiddenOf(view: Pick<View, "nodes" | "edges">, expansions: Expansion[], found: Map<string, Found>) {
  const drawn = new Map<string, number>();
  for (const { source, target } of view.edges) {
    if (source === target) continue;
    drawn.set(`downstream ${source}`, (drawn.get(`downstream ${source}`) ?? 0) + 1);
    drawn.set(`upstream ${target}`, (drawn.get(`upstream ${target}`) ?? 0) + 1);
  }
  const whole = new Set(
    expansions.filter((expansion) => found.get(expansionId(expansion))?.more === false).map(expansionId),
  );
  return new Map(
    view.nodes.map((node) => {
      const left = (side: Side, all: number) =>
        whole.has(`${side} ${idOf(node)}`) ? 0 : Math.max(0, all - (drawn.get(`${side} ${idOf(node)}`) ?? 0));
      return [
        idOf(node),
        { upstream: left("upstream", node.upstream_count), downstream: left("downstream", node.downstream_count) },
      ];
    }),
  );
}
