/** What is dropped on the canvas: nodes from the palette, documents, fused flows; and nodes dragged over wires. */
import { toast } from 'svelte-sonner';
import { t } from '$lib/i18n/index.svelte.ts';
import { flowInside } from '$lib/model/artifact.ts';
import { wireKey } from '$lib/model/edit.ts';
import { through } from '$lib/model/insert.ts';
import type { Point } from '$lib/model/layout.ts';
import { entryOf } from '$lib/model/wiring.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { insert, pasteText } from './actions.ts';
import type { Board } from './board.svelte.ts';

/** What the palette gives along: the type of a node. */
export const NODE_MIME = 'application/x-fusewire-node';

/** The wire that is drawn at this place of the screen. */
export function wireAt({ x, y }: Point): string | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const key = element.closest<SVGElement>('.svelte-flow__edge')?.dataset['id'];
    if (key !== undefined) return key;
  }
  return null;
}

/** The node that is drawn there. */
export const nodeAt = ({ x, y }: Point): string | null =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('.svelte-flow__node-card')?.dataset['id'] ?? null;

/** The wire that would take in a node that is dragged over it: one without wires, that fits. */
export function spliceTarget(board: Board, id: string, at: Point): string | null {
  const { document } = board.editor;
  if (document.wires.some(wire => wire.source_node === id || wire.target_node === id)) return null;
  const key = wireAt(at);
  const wire = key === null ? undefined : document.wires.find(one => wireKey(one) === key);
  const node = document.nodes.find(one => one.id === id);
  const manifest = node && entryOf(catalog, node)?.manifest;
  return wire && manifest && through(document, catalog, wire, manifest) ? key : null;
}

export function over(board: Board, event: DragEvent): void {
  const types = event.dataTransfer?.types ?? [];
  if (!board.editor.editable || !(types.includes(NODE_MIME) || types.includes('Files'))) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  board.target = types.includes(NODE_MIME) ? wireAt({ x: event.clientX, y: event.clientY }) : null;
}

export function dropped(board: Board, event: DragEvent): void {
  const wire = board.target;
  board.target = null;
  if (!board.editor.editable) return;
  const at = { x: event.clientX, y: event.clientY };
  const node_type = event.dataTransfer?.getData(NODE_MIME);
  const [file] = event.dataTransfer?.files ?? [];
  if (node_type) {
    event.preventDefault();
    insert(board, node_type, { of: 'node', at, ...(wire !== null && { wire }) });
    board.focus();
  } else if (file) {
    event.preventDefault();
    void takeFile(board, file, at);
  }
}

async function takeFile(board: Board, file: File, at: Point): Promise<void> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const isModule = file.name.endsWith('.wasm') || bytes[0] === 0;
    const text = isModule ? flowInside(bytes) : new TextDecoder().decode(bytes);
    if (text === null) toast.info(t('canvas:noFlowInside', { name: file.name }));
    else await pasteText(board, text, board.editor.document.nodes.length === 0 ? null : at);
  } catch (error) {
    toast.error(t('canvas:notRead', { name: file.name }), { description: (error as Error).message });
  }
}
