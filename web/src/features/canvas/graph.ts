/** The document as xyflow draws it, and what a connection must be to be a wire. Plain TypeScript. */
import type { Edge, Node } from '@xyflow/svelte';
import { wireKey } from '../../lib/model/edit.ts';
import type { Layout } from '../../lib/model/layout.ts';
import type { Catalog, FlowDocument, FlowNode, FlowWire, PortType } from '../../lib/rules.ts';

export type CanvasNode = Node<{ node: FlowNode }, 'flow'>;
export type CanvasEdge = Edge<{ wire: FlowWire }, 'wire'>;

/**
 * Nodes of the document for xyflow. One that is as before stays the same object, with what xyflow has measured.
 * @param before what is drawn now
 */
export function canvasNodes(
  document: FlowDocument,
  layout: Layout,
  selected: ReadonlySet<string>,
  before: readonly CanvasNode[],
): CanvasNode[] {
  const known = new Map(before.map(node => [node.id, node]));
  return document.nodes.map(node => {
    const position = layout.nodes[node.id] ?? { x: 0, y: 0 };
    const old = known.get(node.id);
    const isSame =
      old?.data.node === node &&
      old.position.x === position.x &&
      old.position.y === position.y &&
      old.selected === selected.has(node.id);
    if (isSame) return old;
    const data = old?.data.node === node ? old.data : { node };
    return { ...old, id: node.id, type: 'flow', position: { ...position }, data, selected: selected.has(node.id) };
  });
}

export function canvasEdges(
  document: FlowDocument,
  selected: ReadonlySet<string>,
  before: readonly CanvasEdge[],
): CanvasEdge[] {
  const known = new Map(before.map(edge => [edge.id, edge]));
  return document.wires.map(wire => {
    const id = wireKey(wire);
    const old = known.get(id);
    if (old?.data?.wire === wire && old.selected === selected.has(id)) return old;
    return {
      ...old,
      id,
      type: 'wire',
      source: wire.source_node,
      sourceHandle: wire.source_port,
      target: wire.target_node,
      targetHandle: wire.target_port,
      data: { wire },
      selected: selected.has(id),
    };
  });
}

/** Why two ports do not make a wire: a key of the texts `canvas:refused_…`; null: they do. */
export type Refusal = 'same' | 'types' | 'cycle' | 'twice' | 'unknown';

export function refusal(document: FlowDocument, catalog: Catalog, wire: FlowWire): Refusal | null {
  if (wire.source_node === wire.target_node) return 'same';
  const from = portType(document, catalog, wire.source_node, wire.source_port, 'outputs');
  const to = portType(document, catalog, wire.target_node, wire.target_port, 'inputs');
  if (from === null || to === null) return 'unknown';
  if (from !== to && from !== 'any' && to !== 'any') return 'types';
  const key = wireKey(wire);
  if (document.wires.some(one => wireKey(one) === key)) return 'twice';
  return reaches(document, wire.target_node, wire.source_node) ? 'cycle' : null;
}

export function portType(
  document: FlowDocument,
  catalog: Catalog,
  id: string,
  port: string,
  side: 'inputs' | 'outputs',
): PortType | null {
  const node = document.nodes.find(one => one.id === id);
  const entry =
    node && (node.wasm_hash === undefined ? catalog.byType(node.node_type) : catalog.byHash(node.wasm_hash));
  return entry?.manifest[side].find(one => one.name === port)?.type ?? null;
}

/** Whether a record gets from one node to another. */
function reaches(document: FlowDocument, from: string, to: string): boolean {
  const next = Map.groupBy(document.wires, wire => wire.source_node);
  const seen = new Set([from]);
  for (const id of seen) {
    if (id === to) return true;
    for (const wire of next.get(id) ?? []) seen.add(wire.target_node);
  }
  return false;
}
