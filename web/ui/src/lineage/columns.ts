// Which columns the cards of tables show, and the edges among them. Pure.
import type { Metadata } from "../api/routes";
import { CARD, ROW } from "./geometry";
import { edgeId, idOf, type LineageNode, type ShownEdge } from "./graph";

export const MOST_ROWS = 20; // columns a card shows: those that are connected first, then the most used

export interface Columns {
  on: ReadonlyMap<string, LineageNode[]>; // by table, also where none has lineage
  left: ReadonlyMap<string, number>; // how many others have lineage that the card has no room for
  edges: ShownEdge[];
}

interface Reply {
  nodes: LineageNode[];
  edges: Metadata.Edge[];
}

export const NO_COLUMNS: Columns = { on: new Map(), left: new Map(), edges: [] };

/** All columns with lineage of the tables that are open, and on every visible table those that a traced one touches. */
export function columnsOf(visible: ReadonlySet<string>, open: string[], opened: Reply | null, trace: Reply | null): Columns {
  const wide = new Set(opened ? open.filter((id) => visible.has(id)) : []);
  const known = new Map<string, LineageNode>();
  const traced = new Set<string>();
  for (const node of opened?.nodes ?? []) if (wide.has(tableOf(node))) known.set(idOf(node), node);
  for (const node of trace?.nodes ?? []) {
    if (node.kind !== "column" || !visible.has(tableOf(node))) continue;
    traced.add(idOf(node));
    if (!known.has(idOf(node))) known.set(idOf(node), node);
  }
  if (wide.size === 0 && known.size === 0) return NO_COLUMNS;
  const edges = edgesAmong(known, [...(opened?.edges ?? []), ...(trace?.edges ?? [])]);
  const connected = new Set(edges.flatMap(({ source, target }) => [source, target]));
  const rank = (id: string) => (traced.has(id) ? 0 : connected.has(id) ? 1 : 2);
  const on = new Map<string, LineageNode[]>([...wide].map((id) => [id, []]));
  const ordered = [...known].sort(([a, one], [b, other]) => rank(a) - rank(b) || other.usage - one.usage);
  const left = new Map<string, number>();
  for (const [, node] of ordered) {
    const table = tableOf(node);
    const rows = on.get(table) ?? [];
    if (rows.length < MOST_ROWS) on.set(table, [...rows, node]);
    else left.set(table, (left.get(table) ?? 0) + 1);
  }
  const shown = new Map([...on.values()].flat().map((node) => [idOf(node), node]));
  return { on, left, edges: edges.filter(({ source, target }) => shown.has(source) && shown.has(target)) };
}

function edgesAmong(known: ReadonlyMap<string, LineageNode>, edges: Metadata.Edge[]): ShownEdge[] {
  const among = new Map<string, ShownEdge>();
  for (const edge of edges) {
    const [source, target] = [idOf(edge.source), idOf(edge.target)];
    const id = edgeId(source, target);
    if (known.has(source) && known.has(target)) among.set(id, { id, source, target, edge });
  }
  return [...among.values()];
}

export function tableOf(column: LineageNode): string {
  return idOf({ kind: "table", key: column.table ?? "" });
}

/** How high the card of a node is with the columns it shows. */
export function heightOf(id: string, { on, left }: Columns): number {
  const rows = on.get(id);
  if (!rows) return CARD.height;
  return CARD.height + Math.max(1, rows.length + (left.has(id) ? 1 : 0)) * ROW + ROW / 4;
}

/** The tables of a trace that are not in the picture. */
export function missingTables(visible: ReadonlySet<string>, trace: Reply | null): string[] {
  const tables = (trace?.nodes ?? []).filter((node) => node.kind === "column" && node.table).map(tableOf);
  return [...new Set(tables)].filter((id) => !visible.has(id));
}
