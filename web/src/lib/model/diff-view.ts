/** Two documents as one picture: what is in either, and what became of it. */
import type { FlowDiff, FlowDocument, FlowNode, FlowWire } from '../contract.ts';
import { diffFlows } from '../rules.ts';
import { cardBox, type Ports } from './card.ts';
import { wireKey } from './edit.ts';
import { type Box, GRID, layoutOf, type Point, withLayout } from './layout.ts';

export type DiffTone = 'added' | 'removed' | 'changed';
export interface DiffMark {
  readonly tone: DiffTone;
}
/** A value that is another one now; what is not there is undefined. */
export interface ChangedValue {
  /** As people say it: `op`, `cases[0].value`, `wasm_hash`, `limits.fuel`. */
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
}
export interface DiffView {
  /** Nodes and wires of both, where the newer one has them. */
  readonly document: FlowDocument;
  readonly nodes: ReadonlyMap<string, DiffMark>;
  /** By wireKey. */
  readonly wires: ReadonlyMap<string, DiffMark>;
  readonly changed: readonly { readonly node: string; readonly values: readonly ChangedValue[] }[];
  /** Of the flow itself: its name, limits … */
  readonly settings: readonly ChangedValue[];
  /** Both do the same, however they are drawn. */
  readonly same: boolean;
}

/** Between a node that is gone and the one beneath which it has to stand. */
const GAP = 2 * GRID;

/**
 * @param hashOf what a node type without a hash stands for: a draft takes the default of the library
 * @param portsOf the ports of a node, which say how large it is drawn
 */
export function diffView(
  older: FlowDocument,
  newer: FlowDocument,
  hashOf: (node_type: string) => string | null = () => null,
  portsOf: (node: FlowNode) => Ports = () => null,
): DiffView {
  const [before, after] = [pinned(older, hashOf), pinned(newer, hashOf)];
  const diff = diffFlows(before, after);
  const nodes = new Map<string, DiffMark>();
  for (const { id } of diff.nodes.added) nodes.set(id, { tone: 'added' });
  for (const { id } of diff.nodes.removed) nodes.set(id, { tone: 'removed' });
  for (const { id } of diff.nodes.changed) nodes.set(id, { tone: 'changed' });
  const wires = new Map<string, DiffMark>();
  for (const key of reordered(before.wires, after.wires)) wires.set(key, { tone: 'changed' });
  for (const wire of diff.wires.added) wires.set(wireKey(wire), { tone: 'added' });
  for (const wire of diff.wires.removed) wires.set(wireKey(wire), { tone: 'removed' });
  return {
    document: union(older, newer, diff, portsOf),
    nodes,
    wires,
    changed: diff.nodes.changed.map(({ id, changes }) => ({ node: id, values: changes.map(readable) })),
    settings: diff.settings.map(readable),
    same: nodes.size === 0 && wires.size === 0 && diff.settings.length === 0 && !diff.nodes.reordered,
  };
}

function pinned(document: FlowDocument, hashOf: (node_type: string) => string | null): FlowDocument {
  return {
    ...document,
    nodes: document.nodes.map(node => {
      const wasm_hash = node.wasm_hash ?? hashOf(node.node_type);
      return wasm_hash === null || wasm_hash === undefined ? node : { ...node, wasm_hash };
    }),
  };
}

function union(
  older: FlowDocument,
  newer: FlowDocument,
  { nodes, wires }: FlowDiff,
  portsOf: (node: FlowNode) => Ports,
): FlowDocument {
  const ids = new Set(nodes.removed.map(node => node.id));
  const gone = older.nodes.filter(node => ids.has(node.id));
  const places = layoutOf(newer);
  const taken: Box[] = [...newer.nodes.map(node => cardBox(places.nodes[node.id]!, portsOf(node))), ...places.comments];
  const before = layoutOf(older).nodes;
  const stepped = gone.map((node): [string, Point] => {
    const box = beneath(cardBox(before[node.id]!, portsOf(node)), taken);
    taken.push(box);
    return [node.id, { x: box.x, y: box.y }];
  });
  return withLayout(
    { ...newer, nodes: [...newer.nodes, ...gone], wires: [...newer.wires, ...wires.removed] },
    { ...places, nodes: Object.fromEntries([...Object.entries(places.nodes), ...stepped]) },
  );
}

/** Where it stands, or as far down as it takes to cover nothing. */
function beneath(box: Box, taken: readonly Box[]): Box {
  for (let at = box; ; ) {
    const covered = taken.filter(one => cover(one, at));
    if (covered.length === 0) return at;
    at = { ...at, y: Math.max(...covered.map(one => one.y + one.height)) + GAP };
  }
}

const cover = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Wires of an output from which messages now leave in another order. */
function reordered(before: readonly FlowWire[], after: readonly FlowWire[]): string[] {
  const byOutput = (wires: readonly FlowWire[], others: readonly FlowWire[]): Map<string, string[]> => {
    const kept = new Set(others.map(wireKey));
    const both = wires.filter(wire => kept.has(wireKey(wire)));
    const groups = Map.groupBy(both, wire => `${wire.source_node}.${wire.source_port}`);
    return new Map([...groups].map(([output, list]) => [output, list.map(wireKey)]));
  };
  const now = byOutput(after, before);
  return [...byOutput(before, after)].flatMap(([output, keys]) =>
    keys.filter((key, index) => now.get(output)?.[index] !== key),
  );
}

const readable = (change: { readonly path: string; readonly old?: unknown; readonly new?: unknown }): ChangedValue => ({
  name: change.path.replace(/^\$\.(props\.)?/, ''),
  from: change.old,
  to: change.new,
});
