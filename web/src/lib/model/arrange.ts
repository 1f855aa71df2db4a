/** Order among what is drawn: on one line, at even distances, by the way of the records. */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { FlowDocument } from '../contract.ts';
import { portTop } from './card.ts';
import { around, GROUP_ROOM, inside, isCommentKey, isFrameKey, isGroupKey } from './frames.ts';
import { type Box, GRID, type Point } from './layout.ts';

export const ALIGNMENTS = ['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];
export const AXES = ['horizontal', 'vertical'] as const;
export type Axis = (typeof AXES)[number];
type Boxes = ReadonlyMap<string, Box>;
type Places = Map<string, Point>;

export function align(boxes: Boxes, how: Alignment): Places {
  const all = around(boxes.values());
  if (!all) return new Map();
  return new Map(
    [...boxes].map(([key, { x, y, width, height }]): [string, Point] => {
      if (how === 'left') return [key, { x: all.x, y }];
      if (how === 'right') return [key, { x: all.x + all.width - width, y }];
      if (how === 'centre') return [key, { x: all.x + Math.round((all.width - width) / 2), y }];
      if (how === 'top') return [key, { x, y: all.y }];
      if (how === 'bottom') return [key, { x, y: all.y + all.height - height }];
      return [key, { x, y: all.y + Math.round((all.height - height) / 2) }];
    }),
  );
}

/** The outermost stay; between them all gaps are the same. */
export function distribute(boxes: Boxes, axis: Axis): Places {
  const [at, size] = axis === 'horizontal' ? (['x', 'width'] as const) : (['y', 'height'] as const);
  const sorted = [...boxes].sort(([, a], [, b]) => a[at] + a[size] / 2 - (b[at] + b[size] / 2));
  const [first, last] = [sorted.at(0)?.[1], sorted.at(-1)?.[1]];
  if (!first || !last || sorted.length < 3) return new Map();
  const room = last[at] + last[size] - first[at];
  const filled = sorted.reduce((sum, [, box]) => sum + box[size], 0);
  const gap = (room - filled) / (sorted.length - 1);
  let next = first[at];
  return new Map(
    sorted.map(([key, box]): [string, Point] => {
      const place = { x: box.x, y: box.y, [at]: Math.round(next) };
      next += box[size] + gap;
      return [key, place];
    }),
  );
}

/** Ports as an arrangement must know them: how many of which names. */
export type PortsOf = (node: string) => { readonly inputs: readonly string[]; readonly outputs: readonly string[] };

/** Of everything and of each group. */
const SPACING = {
  'elk.spacing.nodeNode': '40',
  'elk.spacing.componentComponent': '60',
  'elk.layered.spacing.nodeNodeBetweenLayers': '90',
};
const OPTIONS = {
  ...SPACING,
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.crossingMinimization.forceNodeModelOrder': 'false',
};

/** What is to be arranged, for ELK: groups hold what is inside them, ports stay where they are on their cards. */
export function elkGraph(document: FlowDocument, boxes: Boxes, portsOf: PortsOf): ElkNode {
  const parents = parentsOf(boxes);
  const children = (parent: string | null): ElkNode[] =>
    [...boxes]
      .filter(([key]) => !isCommentKey(key) && (parents.get(key) ?? null) === parent)
      .map(([key, box]) => (isFrameKey(key) ? group(key, children(key), box) : card(key, box, portsOf(key))));
  return {
    id: 'root',
    layoutOptions: OPTIONS,
    children: children(null),
    edges: document.wires
      .filter(wire => boxes.has(wire.source_node) && boxes.has(wire.target_node))
      .filter(wire => portsOf(wire.source_node).outputs.includes(wire.source_port))
      .filter(wire => portsOf(wire.target_node).inputs.includes(wire.target_port))
      .map((wire, index) => ({
        id: `wire ${index}`,
        sources: [`${wire.source_node}.outputs.${wire.source_port}`],
        targets: [`${wire.target_node}.inputs.${wire.target_port}`],
      })),
  };
}

const group = (id: string, children: ElkNode[], { width, height }: Box): ElkNode => ({
  id,
  children,
  // Without anything inside it keeps its size.
  ...(children.length === 0 && { width, height }),
  layoutOptions: {
    ...SPACING,
    'elk.padding': `[top=${GROUP_ROOM.top},left=${GROUP_ROOM.side},bottom=${GROUP_ROOM.side},right=${GROUP_ROOM.side}]`,
  },
});

const card = (id: string, { width, height }: Box, ports: ReturnType<PortsOf>): ElkNode => ({
  id,
  width,
  height,
  layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
  ports: (['inputs', 'outputs'] as const).flatMap(side =>
    ports[side].map((port, index) => ({
      id: `${id}.${side}.${port}`,
      x: side === 'inputs' ? 0 : width,
      y: portTop(index),
      width: 0,
      height: 0,
      layoutOptions: { 'elk.port.side': side === 'inputs' ? 'WEST' : 'EAST' },
    })),
  ),
});

/** The smallest group around each. */
function parentsOf(boxes: Boxes): Map<string, string> {
  const groups = [...boxes].filter(([key]) => isGroupKey(key));
  groups.sort(([, a], [, b]) => b.width * b.height - a.width * a.height);
  const parents = new Map<string, string>();
  const larger = new Set<string>();
  for (const [key] of groups) {
    // Of two that are the same, each is inside the other: only the first is a parent.
    larger.add(key);
    for (const child of inside(key, boxes)) if (!larger.has(child)) parents.set(child, key);
  }
  return parents;
}

/** Where ELK has put everything, on the grid; as a whole it stays where it was. Comments go with their group. */
export function arranged(result: ElkNode, boxes: Boxes): Map<string, Box> {
  const found = new Map<string, Box>();
  const collect = ({ children }: ElkNode, x: number, y: number): void => {
    for (const child of children ?? []) {
      const at = { x: x + (child.x ?? 0), y: y + (child.y ?? 0) };
      found.set(child.id, { ...at, width: child.width ?? 0, height: child.height ?? 0 });
      collect(child, at.x, at.y);
    }
  };
  collect(result, 0, 0);
  const before = around([...boxes].filter(([key]) => found.has(key)).map(([, box]) => box));
  const after = around(found.values());
  if (!before || !after) return found;
  const onGrid = (value: number): number => Math.round(value / GRID) * GRID;
  for (const [key, box] of found)
    found.set(key, { ...box, x: onGrid(box.x - after.x + before.x), y: onGrid(box.y - after.y + before.y) });
  for (const [key, parent] of parentsOf(boxes)) {
    const [own, from, to] = [boxes.get(key), boxes.get(parent), found.get(parent)];
    if (own && from && to && !found.has(key))
      found.set(key, { ...own, x: own.x + to.x - from.x, y: own.y + to.y - from.y });
  }
  return found;
}
