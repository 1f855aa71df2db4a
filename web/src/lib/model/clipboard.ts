/** Parts of a flow as text: what is copied is a flow document itself, so it pastes into other windows, editors and mails. */
import type { Diagnostic, FlowDocument } from '../contract.ts';
import { freeId } from './edit.ts';
import { addFrames, around, frameKey, isFrameKey } from './frames.ts';
import { type Box, layoutOf, type Point, withLayout } from './layout.ts';

const FORMAT = 'fusewire.flow/1';

/** The chosen nodes and frames, with the wires among them; null: nothing is chosen. */
export function copied(document: FlowDocument, keys: ReadonlySet<string>): FlowDocument | null {
  const layout = layoutOf(document);
  const nodes = document.nodes.filter(node => keys.has(node.id));
  const groups = layout.groups.filter(frame => keys.has(frameKey('groups', frame.id)));
  const comments = layout.comments.filter(frame => keys.has(frameKey('comments', frame.id)));
  if (nodes.length + groups.length + comments.length === 0) return null;
  const wires = document.wires.filter(wire => keys.has(wire.source_node) && keys.has(wire.target_node));
  const places = Object.entries(layout.nodes).filter(([id]) => keys.has(id));
  return {
    format: FORMAT,
    name: document.name,
    nodes,
    wires,
    layout: { nodes: Object.fromEntries(places), groups, comments },
  };
}

export const clipText = (clip: FlowDocument): string => JSON.stringify(clip, null, 2);

/** What a text from anywhere holds; null: nothing that looks like a flow, and no business of ours. */
export async function readClip(
  text: string,
): Promise<{ document: FlowDocument } | { diagnostics: readonly Diagnostic[] } | null> {
  if (!/^\s*\{/.test(text) || !text.includes(FORMAT)) return null;
  const { parseFlow } = await import('../rules.ts');
  return parseFlow(text);
}

/**
 * The document with a copy of everything in the clip, under ids that are free.
 * @param at where its upper left corner goes; null: as far from the origin as it was
 */
export function pasted(
  document: FlowDocument,
  clip: FlowDocument,
  at: Point | null,
): { readonly document: FlowDocument; readonly keys: readonly string[] } {
  const layout = layoutOf(clip);
  const corners: Box[] = [...Object.values(layout.nodes), ...layout.groups, ...layout.comments].map(({ x, y }) => ({
    x,
    y,
    width: 0,
    height: 0,
  }));
  const box = around(corners) ?? { x: 0, y: 0 };
  const by = at ? { x: at.x - box.x, y: at.y - box.y } : { x: 0, y: 0 };
  const moved = <P extends Point>(one: P): P => ({ ...one, x: one.x + by.x, y: one.y + by.y });
  const ids = new Map<string, string>();
  let next = document;
  for (const node of clip.nodes) {
    // A name twice is a mistake of the clip: the second is a node of its own, wires go to the first.
    const id = freeId(next, node.id);
    if (!ids.has(node.id)) ids.set(node.id, id);
    next = { ...next, nodes: [...next.nodes, { ...node, id }] };
  }
  const wires = clip.wires.flatMap(wire => {
    const [source_node, target_node] = [ids.get(wire.source_node), ids.get(wire.target_node)];
    return source_node && target_node ? [{ ...wire, source_node, target_node }] : [];
  });
  const places = [...ids].map(([old, id]): [string, Point] => [id, moved(layout.nodes[old] ?? { x: 0, y: 0 })]);
  const before = layoutOf(document);
  const withNodes = withLayout(
    { ...next, wires: [...next.wires, ...wires] },
    { ...before, nodes: { ...before.nodes, ...Object.fromEntries(places) } },
  );
  const withGroups = addFrames(withNodes, 'groups', layout.groups.map(moved));
  const all = addFrames(withGroups.document, 'comments', layout.comments.map(moved));
  return { document: all.document, keys: [...ids.values(), ...withGroups.keys, ...all.keys] };
}

/** Everything but the frames. */
export const nodeKeys = (keys: Iterable<string>): string[] => [...keys].filter(key => !isFrameKey(key));
