import type { FlowDocument } from '../contract.ts';
import { type Box, GRID, layoutOf, type Point } from './layout.ts';

/** What a node takes up on the canvas, with air around it. */
const WIDTH = 220;
const HEIGHT = 110;
const RINGS = 40;
/** Room for a wire between a node and the next. */
const GAP = 90;

/** A place near `middle` where no node stands: the middle itself, else the nearest in rings around it. */
export const freePlace = (document: FlowDocument, middle: Point): Point =>
  freeFrom(document, { x: middle.x - WIDTH / 2, y: middle.y - HEIGHT / 2 });

/** A place behind this one, as one goes on drawing. */
export const freePlaceBehind = (document: FlowDocument, { x, y, width }: Box): Point =>
  freeFrom(document, { x: x + width + GAP, y });

function freeFrom(document: FlowDocument, corner: Point): Point {
  const taken = Object.values(layoutOf(document).nodes);
  const isFree = (at: Point): boolean =>
    taken.every(one => Math.abs(one.x - at.x) >= WIDTH || Math.abs(one.y - at.y) >= HEIGHT);
  const start = { x: snapped(corner.x), y: snapped(corner.y) };
  for (let ring = 0; ring < RINGS; ring += 1) {
    for (const at of ringOf(start, ring)) if (isFree(at)) return at;
  }
  return start;
}

/** Below first, then right, above, left: as one reads. */
function ringOf({ x, y }: Point, ring: number): Point[] {
  if (ring === 0) return [{ x, y }];
  const [dx, dy] = [(ring * WIDTH) / 2, ring * HEIGHT];
  return [
    { x, y: y + dy },
    { x: x + dx, y },
    { x, y: y - dy },
    { x: x - dx, y },
    { x: x + dx, y: y + dy },
    { x: x - dx, y: y + dy },
  ].map(at => ({ x: snapped(at.x), y: snapped(at.y) }));
}

const snapped = (value: number): number => Math.round(value / GRID) * GRID;
