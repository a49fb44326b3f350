// What is lit together with what somebody points at. Pure.

/** Everything upstream and downstream of a node among what is visible, itself included: what is lit with it. */
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

function add(to: Map<string, string[]>, key: string, value: string) {
  const some = to.get(key);
  if (some) some.push(value);
  else to.set(key, [value]);
}
