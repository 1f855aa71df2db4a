/** What the key `layout` of a flow document holds: where things are drawn. It never changes what runs. */
import type { FlowDocument } from '../rules.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** A frame around nodes, or a text, on the canvas. */
export interface Frame extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly text: string;
  /** One of FRAME_COLOURS. */
  readonly colour: string;
}
export interface Layout {
  readonly nodes: Readonly<Record<string, Point>>;
  readonly groups: readonly Frame[];
  readonly comments: readonly Frame[];
}
export const FRAME_COLOURS = ['grey', 'teal', 'blue', 'amber', 'red', 'violet'] as const;
export const GRID = 10;
const COLUMN = 240;
const ROW = 110;

/** Whatever stands there becomes a layout: what is not understood is left out; nodes without a place get one in columns. */
export function layoutOf(document: FlowDocument): Layout {
  const found = asRecord(document.layout);
  const places = asRecord(found['nodes']);
  const nodes: Record<string, Point> = {};
  const without: string[] = [];
  for (const { id } of document.nodes) {
    const place = asRecord(places[id]);
    if (isNumber(place['x']) && isNumber(place['y'])) nodes[id] = { x: place['x'], y: place['y'] };
    else without.push(id);
  }
  Object.assign(nodes, columns(document, without, nodes));
  return { nodes, groups: framesOf(found['groups']), comments: framesOf(found['comments']) };
}

export const withLayout = (document: FlowDocument, layout: Layout): FlowDocument => ({ ...document, layout });

/** By their distance from the sources, beneath what is there already. */
function columns(document: FlowDocument, ids: readonly string[], taken: Record<string, Point>): Record<string, Point> {
  if (ids.length === 0) return {};
  const depth = new Map<string, number>(document.nodes.map(node => [node.id, 0]));
  // A graph that is drawn may have a cycle still: no more rounds than nodes.
  for (let round = 0, moved = true; moved && round < document.nodes.length; round += 1) {
    moved = false;
    for (const { source_node, target_node } of document.wires) {
      const least = (depth.get(source_node) ?? 0) + 1;
      if ((depth.get(target_node) ?? Infinity) < least && least <= document.nodes.length) {
        depth.set(target_node, least);
        moved = true;
      }
    }
  }
  const top = Math.max(0, ...Object.values(taken).map(place => place.y + 2 * ROW));
  const rows = new Map<number, number>();
  const places: Record<string, Point> = {};
  for (const id of ids) {
    const column = depth.get(id) ?? 0;
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    places[id] = { x: column * COLUMN, y: top + row * ROW };
  }
  return places;
}

function framesOf(value: unknown): Frame[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap(one => {
    const { id, x, y, width, height, text, colour } = asRecord(one);
    if (typeof id !== 'string' || !isNumber(x) || !isNumber(y)) return [];
    return [
      {
        id,
        x,
        y,
        width: isNumber(width) ? width : 200,
        height: isNumber(height) ? height : 100,
        text: typeof text === 'string' ? text : '',
        colour: typeof colour === 'string' ? colour : 'grey',
      },
    ];
  });
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
