/** What the key `layout` of a flow document holds: where things are drawn. It never changes what runs. */
import type { FlowDocument } from '../contract.ts';
import { columns } from './columns.ts';
import type { Point } from './point.ts';

export type { Point };
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}
/** A frame around nodes, or a text, on the canvas. */
export interface Frame extends Box {
  readonly id: string;
  readonly text: string;
  readonly colour: FrameColour;
}
export interface Layout {
  readonly nodes: Readonly<Record<string, Point>>;
  readonly groups: readonly Frame[];
  readonly comments: readonly Frame[];
}
export const FRAME_COLOURS = ['grey', 'teal', 'blue', 'amber', 'red', 'violet'] as const;
export type FrameColour = (typeof FRAME_COLOURS)[number];
export const GRID = 10;
/** What a layout may hold; a document comes from anywhere. */
export const LAYOUT_LIMITS = {
  /** How far from the origin something is drawn. */
  reach: 1_000_000,
  frames: 500,
  frame_chars: 4_000,
  frame_id_chars: 64,
  frame_px_min: 40,
  frame_px_max: 20_000,
} as const;
/** Below the lowest node with a place, the others begin so far. */
const BENEATH = 200;

/** Whatever stands there becomes a layout: what is not understood is left out; nodes without a place get one in columns. */
export function layoutOf(document: FlowDocument): Layout {
  const found = asRecord(document.layout);
  const places = asRecord(found['nodes']);
  // Of entries, not by assignment: `__proto__` is a name that a node may have.
  const known: [string, Point][] = [];
  const without: string[] = [];
  for (const { id } of document.nodes) {
    const place = asRecord(Object.hasOwn(places, id) ? places[id] : null);
    if (isNumber(place['x']) && isNumber(place['y'])) known.push([id, { x: near(place['x']), y: near(place['y']) }]);
    else without.push(id);
  }
  const top = known.reduce((lowest, [, place]) => Math.max(lowest, place.y + BENEATH), 0);
  return {
    nodes: Object.fromEntries([...known, ...columns(document, without, top)]),
    groups: framesOf(found['groups']),
    comments: framesOf(found['comments']),
  };
}

export const withLayout = (document: FlowDocument, layout: Layout): FlowDocument => ({ ...document, layout });

function framesOf(value: unknown): Frame[] {
  if (!Array.isArray(value)) return [];
  const frames = new Map<string, Frame>();
  for (const one of value) {
    if (frames.size >= LAYOUT_LIMITS.frames) break;
    const { id, x, y, width, height, text, colour } = asRecord(one);
    if (typeof id !== 'string' || !isNumber(x) || !isNumber(y)) continue;
    if (id.length > LAYOUT_LIMITS.frame_id_chars || frames.has(id)) continue;
    frames.set(id, {
      id,
      x: near(x),
      y: near(y),
      width: size(width, 200),
      height: size(height, 100),
      text: typeof text === 'string' ? text.slice(0, LAYOUT_LIMITS.frame_chars) : '',
      colour: FRAME_COLOURS.find(known => known === colour) ?? 'grey',
    });
  }
  return [...frames.values()];
}

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
const near = (value: number): number => within(value, -LAYOUT_LIMITS.reach, LAYOUT_LIMITS.reach);
const size = (value: unknown, otherwise: number): number =>
  within(isNumber(value) ? value : otherwise, LAYOUT_LIMITS.frame_px_min, LAYOUT_LIMITS.frame_px_max);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
