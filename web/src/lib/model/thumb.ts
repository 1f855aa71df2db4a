/** A flow as a picture of a few centimetres. */
import type { FlowDocument } from '../contract.ts';
import { wireKey } from './edit.ts';
import { layoutOf } from './layout.ts';

export interface Thumb {
  readonly viewBox: string;
  readonly nodes: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  readonly wires: readonly { readonly key: string; readonly path: string }[];
}
export const THUMB_NODE = { width: 184, height: 92 } as const;
const MARGIN = 12;

export function thumbOf(document: FlowDocument): Thumb {
  const places = layoutOf(document).nodes;
  const nodes = document.nodes.map(({ id }) => ({ id, ...places[id]! }));
  const { width, height } = THUMB_NODE;
  const left = Math.min(0, ...nodes.map(one => one.x)) - MARGIN;
  const top = Math.min(...(nodes.length > 0 ? nodes.map(one => one.y) : [0])) - MARGIN;
  const right = Math.max(...nodes.map(one => one.x + width), left + width) + MARGIN;
  const bottom = Math.max(...nodes.map(one => one.y + height), top + height) + MARGIN;
  const wires = document.wires.flatMap(wire => {
    const [from, to] = [places[wire.source_node], places[wire.target_node]];
    if (!from || !to) return [];
    const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
    const bend = Math.max(30, Math.abs(x2 - x1) / 2);
    return [{ key: wireKey(wire), path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` }];
  });
  return { viewBox: `${left} ${top} ${right - left} ${bottom - top}`, nodes, wires };
}
