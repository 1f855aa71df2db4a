/** Nodes and frames that are moved by hand: groups take along what is in them, a node without wires may go into one. */
import { t } from '$lib/i18n/index.svelte.ts';
import { wireKey } from '$lib/model/edit.ts';
import { inside, isGroupKey, place } from '$lib/model/frames.ts';
import type { Point } from '$lib/model/layout.ts';
import { splice } from './actions.ts';
import type { Board } from './board.svelte.ts';
import { spliceTarget } from './drop.ts';
import type { CanvasNode } from './graph.ts';

type Dragged = Pick<CanvasNode, 'id' | 'position'>;
/** What xyflow draws now. */
export interface Drawn {
  readonly get: () => CanvasNode[];
  readonly set: (nodes: CanvasNode[]) => void;
}

export class Dragging {
  readonly #board: Board;
  readonly #drawn: Drawn;
  /** Where those that go along were, each with the group that takes it. */
  #along = new Map<string, { readonly from: Point; readonly group: string; readonly start: Point }>();

  constructor(board: Board, drawn: Drawn) {
    this.#board = board;
    this.#drawn = drawn;
  }

  begin(target: Dragged | null, nodes: readonly Dragged[]): void {
    const { boxes } = this.#board;
    const dragged = new Set([...nodes.map(node => node.id), ...(target ? [target.id] : [])]);
    this.#along = new Map();
    for (const group of [...dragged].filter(isGroupKey))
      for (const key of inside(group, boxes)) {
        const [from, start] = [boxes.get(key), boxes.get(group)];
        if (!dragged.has(key) && from && start) this.#along.set(key, { from, group, start });
      }
  }

  go(event: MouseEvent | TouchEvent, nodes: readonly Dragged[]): void {
    if (this.#along.size > 0) {
      const places = this.#places(nodes);
      this.#drawn.set(
        this.#drawn.get().map(node => {
          const to = this.#along.has(node.id) ? places.get(node.id) : undefined;
          return to ? { ...node, position: to } : node;
        }),
      );
    }
    const [only] = nodes;
    this.#board.target =
      nodes.length === 1 && only && 'clientX' in event
        ? spliceTarget(this.#board, only.id, { x: event.clientX, y: event.clientY })
        : null;
  }

  end(nodes: readonly Dragged[]): void {
    const board = this.#board;
    const wire = board.target;
    const [only] = nodes;
    board.target = null;
    if (wire !== null && only && splice(board, only.id, wire)) return;
    const places = new Map(
      [...this.#places(nodes)].map(([key, { x, y }]): [string, Point] => [key, { x: Math.round(x), y: Math.round(y) }]),
    );
    board.change(t('canvas:stepMove'), document => place(document, places));
  }

  /** A box chooses all wires of its nodes; those that lead out of it are no part of what was meant. */
  onlyInner(): void {
    const { editor, chosen } = this.#board;
    const wires = editor.shown.wires.filter(wire => chosen.has(wire.source_node) && chosen.has(wire.target_node));
    this.#board.choose(chosen, wires.map(wireKey));
  }

  #places(nodes: readonly Dragged[]): Map<string, Point> {
    const places = new Map(nodes.map(node => [node.id, node.position]));
    for (const [key, { from, group, start }] of this.#along) {
      const now = places.get(group) ?? start;
      places.set(key, { x: from.x + now.x - start.x, y: from.y + now.y - start.y });
    }
    return places;
  }
}
