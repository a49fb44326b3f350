// The nodes of a picture as a file for a spreadsheet. Pure.
import { encodeKey } from "../text/keys";
import type { LineageNode } from "./graph";

/** The same nodes as comma-separated values, for a spreadsheet. */
export function csvOf(nodes: LineageNode[]): string {
  const rows = nodes.map((node) => [
    node.kind,
    node.key,
    node.name,
    node.database ?? "",
    node.schema ?? "",
    node.owners.join(" "),
    String(node.usage),
    String(node.upstream_count),
    String(node.downstream_count),
    node.gone_since === null ? "" : new Date(node.gone_since * 1000).toISOString(),
  ]);
  const head = ["kind", "key", "name", "database", "schema", "owners", "usage", "upstream", "downstream", "gone since"];
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A cell; what a spreadsheet would take for a formula is kept from being one. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

export function impactUrl(kind: string, key: string): string {
  return `/api/metadata/lineage/${kind}/${encodeKey(key)}/impact?format=csv`;
}
