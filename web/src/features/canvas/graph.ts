/** The document as xyflow draws it. Plain TypeScript. */
import type { Edge, Node } from '@xyflow/svelte';
import type { Catalog, Diagnostic, FlowDocument, FlowNode, FlowWire } from '../../lib/contract.ts';
import { cardBox } from '../../lib/model/card.ts';
import { wireKey } from '../../lib/model/edit.ts';
import { type FrameKind, frameKey } from '../../lib/model/frames.ts';
import type { Box, Frame, Layout } from '../../lib/model/layout.ts';
import { type End, entryOf } from '../../lib/model/wiring.ts';

export type CardNode = Node<{ node: FlowNode }, 'card'>;
export type GroupNode = Node<{ frame: Frame }, 'frame'>;
export type CommentNode = Node<{ frame: Frame }, 'note'>;
export type CanvasNode = CardNode | GroupNode | CommentNode;
export type CanvasEdge = Edge<{ wire: FlowWire }, 'wire'>;
/** How something on the canvas is called by those who do not see it. */
export interface Labels {
  /** What a thing of this kind is. */
  readonly kinds: Readonly<Record<'node' | FrameKind | 'wire', string>>;
  node(node: FlowNode): string;
  frame(kind: FrameKind, frame: Frame): string;
  wire(wire: FlowWire): string;
}

/** A port, as xyflow names it. */
export const endOf = (handle: { nodeId: string; id?: string | null; type: string }): End => ({
  node: handle.nodeId,
  port: handle.id ?? '',
  side: handle.type === 'source' ? 'outputs' : 'inputs',
});

/**
 * Groups, nodes and comments for xyflow. What is as before stays the same object, with what xyflow has measured.
 * @param before what is drawn now
 */
export function canvasNodes(
  document: FlowDocument,
  layout: Layout,
  selected: ReadonlySet<string>,
  labels: Labels,
  before: readonly CanvasNode[],
): CanvasNode[] {
  const known = new Map(before.map(node => [node.id, node]));
  return [
    ...layout.groups.map(frame => frameNode('groups', frame, selected, labels, known)),
    ...firstOf(document.nodes, node => node.id).map(node => cardNode(node, layout, selected, labels, known)),
    ...layout.comments.map(frame => frameNode('comments', frame, selected, labels, known)),
  ];
}

/** A name that stands twice is a finding; it is drawn once. */
function firstOf<T>(items: readonly T[], name: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter(item => !seen.has(name(item)) && seen.add(name(item)));
}

type Known = ReadonlyMap<string, CanvasNode>;

function cardNode(
  node: FlowNode,
  layout: Layout,
  selected: ReadonlySet<string>,
  labels: Labels,
  known: Known,
): CanvasNode {
  const { x, y } = layout.nodes[node.id] ?? { x: 0, y: 0 };
  const old = known.get(node.id);
  const ariaLabel = labels.node(node);
  const isSelected = selected.has(node.id);
  if (old?.type === 'card' && old.data.node === node && isAt(old, x, y, isSelected) && old.ariaLabel === ariaLabel)
    return old;
  const data = old?.type === 'card' && old.data.node === node ? old.data : { node };
  return {
    ...(old?.type === 'card' && old),
    id: node.id,
    type: 'card',
    position: { x, y },
    data,
    selected: isSelected,
    // What is moved passes over the others.
    zIndex: isSelected ? 1 : 0,
    ariaLabel,
    dragging: false,
    domAttributes: { tabindex: -1, 'aria-roledescription': labels.kinds.node },
  };
}

function frameNode(
  kind: FrameKind,
  frame: Frame,
  selected: ReadonlySet<string>,
  labels: Labels,
  known: Known,
): CanvasNode {
  const id = frameKey(kind, frame.id);
  const type = kind === 'groups' ? 'frame' : 'note';
  const { x, y, width, height } = frame;
  const old = known.get(id);
  const isSelected = selected.has(id);
  const isSame = old?.type === type && old.data.frame === frame && isAt(old, x, y, isSelected);
  if (isSame && old.width === width && old.height === height) return old;
  return {
    ...(old?.type === type && old),
    id,
    type,
    position: { x, y },
    width,
    height,
    data: { frame },
    selected: isSelected,
    ariaLabel: labels.frame(kind, frame),
    dragging: false,
    // Under the wires, and open to the mouse but for its title: what lies in a group is reached through it.
    ...(kind === 'groups' && { zIndex: -1, dragHandle: '.frame-title', style: 'pointer-events: none' }),
    domAttributes: { tabindex: -1, 'aria-roledescription': labels.kinds[kind] },
  };
}

const isAt = (node: CanvasNode, x: number, y: number, isSelected: boolean): boolean =>
  node.position.x === x && node.position.y === y && node.selected === isSelected;

export function canvasEdges(
  document: FlowDocument,
  selected: ReadonlySet<string>,
  labels: Labels,
  before: readonly CanvasEdge[],
): CanvasEdge[] {
  const known = new Map(before.map(edge => [edge.id, edge]));
  return firstOf(document.wires, wireKey).map(wire => {
    const id = wireKey(wire);
    const old = known.get(id);
    const ariaLabel = labels.wire(wire);
    if (old?.data?.wire === wire && old.selected === selected.has(id) && old.ariaLabel === ariaLabel) return old;
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
      ariaLabel,
      domAttributes: { tabindex: -1, 'aria-roledescription': labels.kinds.wire },
    };
  });
}

/** Where everything stands, by its name on the canvas. */
export function boxesOf(document: FlowDocument, layout: Layout, catalog: Catalog): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>();
  for (const frame of layout.groups) boxes.set(frameKey('groups', frame.id), frame);
  for (const node of document.nodes)
    boxes.set(node.id, cardBox(layout.nodes[node.id] ?? { x: 0, y: 0 }, entryOf(catalog, node)?.manifest));
  for (const frame of layout.comments) boxes.set(frameKey('comments', frame.id), frame);
  return boxes;
}

/** Findings by the node or the wire that they are about: `node:id`, `wire:key`. */
export function findingsBy(
  document: FlowDocument,
  findings: readonly Diagnostic[],
): ReadonlyMap<string, readonly Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const finding of findings) {
    const at = /^\$\.(nodes|wires)\[(\d+)\]/.exec(finding.where);
    const node = at?.[1] === 'nodes' ? document.nodes[Number(at[2])] : undefined;
    const wire = at?.[1] === 'wires' ? document.wires[Number(at[2])] : undefined;
    const key = node ? `node:${node.id}` : wire ? `wire:${wireKey(wire)}` : null;
    if (key === null) continue;
    const others = found.get(key);
    if (others) others.push(finding);
    else found.set(key, [finding]);
  }
  return found;
}

/** One walks along the flow: a node, the wires that leave it, the next node; nodes from left to right, then downwards. */
export function walk(document: FlowDocument, boxes: ReadonlyMap<string, Box>): string[] {
  const wires = Map.groupBy(document.wires, wire => wire.source_node);
  const column = ({ x }: Box): number => Math.floor(x / 100);
  return [...boxes]
    .sort(([, a], [, b]) => column(a) - column(b) || a.y - b.y)
    .flatMap(([key]) => [key, ...(wires.get(key) ?? []).map(wireKey)]);
}
