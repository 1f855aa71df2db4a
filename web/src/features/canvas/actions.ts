/** What one does with what is chosen on the canvas. */
import { tick } from 'svelte';
import { toast } from 'svelte-sonner';
import type { FlowDocument, FlowNode, FlowWire } from '$lib/contract.ts';
import { t } from '$lib/i18n/index.svelte.ts';
import { type Alignment, type Axis, align, arranged, distribute, elkGraph } from '$lib/model/arrange.ts';
import { clipText, copied, pasted, readClip } from '$lib/model/clipboard.ts';
import * as edit from '$lib/model/edit.ts';
import { addComment, addGroup, changeFrame, isFrameKey, place, removeFrames, shift } from '$lib/model/frames.ts';
import { insertAtEnd, insertIntoWire, snappedTo } from '$lib/model/insert.ts';
import { type Box, GRID, type Point } from '$lib/model/layout.ts';
import { freePlace, freePlaceBehind } from '$lib/model/place.ts';
import { entryOf, refusal } from '$lib/model/wiring.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import type { Board, Choice } from './board.svelte.ts';

/** How far a copy lies from what it is a copy of. */
const BESIDE = 2 * GRID;

/** The chosen as text; null: nothing is chosen. */
export function clip(board: Board): string | null {
  const document = copied(board.editor.shown, board.whole);
  return document && clipText(document);
}

export function remove(board: Board): void {
  const { editor } = board;
  const [nodes, wires, frames] = [new Set(editor.nodes), new Set(editor.wires), new Set(board.frames)];
  if (nodes.size + wires.size + frames.size === 0) return;
  board.change(t('canvas:stepRemove'), document => removeFrames(edit.remove(document, nodes, wires), frames));
  board.frames.clear();
  board.say(t('canvas:removed', { count: nodes.size + wires.size + frames.size }));
  board.focus();
}

export function duplicate(board: Board): void {
  const copy = copied(board.editor.document, board.whole);
  if (!copy) return;
  const by = { x: BESIDE, y: BESIDE };
  board.add(t('canvas:stepDuplicate'), document => {
    const added = pasted(document, copy, null);
    return { ...added, document: shift(added.document, added.keys, by) };
  });
}

/** @param at on the screen; null: beside where it was */
export async function pasteText(board: Board, text: string, at: Point | null): Promise<void> {
  const read = await readClip(text);
  if (!read) {
    if (text.trim() !== '') toast.info(t('canvas:noClip'));
    return;
  }
  if ('diagnostics' in read) {
    const [first] = read.diagnostics;
    toast.error(t('canvas:badClip'), { description: first && `${first.where}: ${first.message}` });
    return;
  }
  const corner = at && snappedTo(board.toCanvas(at));
  const was = board.editor.document.nodes.length;
  board.add(t('canvas:stepPaste'), document => {
    const added = pasted(document, read.document, corner);
    return corner ? added : { ...added, document: shift(added.document, added.keys, { x: BESIDE, y: BESIDE }) };
  });
  board.say(t('canvas:pasted', { count: board.editor.document.nodes.length - was }));
  if (was === 0) requestAnimationFrame(() => board.fit());
}

export function group(board: Board): void {
  const chosen = boxes(board);
  board.add(t('canvas:stepGroup'), document => addGroup(document, chosen.values(), t('canvas:groupName')));
  board.writing = [...board.frames][0] ?? null;
}

export function comment(board: Board): void {
  const at = snappedTo(board.toCanvas(board.here));
  board.add(t('canvas:stepComment'), document => addComment(document, at));
  board.writing = [...board.frames][0] ?? null;
}

export const write = (board: Board, key: string, text: string): void =>
  board.change(t('canvas:stepText'), document => changeFrame(document, key, { text }));

export const alignChosen = (board: Board, how: Alignment): void =>
  board.change(t('canvas:stepAlign'), document => place(document, align(boxes(board), how)));

export const distributeChosen = (board: Board, axis: Axis): void =>
  board.change(t('canvas:stepAlign'), document => place(document, distribute(boxes(board), axis)));

