/** A wire that is drawn by hand, from its first end to its second. */
import type { Connection, OnConnectEnd } from '@xyflow/svelte';
import type { FlowWire } from '$lib/contract.ts';
import { t } from '$lib/i18n/index.svelte.ts';
import { wireKey } from '$lib/model/edit.ts';
import type { Point } from '$lib/model/layout.ts';
import { type End, openEnds, wireOf } from '$lib/model/wiring.ts';
import { catalog } from '$lib/state/catalog.svelte.ts';
import { connect } from './actions.ts';
import type { Board } from './board.svelte.ts';
import { nodeAt } from './drop.ts';
import { endOf } from './graph.ts';

export const wireOfConnection = ({ source, target, sourceHandle, targetHandle }: Connection): FlowWire => ({
  source_node: source,
  source_port: sourceHandle ?? '',
  target_node: target,
  target_port: targetHandle ?? '',
});

export class Wiring {
  readonly #board: Board;
  #isReconnecting = false;

  constructor(board: Board) {
    this.#board = board;
  }

  begin({
    nodeId,
    handleId,
    handleType,
  }: {
    nodeId: string | null;
    handleId: string | null;
    handleType: string | null;
  }): void {
    if (nodeId === null || handleType === null) return;
    this.#board.hovered = null;
    this.#board.wiring(endOf({ nodeId, id: handleId, type: handleType }));
  }

  connect(connection: Connection): void {
    connect(this.#board, wireOfConnection(connection));
  }

  /** On a port it is wired already; on a node, its first fitting port is taken; in the void, one chooses what comes next. */
  end(event: Parameters<OnConnectEnd>[0], state: Parameters<OnConnectEnd>[1]): void {
    const board = this.#board;
    board.wiring(null);
    const isReconnected = this.#isReconnecting;
    this.#isReconnecting = false;
    if (isReconnected || state.toHandle || !state.fromHandle || !board.editor.editable) return;
    const at = placeOf(event);
    const from = endOf(state.fromHandle);
    const node = nodeAt(at);
    if (node === from.node) return;
    if (node === null) board.choice = { of: 'node', at, end: from };
    else this.#toNode(from, node);
  }

  reconnectBegins(): void {
    this.#isReconnecting = true;
  }
  /** The wire keeps its place among the others: that is the order in which messages leave. */
  reconnect(key: string, connection: Connection): void {
    const next = wireOfConnection(connection);
    this.#board.change(t('canvas:stepWire'), document => ({
      ...document,
      wires: document.wires.map(wire => (wireKey(wire) === key ? next : wire)),
    }));
    this.#board.choose([], [wireKey(next)]);
  }

  #toNode(from: End, node: string): void {
    const { document } = this.#board.editor;
    const to = openEnds(document, catalog, from).find(end => end.node === node);
    if (to) connect(this.#board, wireOf(from, to));
  }
}

const placeOf = (event: MouseEvent | TouchEvent): Point => {
  const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0]! : event;
  return { x: clientX, y: clientY };
};
