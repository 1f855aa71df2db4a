/** The canvas of an open flow: what is chosen and shown beside the document, and where everything stands. */
import type { useSvelteFlow } from '@xyflow/svelte';
import { getContext, setContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Diagnostic, FlowDocument, PortType } from '$lib/contract.ts';
import { wireKey } from '$lib/model/edit.ts';
import { isFrameKey, withInsides } from '$lib/model/frames.ts';
import type { Box, Point } from '$lib/model/layout.ts';
import { type End, endKey, kindsOf, openEnds } from '$lib/model/wiring.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import type { Editor } from '../editor/editor.svelte.ts';
import { figureSpots } from './figures.ts';
import type { CanvasEdge, CanvasNode } from './graph.ts';
import { boxesOf, findingsBy, walk } from './graph.ts';

type Viewer = Pick<
  ReturnType<typeof useSvelteFlow<CanvasNode, CanvasEdge>>,
  'screenToFlowPosition' | 'flowToScreenPosition' | 'fitView' | 'setZoom' | 'setCenter' | 'getZoom'
>;
/** What one chooses from beside the cursor. */
export type Choice =
  /** A node for this place, or for this wire, or to go on from this end. Loose: nobody points at the place. */
  | { readonly of: 'node'; readonly at: Point; readonly wire?: string; readonly end?: End; readonly isLoose?: boolean }
  /** An end for a wire of this node. */
  | { readonly of: 'wire'; readonly at: Point; readonly node: string };

/** Below these, small print, or all print but names, would be too small to read. */
const NEAR = 0.55;
const TINY = 0.5;

export class Board {
  readonly editor: Editor;
  readonly #viewer: Viewer;
  /** What the canvas is drawn in. */
  element: HTMLElement | null = null;
  /** Chosen groups and comments, by their name on the canvas. */
  readonly frames = new SvelteSet<string>();
  choice = $state.raw<Choice | null>(null);
  /** Wire under the mouse, or with the focus. */
  hovered = $state.raw<{ readonly wire: string; readonly at: Point } | null>(null);
  /** Wire that would take in what is dragged over it. */
  target = $state<string | null>(null);
  /** While a wire is drawn: the ends that it may get to, by endKey. */
  open = $state.raw<ReadonlySet<string> | null>(null);
  /** Frame whose text is being written. */
  writing = $state<string | null>(null);
  zoom = $state(1);
  /** How much can be read: all, no small print, or names only. */
  readonly detail: 'near' | 'far' | 'tiny' = $derived(this.zoom >= NEAR ? 'near' : this.zoom >= TINY ? 'far' : 'tiny');
  isArranging = $state(false);
  isHelpOpen = $state(false);
  /** For those who hear what others see. */
  said = $state('');
  /** Where the mouse is over the canvas, on the screen. */
  pointer: Point | null = null;
  /** The next Tab leaves the canvas. */
  isLeaving = false;
  /** Copied last, for browsers that do not let one read the clipboard. */
  copied: string | null = null;

  readonly boxes: ReadonlyMap<string, Box> = $derived.by(() => boxesOf(this.editor.shown, this.editor.layout, catalog));
  readonly findings: ReadonlyMap<string, readonly Diagnostic[]> = $derived.by(() =>
    this.editor.overlay?.document ? new Map() : findingsBy(this.editor.document, this.editor.findings),
  );
  /** Names of what is chosen, wires apart. */
  readonly chosen: ReadonlySet<string> = $derived.by(() => new Set([...this.editor.nodes, ...this.frames]));
  /** What each wire carries, by wireKey. */
  readonly kinds: ReadonlyMap<string, PortType> = $derived.by(() => kindsOf(this.editor.shown, catalog));
  readonly figureSpots: ReadonlyMap<string, number> = $derived.by(() =>
    figureSpots(this.editor.shown, this.boxes, catalog),
  );
  readonly path: readonly string[] = $derived.by(() => walk(this.editor.shown, this.boxes));

  constructor(editor: Editor, viewer: Viewer) {
    this.editor = editor;
    this.#viewer = viewer;
  }

  /** Chosen, with everything that lies in chosen groups. */
  get whole(): ReadonlySet<string> {
    return withInsides(this.chosen, this.boxes);
  }
  /** The one wire that is chosen, and nothing else. */
  get wire(): string | null {
    const [only] = this.editor.wires;
    return this.editor.wires.size === 1 && this.chosen.size === 0 ? (only ?? null) : null;
  }

