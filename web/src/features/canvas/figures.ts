/** Where the figures on the wires stand, so that none covers another. Plain TypeScript. */
import type { Catalog, FlowDocument, FlowNode, FlowWire } from '../../lib/contract.ts';
import { portTop } from '../../lib/model/card.ts';
import { wireKey } from '../../lib/model/edit.ts';
import type { Box, Point } from '../../lib/model/layout.ts';
import { entryOf } from '../../lib/model/wiring.ts';

/** Room that a figure takes, at a zoom of 1. */
const FIGURE = { width: 56, height: 16 };
/** Tried one after the other. */
const SPOTS = [0.5, 0.28, 0.72, 0.4, 0.6];

/**
 * Where along each wire its figure stands, 0 … 1: in the middle; where several meet, nearer to the end that they have for
 * themselves; elsewhere, where that place is taken.
 */
export function figureSpots(
  document: FlowDocument,
  boxes: ReadonlyMap<string, Box>,
  catalog: Catalog,
): ReadonlyMap<string, number> {
  const from = Map.groupBy(document.wires, wire => `${wire.source_node}.${wire.source_port}`);
  const to = Map.groupBy(document.wires, wire => `${wire.target_node}.${wire.target_port}`);
  const nodes = new Map(document.nodes.map(node => [node.id, node]));
  const taken = new Taken();
  return new Map(
    document.wires.map(wire => {
      const isShared = (from.get(`${wire.source_node}.${wire.source_port}`)?.length ?? 0) > 1;
      const isMet = (to.get(`${wire.target_node}.${wire.target_port}`)?.length ?? 0) > 1;
      const best = isShared === isMet ? 0.5 : isMet ? 0.28 : 0.72;
      const ends = endsOf(wire, nodes, boxes, catalog);
      const isFree = (spot: number): boolean => !ends || !taken.has(alongWire(...ends, spot));
      const spot = [best, ...SPOTS].find(isFree) ?? best;
      if (ends) taken.add(alongWire(...ends, spot));
      return [wireKey(wire), spot];
    }),
  );
}

function endsOf(
  wire: FlowWire,
  nodes: ReadonlyMap<string, FlowNode>,
  boxes: ReadonlyMap<string, Box>,
  catalog: Catalog,
): [Point, Point] | null {
  const portAt = (id: string, side: 'inputs' | 'outputs', name: string): Point | null => {
    const [box, node] = [boxes.get(id), nodes.get(id)];
    const index = node ? (entryOf(catalog, node)?.manifest[side].findIndex(port => port.name === name) ?? -1) : -1;
    return box && index >= 0 ? { x: box.x + (side === 'outputs' ? box.width : 0), y: box.y + portTop(index) } : null;
  };
  const source = portAt(wire.source_node, 'outputs', wire.source_port);
  const target = portAt(wire.target_node, 'inputs', wire.target_port);
  return source && target && [source, target];
}

/** Places of figures, found again by the cell of the size of one that they lie in. */
class Taken {
  readonly #cells = new Map<string, Point[]>();

  add(point: Point): void {
    const key = cellOf(point, 0, 0);
    const others = this.#cells.get(key);
    if (others) others.push(point);
    else this.#cells.set(key, [point]);
  }

  has(point: Point): boolean {
    for (const dx of [-1, 0, 1])
      for (const dy of [-1, 0, 1])
        for (const { x, y } of this.#cells.get(cellOf(point, dx, dy)) ?? [])
          if (Math.abs(x - point.x) < FIGURE.width && Math.abs(y - point.y) < FIGURE.height) return true;
    return false;
  }
}
const cellOf = ({ x, y }: Point, dx: number, dy: number): string =>
  `${Math.floor(x / FIGURE.width) + dx} ${Math.floor(y / FIGURE.height) + dy}`;

/** A point of the curve that xyflow draws from left to right. */
export function alongWire(from: Point, to: Point, at: number): Point {
  const far = to.x - from.x;
  const bend = far >= 0 ? far / 2 : 0.25 * 25 * Math.sqrt(-far);
  const [a, b, c, d] = [(1 - at) ** 3, 3 * (1 - at) ** 2 * at, 3 * (1 - at) * at ** 2, at ** 3];
  return {
    x: a * from.x + b * (from.x + bend) + c * (to.x - bend) + d * to.x,
    y: (a + b) * from.y + (c + d) * to.y,
  };
}
