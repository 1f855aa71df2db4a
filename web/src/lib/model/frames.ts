/** Groups and comments. On the canvas they stand among the nodes, under a name that no node can have. */
import type { FlowDocument } from '../contract.ts';
import { changeLayout } from './edit.ts';
import { type Box, type Frame, GRID, type Layout, layoutOf, type Point } from './layout.ts';

export type FrameKind = 'groups' | 'comments';
const KINDS = ['groups', 'comments'] as const;
/** Room in a group around its nodes; above them stands its title. */
export const GROUP_ROOM = { side: 20, top: 40 } as const;
const COMMENT = { width: 200, height: 80 } as const;

/** Name of a frame among what is drawn: a colon is in no id of a node. */
export const frameKey = (kind: FrameKind, id: string): string => `${kind}:${id}`;
export const isFrameKey = (key: string): boolean => key.includes(':');
export const isGroupKey = (key: string): boolean => key.startsWith('groups:');
export const isCommentKey = (key: string): boolean => key.startsWith('comments:');

export function frameOf(layout: Layout, key: string): { readonly kind: FrameKind; readonly frame: Frame } | null {
  for (const kind of KINDS) {
    const frame = layout[kind].find(one => frameKey(kind, one.id) === key);
    if (frame) return { kind, frame };
  }
  return null;
}

/** The smallest box around all of them; null: there are none. */
export function around(boxes: Iterable<Box>): Box | null {
  const all = [...boxes];
  if (all.length === 0) return null;
  const x = Math.min(...all.map(box => box.x));
  const y = Math.min(...all.map(box => box.y));
  const right = Math.max(...all.map(box => box.x + box.width));
  const bottom = Math.max(...all.map(box => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** A box that leaves room around what is in the group. */
export const groupBox = ({ x, y, width, height }: Box): Box => ({
  x: x - GROUP_ROOM.side,
  y: y - GROUP_ROOM.top,
  width: width + 2 * GROUP_ROOM.side,
  height: height + GROUP_ROOM.top + GROUP_ROOM.side,
});

/** What moves with a group: all whose middle is inside, frames only if they are inside as a whole. */
export function inside(key: string, boxes: ReadonlyMap<string, Box>): string[] {
  const frame = boxes.get(key);
  if (!frame) return [];
  const holds = (x: number, y: number): boolean =>
    x >= frame.x && y >= frame.y && x <= frame.x + frame.width && y <= frame.y + frame.height;
  return [...boxes].flatMap(([other, box]) => {
    if (other === key) return [];
    const isIn = isFrameKey(other)
      ? holds(box.x, box.y) && holds(box.x + box.width, box.y + box.height)
      : holds(box.x + box.width / 2, box.y + box.height / 2);
    return isIn ? [other] : [];
  });
}

/** These and everything that is in a group of them. */
export function withInsides(keys: Iterable<string>, boxes: ReadonlyMap<string, Box>): ReadonlySet<string> {
  const all = new Set(keys);
  for (const key of all) if (isGroupKey(key)) for (const other of inside(key, boxes)) all.add(other);
  return all;
}

export interface Added {
  readonly document: FlowDocument;
  /** Names on the canvas of what has been added. */
  readonly keys: readonly string[];
}
/** null: there is nothing to be around. */
export function addGroup(document: FlowDocument, boxes: Iterable<Box>, text: string): Added | null {
  const box = around(boxes);
  return box && addFrames(document, 'groups', [{ ...groupBox(box), text, colour: 'teal' }]);
}
export const addComment = (document: FlowDocument, at: Point): Added =>
  addFrames(document, 'comments', [{ x: at.x, y: at.y, ...COMMENT, text: '', colour: 'amber' }]);

/** Under ids that are free, whatever theirs were. */
export function addFrames(document: FlowDocument, kind: FrameKind, frames: readonly Omit<Frame, 'id'>[]): Added {
  const all = [...layoutOf(document)[kind]];
  const keys: string[] = [];
  for (const frame of frames) {
    const id = freeFrameId(all);
    all.push({ ...frame, id });
    keys.push(frameKey(kind, id));
  }
  return {
    document: keys.length === 0 ? document : changeLayout(document, layout => ({ ...layout, [kind]: all })),
    keys,
  };
}

/** `1`, `2` …: the first that is not taken. */
function freeFrameId(frames: readonly Pick<Frame, 'id'>[]): string {
  const taken = new Set(frames.map(frame => frame.id));
  for (let n = 1; ; n += 1) if (!taken.has(String(n))) return String(n);
}

export function changeFrame(document: FlowDocument, key: string, change: Partial<Omit<Frame, 'id'>>): FlowDocument {
  return changeLayout(document, layout =>
    eachFrame(layout, (frame, own) => (own === key ? { ...frame, ...change } : frame)),
  );
}

export function removeFrames(document: FlowDocument, keys: ReadonlySet<string>): FlowDocument {
  return [...keys].some(isFrameKey)
    ? changeLayout(document, layout => eachFrame(layout, (frame, key) => (keys.has(key) ? null : frame)))
    : document;
}

/** Nodes and frames to their new places, by their names on the canvas. */
export function place(document: FlowDocument, places: ReadonlyMap<string, Point>): FlowDocument {
  const layout = layoutOf(document);
  const isMoved = (key: string, { x, y }: Point): boolean => {
    const to = places.get(key);
    return to !== undefined && (to.x !== x || to.y !== y);
  };
  const hasMoved =
    Object.entries(layout.nodes).some(([id, at]) => isMoved(id, at)) ||
    KINDS.some(kind => layout[kind].some(frame => isMoved(frameKey(kind, frame.id), frame)));
  if (!hasMoved) return document;
  return changeLayout(document, current => ({
    ...eachFrame(current, (frame, key) => ({ ...frame, ...pick(places.get(key)) })),
    nodes: Object.fromEntries(
      Object.entries(current.nodes).map(([id, at]) => [id, { ...at, ...pick(places.get(id)) }]),
    ),
  }));
}
/** Nodes and frames so much further; those that may not be on the grid stay off it. */
export function shift(document: FlowDocument, keys: Iterable<string>, by: Point): FlowDocument {
  const layout = layoutOf(document);
  const places = new Map<string, Point>();
  for (const key of keys) {
    const at = isFrameKey(key) ? frameOf(layout, key)?.frame : layout.nodes[key];
    if (at) places.set(key, { x: at.x + by.x, y: at.y + by.y });
  }
  return place(document, places);
}
export const step = (direction: Point, steps: number): Point => ({
  x: direction.x * GRID * steps,
  y: direction.y * GRID * steps,
});

const pick = (at: Point | undefined): Partial<Point> => (at ? { x: at.x, y: at.y } : {});

function eachFrame(layout: Layout, change: (frame: Frame, key: string) => Frame | null): Layout {
  const changed = (kind: FrameKind): Frame[] =>
    layout[kind].flatMap(frame => change(frame, frameKey(kind, frame.id)) ?? []);
  return { ...layout, groups: changed('groups'), comments: changed('comments') };
}