/** Chosen nodes and frames so many steps of the grid further; groups with what is in them. */
export function nudge(board: Board, by: Point): void {
  const keys = board.whole;
  board.change(t('canvas:stepMove'), document => shift(document, keys, by), `nudge ${[...keys].join()}`);
}

/** In columns by the way of the records: what is chosen, if that is more than one node, else everything. */
export async function arrange(board: Board): Promise<void> {
  const some = [...board.whole].filter(key => !isFrameKey(key)).length > 1 ? boxes(board, board.whole) : board.boxes;
  const drawn = board.editor.document;
  board.isArranging = true;
  try {
    const { layOut } = await import('./elk.ts');
    const nodes = new Map(drawn.nodes.map(node => [node.id, entryOf(catalog, node)?.manifest]));
    const graph = elkGraph(drawn, some, id => ({
      inputs: nodes.get(id)?.inputs.map(port => port.name) ?? [],
      outputs: nodes.get(id)?.outputs.map(port => port.name) ?? [],
    }));
    const found = arranged(await layOut(graph), some);
    board.change(t('canvas:stepArrange'), document => {
      const placed = place(document, found);
      return [...found]
        .filter(([key]) => key.startsWith('groups:'))
        .reduce((next, [key, { width, height }]) => changeFrame(next, key, { width, height }), placed);
    });
    requestAnimationFrame(() => board.fit());
  } catch (error) {
    toast.error(t('canvas:notArranged'), { description: (error as Error).message });
  } finally {
    board.isArranging = false;
  }
}

/** A new node of this kind, where the choice says. */
export function insert(board: Board, node_type: string, choice: NodeChoice): void {
  const id = edit.freeId(board.editor.document, node_type);
  const node: FlowNode = { id, node_type };
  board.add(t('canvas:stepAdd'), document => ({ document: inserted(board, document, node, choice), keys: [id] }));
  board.say(t('canvas:added', { id }));
  if (choice.isLoose) void tick().then(() => board.reveal(id));
}
type NodeChoice = Extract<Choice, { of: 'node' }>;

function inserted(
  board: Board,
  document: FlowDocument,
  node: FlowNode,
  { at, wire, end, isLoose }: NodeChoice,
): FlowDocument {
  const on = board.toCanvas(at);
  if (wire !== undefined) {
    const next = insertIntoWire(document, catalog, wire, node);
    if (next !== document) return next;
  }
  if (end) {
    const next = insertAtEnd(document, catalog, end, node, on);
    if (next !== document) return next;
  }
  const [chosen] = board.editor.nodes;
  const box = board.editor.nodes.size === 1 && chosen !== undefined ? board.boxes.get(chosen) : undefined;
  const place = isLoose
    ? box
      ? freePlaceBehind(document, box)
      : freePlace(document, on)
    : snappedTo({ x: on.x - 20, y: on.y - 20 });
  return edit.addNode(document, node, place);
}

/** A node that is there already goes into a wire. @returns whether it fits */
export function splice(board: Board, id: string, wire: string): boolean {
  const node = board.editor.document.nodes.find(one => one.id === id);
  if (!node) return false;
  const next = insertIntoWire(board.editor.document, catalog, wire, node);
  if (next === board.editor.document) return false;
  board.change(t('canvas:stepWire'), () => next);
  return true;
}

/** @returns whether it could be wired; if not, it is said why */
export function connect(board: Board, wire: FlowWire): boolean {
  const why = refusal(board.editor.document, catalog, wire);
  if (why !== null) {
    toast.info(t(`canvas:refused_${why}`));
    return false;
  }
  board.change(t('canvas:stepWire'), document => edit.connect(document, wire));
  board.say(t('canvas:wired', { from: wire.source_node, to: wire.target_node }));
  return true;
}

/** Of these names, without what is unknown. */
function boxes(board: Board, keys: ReadonlySet<string> = board.chosen): Map<string, Box> {
  return new Map([...board.boxes].filter(([key]) => keys.has(key)));
}
