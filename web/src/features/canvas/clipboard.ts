/** The system's clipboard. Pages without TLS may not ask for it; there, what was copied here is kept here. */
import { toast } from 'svelte-sonner';
import { t } from '$lib/i18n/index.svelte.ts';
import { clip, pasteText, remove } from './actions.ts';
import type { Board } from './board.svelte.ts';

/** By the menu: the keys of the browser come as events. */
export async function copy(board: Board): Promise<void> {
  const text = clip(board);
  if (text === null) return;
  board.copied = text;
  // Not allowed: it is kept here all the same.
  await navigator.clipboard?.writeText(text).catch(() => undefined);
  board.say(t('canvas:copied', { count: board.whole.size }));
}

export async function cut(board: Board): Promise<void> {
  await copy(board);
  remove(board);
}

export async function paste(board: Board): Promise<void> {
  const at = board.pointer;
  const text = (await navigator.clipboard?.readText?.().catch(() => null)) ?? board.copied;
  if (text === null) toast.info(t('canvas:pasteByKey'));
  else await pasteText(board, text, at);
}

/** Copy and cut by the keys of the browser. */
export function onCopy(board: Board, event: ClipboardEvent): void {
  const text = clip(board);
  if (text === null) return;
  event.preventDefault();
  event.clipboardData?.setData('text/plain', text);
  board.copied = text;
  if (event.type === 'cut' && board.editor.editable) remove(board);
  else board.say(t('canvas:copied', { count: board.whole.size }));
}

export function onPaste(board: Board, event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!board.editor.editable || text === '') return;
  event.preventDefault();
  void pasteText(board, text, board.pointer);
}
