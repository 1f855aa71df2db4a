/** Which ports make a wire, and why others do not. */
import type { Catalog, CatalogEntry, FlowDocument, FlowNode, FlowWire, ManifestPort, PortType } from '../contract.ts';
import { wireKey } from './edit.ts';

/** Why two ports do not make a wire: a key of the texts `canvas:refused_…`. */
export type Refusal = 'same' | 'types' | 'cycle' | 'twice' | 'unknown';
export type Side = 'inputs' | 'outputs';
/** One port of one node. */
export interface End {
  readonly node: string;
  readonly port: string;
  readonly side: Side;
}

export const endKey = ({ node, port, side }: End): string => `${node}.${port}.${side}`;
export const otherSide = (side: Side): Side => (side === 'inputs' ? 'outputs' : 'inputs');
/** `any` fits everything; else the types must be the same. */
export const fits = (from: PortType, to: PortType): boolean => from === to || from === 'any' || to === 'any';
/** The wire between two ends, whichever of them was first. */
export const wireOf = (one: End, other: End): FlowWire => {
  const [from, to] = one.side === 'outputs' ? [one, other] : [other, one];
  return { source_node: from.node, source_port: from.port, target_node: to.node, target_port: to.port };
};
export const entryOf = (catalog: Catalog, node: Pick<FlowNode, 'node_type' | 'wasm_hash'>): CatalogEntry | null =>
  node.wasm_hash === undefined ? catalog.byType(node.node_type) : catalog.byHash(node.wasm_hash);

/** null: they make a wire. */
export function refusal(document: FlowDocument, catalog: Catalog, wire: FlowWire): Refusal | null {
  if (wire.source_node === wire.target_node) return 'same';
  const from = portType(document, catalog, { node: wire.source_node, port: wire.source_port, side: 'outputs' });
  const to = portType(document, catalog, { node: wire.target_node, port: wire.target_port, side: 'inputs' });
  if (from === null || to === null) return 'unknown';
  if (!fits(from, to)) return 'types';
  const key = wireKey(wire);
  if (document.wires.some(one => wireKey(one) === key)) return 'twice';
  return reached(document, wire.target_node, 'outputs').has(wire.source_node) ? 'cycle' : null;
}

export function portType(document: FlowDocument, catalog: Catalog, { node: id, port, side }: End): PortType | null {
  const node = document.nodes.find(one => one.id === id);
  return (node && entryOf(catalog, node)?.manifest[side].find(one => one.name === port)?.type) ?? null;
}

/** What each wire carries, by wireKey: the type of the port that it leaves. */
export function kindsOf(document: FlowDocument, catalog: Catalog): ReadonlyMap<string, PortType> {
  const nodes = new Map(document.nodes.map(node => [node.id, entryOf(catalog, node)?.manifest.outputs]));
  return new Map(
    document.wires.map(wire => {
      const port = nodes.get(wire.source_node)?.find(one => one.name === wire.source_port);
      return [wireKey(wire), port?.type ?? 'any'];
    }),
  );
}

/** Every end that may be wired to this one, in the order of the document. */
export function openEnds(document: FlowDocument, catalog: Catalog, from: End): End[] {
  const type = portType(document, catalog, from);
  if (type === null) return [];
  const side = otherSide(from.side);
  // From an output, what leads to it would close a cycle; from an input, what it leads to.
  const closed = reached(document, from.node, from.side === 'outputs' ? 'inputs' : 'outputs');
  const taken = new Set(document.wires.map(wireKey));
  return document.nodes
    .filter(node => !closed.has(node.id))
    .flatMap(node =>
      (entryOf(catalog, node)?.manifest[side] ?? [])
        .filter(port => fits(type, port.type))
        .map(port => ({ node: node.id, port: port.name, side })),
    )
    .filter(end => !taken.has(wireKey(wireOf(from, end))));
}

/** The first port of these that a port of this type can be wired to. */
export const firstFit = (ports: readonly ManifestPort[], type: PortType): string | null =>
  (ports.find(port => port.type === type) ?? ports.find(port => fits(type, port.type)))?.name ?? null;

/** The node, and all that its records get to (`outputs`) or come from (`inputs`). */
export function reached(document: FlowDocument, from: string, by: Side): ReadonlySet<string> {
  const [near, far] =
    by === 'outputs' ? (['source_node', 'target_node'] as const) : (['target_node', 'source_node'] as const);
  const next = Map.groupBy(document.wires, wire => wire[near]);
  const seen = new Set([from]);
  for (const id of seen) for (const wire of next.get(id) ?? []) seen.add(wire[far]);
  return seen;
}
