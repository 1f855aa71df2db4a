/** New nodes where the user wants them: on the canvas, at the end of a wire, in the middle of one. */
import type { Catalog, FlowDocument, FlowNode, FlowWire, Manifest } from '../contract.ts';
import { CARD, portTop } from './card.ts';
import { addNode, connect, wireKey } from './edit.ts';
import { GRID, layoutOf, type Point, withLayout } from './layout.ts';
import { type End, entryOf, firstFit, fits, otherSide, portType, reached, wireOf } from './wiring.ts';

/** Least room between two cards for a wire between them. */
const GAP = 90;
export const snapped = (value: number): number => Math.round(value / GRID) * GRID;
export const snappedTo = ({ x, y }: Point): Point => ({ x: snapped(x), y: snapped(y) });

/** The ports by which a node of this kind can be put into the wire; null: it does not fit. */
export function through(
  document: FlowDocument,
  catalog: Catalog,
  wire: FlowWire,
  manifest: Manifest,
): { readonly input: string; readonly output: string } | null {
  const from = portType(document, catalog, { node: wire.source_node, port: wire.source_port, side: 'outputs' });
  const to = portType(document, catalog, { node: wire.target_node, port: wire.target_port, side: 'inputs' });
  if (from === null || to === null) return null;
  const input = firstFit(manifest.inputs, from);
  const output = firstFit(manifest.outputs, to);
  return input === null || output === null ? null : { input, output };
}

/** Whether a node of this kind can be wired to the end. */
export function continues(document: FlowDocument, catalog: Catalog, end: End, manifest: Manifest): boolean {
  const type = portType(document, catalog, end);
  return type !== null && manifest[otherSide(end.side)].some(port => fits(type, port.type));
}

/**
 * The node takes the wire's place: its first fitting ports are wired, what stands behind moves aside if it is too near.
 * A node that does not fit changes nothing. The node may be in the document already, without a wire.
 */
export function insertIntoWire(document: FlowDocument, catalog: Catalog, key: string, node: FlowNode): FlowDocument {
  const wire = document.wires.find(one => wireKey(one) === key);
  const manifest = entryOf(catalog, node)?.manifest;
  const ports = wire && manifest && through(document, catalog, wire, manifest);
  if (!ports || wire.source_node === node.id || wire.target_node === node.id) return document;
  const layout = layoutOf(document);
  const from = layout.nodes[wire.source_node] ?? { x: 0, y: 0 };
  const to = layout.nodes[wire.target_node] ?? { x: 0, y: 0 };
  const missing = from.x + 2 * (CARD.width + GAP) - to.x;
  const isAhead = to.x > from.x;
  const x = isAhead && missing > 0 ? from.x + CARD.width + GAP : (from.x + to.x) / 2;
  const place = snappedTo({ x, y: (from.y + to.y) / 2 });
  const isNew = document.nodes.every(one => one.id !== node.id);
  const roomy = isAhead && missing > 0 ? pushedOn(document, wire.target_node, snapped(missing)) : document;
  const added = isNew ? addNode(roomy, node, place) : movedTo(roomy, node.id, place);
  const { source_node, source_port, target_node, target_port } = wire;
  const before = { source_node, source_port, target_node: node.id, target_port: ports.input };
  const after = { source_node: node.id, source_port: ports.output, target_node, target_port };
  // In the place of the wire: the order of wires is the order in which messages leave.
  return { ...added, wires: added.wires.flatMap(one => (wireKey(one) === key ? [before, after] : [one])) };
}

/**
 * The node with its first fitting port wired to the end.
 * @param at where that port is to be drawn
 */
export function insertAtEnd(
  document: FlowDocument,
  catalog: Catalog,
  end: End,
  node: FlowNode,
  at: Point,
): FlowDocument {
  const side = otherSide(end.side);
  const ports = entryOf(catalog, node)?.manifest[side] ?? [];
  const type = portType(document, catalog, end);
  const port = type === null ? null : firstFit(ports, type);
  if (port === null) return document;
  const top = portTop(ports.findIndex(one => one.name === port));
  const place = snappedTo({ x: at.x - (side === 'outputs' ? CARD.width : 0), y: at.y - top });
  return connect(addNode(document, node, place), wireOf(end, { node: node.id, port, side }));
}

const movedTo = (document: FlowDocument, id: string, place: Point): FlowDocument => {
  const layout = layoutOf(document);
  return withLayout(document, { ...layout, nodes: { ...layout.nodes, [id]: place } });
};

/** A node, and what its records get to, so far to the right. */
function pushedOn(document: FlowDocument, id: string, by: number): FlowDocument {
  const layout = layoutOf(document);
  const behind = reached(document, id, 'outputs');
  const least = layout.nodes[id]?.x ?? 0;
  const nodes = Object.entries(layout.nodes).map(([key, place]): [string, Point] =>
    behind.has(key) && place.x >= least ? [key, { x: place.x + by, y: place.y }] : [key, place],
  );
  return withLayout(document, { ...layout, nodes: Object.fromEntries(nodes) });
}
