/** The canvas by its keys, and by clicks. */
import { t } from '$lib/i18n/index.svelte.ts';
import { step } from '$lib/model/frames.ts';
import type { Point } from '$lib/model/layout.ts';
import { nudge } from './actions.ts';
import type { Board } from './board.svelte.ts';
import { COMMANDS } from './commands.ts';
import { keyed } from './keys.ts';

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
const FAR = 5;

/** Text is written there, or something else has keys of its own. */
const isTaken = (target: Element): boolean =>
  target.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]') !== null;
/** On the canvas, its tools included; and where nothing has the focus. */
const isFree = (target: Element): boolean => target === document.body || target.closest('[data-canvas]') !== null;
/** Whether the keys of the clipboard mean what is chosen here. */
export function isHere(): boolean {
  const target = document.activeElement ?? document.body;
  return isFree(target) && !isTaken(target) && !isTextChosen();
}
/** What was chosen in a text field counts no more when the field is left; getSelection() alone still has it. */
function isTextChosen(): boolean {
  const selection = getSelection();
  return selection !== null && selection.rangeCount > 0 && `${selection.getRangeAt(0)}` !== '';
}

/** Keys of commands, wherever the focus is. */
export function onCommand(board: Board, event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || event.isComposing || isTaken(target) || board.isHelpOpen) return;
  const command = keyed(COMMANDS.values(), event);
  if (!command || command.isElsewhere || !(command.isEverywhere || isFree(target))) return;
  // Ctrl+A or Ctrl+D of the browser would do something else: they are taken even when there is nothing to do.
  if (command.may(board)) command.run(board);
  else if (!(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
}

/** Keys of what has the focus on the canvas. */
export function onCanvasKey(board: Board, event: KeyboardEvent): void {
  const target = event.target as Element;
  if (isTaken(target)) return;
  const key = target.closest<HTMLElement>('.svelte-flow__node, .svelte-flow__edge')?.dataset['id'] ?? null;
  const arrow = ARROWS[event.key];
  // With these, keys mean something else: Ctrl+Enter deploys, wherever the focus is.
  const isOther = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === 'Tab') tab(board, event, key);
  else if (event.key === 'Escape') letGo(board, event, key);
  else if (isOther) return;
  else if (event.key === 'Enter') enter(board, event, key);
  else if (arrow) move(board, event, key, arrow);
}

/** From node to wire to node along the flow; at its end, and after Escape, out of the canvas. */
function tab(board: Board, event: KeyboardEvent, key: string | null): void {
  if (key === null && (event.target !== board.element || event.shiftKey || board.isLeaving)) return;
  const at = key === null ? -1 : board.path.indexOf(key);
  const next = board.path[at + (event.shiftKey ? -1 : 1)];
  if (next === undefined && !event.shiftKey) return;
  event.preventDefault();
  if (next === undefined) board.focus();
  else void board.focusOn(next);
}

function letGo(board: Board, event: KeyboardEvent, key: string | null): void {
  const hasChosen = board.chosen.size + board.editor.wires.size > 0;
  if (hasChosen) board.choose([]);
  else if (key !== null) board.focus();
  board.isLeaving = !hasChosen;
  event.preventDefault();
}

/** Once to choose, once more to the settings. */
function enter(board: Board, event: KeyboardEvent, key: string | null): void {
  const { node } = board.editor;
  const isChosen = node !== null && board.frames.size === 0 && (key === null || key === node.id);
  if (isChosen && !event.shiftKey) {
    event.preventDefault();
    board.editor.toSettings();
  } else if (key !== null) choose(board, event, key);
}

function choose(board: Board, event: KeyboardEvent, key: string): void {
  event.preventDefault();
  const isWire = !board.boxes.has(key);
  if (isWire) board.choose([], [key]);
  else if (event.shiftKey)
    board.choose(board.chosen.has(key) ? [...board.chosen].filter(one => one !== key) : [...board.chosen, key]);
  else if (board.frames.has(key)) board.writing = board.editor.editable ? key : null;
  else board.choose([key]);
}

function move(board: Board, event: KeyboardEvent, key: string | null, arrow: Point): void {
  if (!board.editor.editable) return;
  if (board.chosen.size === 0 && key !== null && board.boxes.has(key)) board.choose([key]);
  if (board.chosen.size === 0) return;
  event.preventDefault();
  nudge(board, step(arrow, event.shiftKey ? FAR : 1));
  const [first] = board.chosen;
  const box = first === undefined ? undefined : board.boxes.get(first);
  if (box) board.say(t('canvas:moved', { x: box.x, y: box.y }));
}

/** Of several that are chosen, the one that is clicked on stays so. xyflow would keep them all. */
export function onClick(board: Board, event: MouseEvent | TouchEvent, key: string): void {
  if (event.shiftKey || event.ctrlKey || event.metaKey) return;
  if (board.chosen.size + board.editor.wires.size > 1) board.choose([key]);
}

/** In the void one inserts; text is written where it stands. */
export function onDouble(board: Board, event: MouseEvent): void {
  if (!board.editor.editable) return;
  const target = event.target as Element;
  const frame = target.closest<HTMLElement>('.svelte-flow__node-frame, .svelte-flow__node-note')?.dataset['id'];
  if (frame !== undefined) board.writing = frame;
  else if (target.classList.contains('svelte-flow__pane'))
    board.choice = { of: 'node', at: { x: event.clientX, y: event.clientY } };
}
