/** How large a node is drawn. Known without a browser, so that what is laid out need not be drawn first. */
import type { Manifest } from '../contract.ts';
import type { Box, Point } from './layout.ts';

/** In pixels at a zoom of 1; all multiples of the grid, so that wires between neighbours run straight. */
export const CARD = { width: 200, head: 40, line: 20, row: 20, edge: 10 } as const;

export type Ports = Pick<Manifest, 'inputs' | 'outputs'> | null | undefined;

/** null: of a node that is not in the library. */
export function cardBox(place: Point, ports: Ports): Box {
  const rows = Math.max(ports?.inputs.length ?? 0, ports?.outputs.length ?? 0, 1);
  return {
    x: place.x,
    y: place.y,
    width: CARD.width,
    height: CARD.head + CARD.line + rows * CARD.row + CARD.edge,
  };
}

/** Middle of a port, from the top of its card. */
export const portTop = (index: number): number => CARD.head + CARD.line + CARD.row / 2 + index * CARD.row;
