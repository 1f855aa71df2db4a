import type { FlowWire } from './document.ts';

/** Every strongly connected group of more than one node, and every node wired to itself, in document order. */
export function cycles(ids: readonly string[], wires: readonly FlowWire[]): string[][] {
  const targets = new Map<string, string[]>(ids.map(id => [id, []]));
  for (const wire of wires) if (targets.has(wire.target_node)) targets.get(wire.source_node)?.push(wire.target_node);
  const found: string[][] = [];
  const done = new Set<string>();
  for (const id of ids) {
    if (done.has(id)) continue;
    const path = shortestLoop(id, targets);
    if (path) {
      found.push(path);
      for (const member of path) done.add(member);
    }
  }
  return found;
}

/** The shortest way from a node back to itself, or null. */
function shortestLoop(start: string, targets: ReadonlyMap<string, readonly string[]>): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const next of targets.get(at) ?? []) {
      if (next === start) {
        const path = [at];
        while (path[0] !== start) path.unshift(cameFrom.get(path[0]!)!);
        return path;
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  }
  return null;
}

/** All nodes that records from `sources` can come to. */
export function reachable(sources: readonly string[], wires: readonly FlowWire[]): Set<string> {
  const reached = new Set(sources);
  const queue = [...sources];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const wire of wires) {
      if (wire.source_node !== at || reached.has(wire.target_node)) continue;
      reached.add(wire.target_node);
      queue.push(wire.target_node);
    }
  }
  return reached;
}
