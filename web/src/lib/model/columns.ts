/** Places for nodes that have none: at once, without a library. What is drawn carefully is arranged by ELK. */
import type { FlowDocument, FlowWire } from '../contract.ts';
import type { Point } from './point.ts';

const COLUMN = 290;
const ROW = 170;

/** In columns by the way of the records, beneath what is there already; a wire that passes a column has a row there. */
export function columns(document: FlowDocument, ids: readonly string[], top: number): [string, Point][] {
  if (ids.length === 0) return [];
  const wanted = new Set(ids);
  const wires = document.wires.filter(
    wire => wire.source_node !== wire.target_node && wanted.has(wire.source_node) && wanted.has(wire.target_node),
  );
  const depth = depths(ids, wires);
  let beneath = 0;
  return apart(ids, wires).flatMap(part => {
    const rows = rowsOf(part.ids, part.wires, depth);
    const first = beneath;
    beneath += Math.max(...rows.values()) + 1;
    return part.ids.map((id): [string, Point] => [
      id,
      { x: depth.get(id)! * COLUMN, y: top + (first + rows.get(id)!) * ROW },
    ]);
  });
}

interface Part {
  readonly ids: string[];
  readonly wires: FlowWire[];
}
/** Parts that no wire connects, each by itself. */
function apart(ids: readonly string[], wires: readonly FlowWire[]): Part[] {
  const near = new Map<string, string[]>(ids.map(id => [id, []]));
  for (const { source_node, target_node } of wires) {
    near.get(source_node)!.push(target_node);
    near.get(target_node)!.push(source_node);
  }
  const of = new Map<string, Part>();
  const parts: Part[] = [];
  for (const id of ids) {
    if (of.has(id)) continue;
    const part: Part = { ids: [], wires: [] };
    parts.push(part);
    const members = new Set([id]);
    for (const member of members) {
      of.set(member, part);
      for (const other of near.get(member)!) members.add(other);
    }
  }
  for (const id of ids) of.get(id)!.ids.push(id);
  for (const wire of wires) of.get(wire.source_node)!.wires.push(wire);
  return parts;
}

function depths(ids: readonly string[], wires: readonly FlowWire[]): Map<string, number> {
  const depth = new Map<string, number>(ids.map(id => [id, 0]));
  // A graph that is drawn may have a cycle still: no more rounds than nodes, and no node behind the last column.
  for (let round = 0, moved = true; moved && round < ids.length; round += 1) {
    moved = false;
    for (const { source_node, target_node } of wires) {
      const least = depth.get(source_node)! + 1;
      if (depth.get(target_node)! >= least || least >= ids.length) continue;
      depth.set(target_node, least);
      moved = true;
    }
  }
  // What nothing leads to stands right before the first that it leads to.
  const hasSource = new Set(wires.map(wire => wire.target_node));
  const targets = Map.groupBy(wires, wire => wire.source_node);
  for (const id of ids) {
    const next = (targets.get(id) ?? []).map(wire => depth.get(wire.target_node)!);
    if (!hasSource.has(id) && next.length > 0) depth.set(id, Math.max(0, Math.min(...next) - 1));
  }
  return depth;
}

/** Each node as near as it gets to the middle of those before it. */
function rowsOf(
  ids: readonly string[],
  wires: readonly FlowWire[],
  depth: ReadonlyMap<string, number>,
): Map<string, number> {
  const rows = new Map<string, number>();
  const sources = Map.groupBy(wires, wire => wire.target_node);
  const last = Math.max(...depth.values());
  for (let column = 0; column <= last; column += 1) {
    const nodes = ids
      .filter(id => depth.get(id) === column)
      .map(id => {
        const before = (sources.get(id) ?? []).flatMap(wire => rows.get(wire.source_node) ?? []);
        return { id, wish: before.length > 0 ? before.reduce((a, b) => a + b) / before.length : Infinity };
      });
    const passing = wires
      .filter(wire => depth.get(wire.source_node)! < column && depth.get(wire.target_node)! > column)
      .map(wire => ({ id: null, wish: rows.get(wire.source_node) ?? 0 }));
    let free = 0;
    for (const { id, wish } of [...nodes, ...passing].sort((a, b) => a.wish - b.wish || 0)) {
      const row = Math.max(free, Number.isFinite(wish) ? Math.round(wish) : 0);
      if (id !== null) rows.set(id, row);
      free = row + 1;
    }
  }
  return rows;
}