  choose(keys: Iterable<string>, wires: Iterable<string> = []): void {
    const all = [...keys];
    this.editor.select(
      all.filter(key => !isFrameKey(key)),
      wires,
    );
    const frames = new Set(all.filter(isFrameKey));
    for (const key of [...this.frames]) if (!frames.has(key)) this.frames.delete(key);
    for (const key of frames) this.frames.add(key);
  }
  chooseAll(): void {
    this.choose(this.boxes.keys(), this.editor.shown.wires.map(wireKey));
  }

  change(label: string, edit: (document: FlowDocument) => FlowDocument, join: string | null = null): void {
    this.editor.change(label, edit, join);
  }
  /** A change, after which what it has made is chosen. */
  add(
    label: string,
    edit: (document: FlowDocument) => { document: FlowDocument; keys: readonly string[] } | null,
  ): void {
    let keys: readonly string[] = [];
    this.editor.change(label, document => {
      const added = edit(document);
      keys = added?.keys ?? [];
      return added?.document ?? document;
    });
    if (keys.length > 0) this.choose(keys);
  }

  /** On the canvas, from a place on the screen. */
  toCanvas(at: Point): Point {
    return this.#viewer.screenToFlowPosition(at, { snapToGrid: false });
  }
  toScreen(at: Point): Point {
    return this.#viewer.flowToScreenPosition(at);
  }
  /** Where the mouse is, else the middle of what is seen; on the screen. */
  get here(): Point {
    if (this.pointer) return this.pointer;
    const box = this.element?.getBoundingClientRect();
    return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 0, y: 0 };
  }
  /** The middle of what is seen, on the canvas. */
  get middle(): Point {
    const box = this.element?.getBoundingClientRect() ?? new DOMRect();
    return this.toCanvas({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  }
  /** Everything, or what is named, comes into sight. */
  fit(keys: readonly string[] = [], duration = 200): void {
    const { nodes } = this.editor.shown;
    const { groups, comments } = this.editor.layout;
    // Where there is nothing, the viewer would wait for the first node, and carry it to the middle.
    if (nodes.length + groups.length + comments.length === 0) return;
    const root_px = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    void this.#viewer.fitView({
      ...(keys.length > 0 && { nodes: keys.map(id => ({ id })) }),
      // On a wall everything is larger, cards too.
      maxZoom: root_px / 16,
      // Nothing comes to stand beneath the tool bars.
      padding: keys.length > 0 ? 0.6 : { top: '64px', bottom: '64px', x: '32px' },
      duration,
    });
  }

  zoomBy(factor: number): void {
    void this.#viewer.setZoom(this.#viewer.getZoom() * factor, { duration: 120 });
  }

  /** A wire is begun at this end: ends that do not fit step back. */
  wiring(from: End | null): void {
    this.open = from && new Set(openEnds(this.editor.document, catalog, from).map(endKey));
  }
  say(text: string): void {
    this.said = text;
  }
  /** The canvas has the keyboard again. */
  focus(): void {
    this.element?.focus({ preventScroll: true });
  }
  /** The keyboard goes to a node, a frame or a wire; what is out of sight comes into it. */
  async focusOn(key: string): Promise<void> {
    await this.reveal(key);
    this.element
      ?.querySelector<HTMLElement | SVGElement>(
        `:is(.svelte-flow__node, .svelte-flow__edge)[data-id="${CSS.escape(key)}"]`,
      )
      ?.focus({ preventScroll: true });
  }
  /** A node or a frame that is not all in sight comes to its middle. */
  async reveal(key: string): Promise<void> {
    const box = this.boxes.get(key);
    const seen = this.element?.getBoundingClientRect();
    if (!box || !seen) return;
    // The inspector may lie over the canvas.
    const over = document.querySelector('[data-over-canvas]')?.getBoundingClientRect();
    const right = Math.min(seen.right, over?.left ?? seen.right);
    const from = this.toScreen(box);
    const to = this.toScreen({ x: box.x + box.width, y: box.y + box.height });
    if (from.x >= seen.left && to.x <= right && from.y >= seen.top && to.y <= seen.bottom) return;
    const zoom = this.#viewer.getZoom();
    const aside = (seen.right - right) / 2 / zoom;
    await this.#viewer.setCenter(box.x + box.width / 2 + aside, box.y + box.height / 2, { zoom });
    await new Promise(requestAnimationFrame);
  }
}

const KEY = Symbol('board');
export const setBoard = (board: Board): Board => setContext(KEY, board);
export const getBoard = (): Board => getContext<Board>(KEY);
