import { NO_NODE, TRACE, TRACE_ALL, TRACE_LIMITS } from '#abi';
import type { Board } from './board.ts';
import type { EgressWriter } from './egress.ts';

/** Writes the hops of a record that is traced. */
export class Tracer {
  readonly #board: Board;
  readonly #egress: EgressWriter;
  #on = false;
  #hops = 0;

  constructor(board: Board, egress: EgressWriter) {
    this.#board = board;
    this.#egress = egress;
  }

  /** What runs next is traced, if the open block says so. @param entry see ENTRY. */
  begin(entry: number, message: Uint8Array): void {
    this.#on = this.#board.get('trace_left') !== 0;
    this.#hops = 0;
    this.#hop(entry, NO_NODE, message);
  }

  /** One record less of the open block is to be traced. */
  less(): void {
    const left = this.#board.get('trace_left');
    if (left > 0 && left < TRACE_ALL) this.#board.set('trace_left', left - 1);
  }

  emitted(node: number, port: number, message: Uint8Array): void {
    this.#hop(port, node, message);
  }

  refused(node: number, port: number, reason: Uint8Array): void {
    this.#hop(port | TRACE.refused, node, reason);
  }

  /** Nothing is traced any more, after a fault as well. */
  reset(): void {
    this.#on = false;
  }

  end(): void {
    if (this.#on) this.#put(TRACE.end, NO_NODE, Math.max(0, this.#hops - TRACE_LIMITS.hops), new Uint8Array());
    this.#on = false;
  }

  #hop(detail: number, node: number, message: Uint8Array): void {
    if (!this.#on) return;
    this.#hops += 1;
    if (this.#hops > TRACE_LIMITS.hops) return;
    this.#put(detail, node, message.length, message.subarray(0, TRACE_LIMITS.hop_bytes));
  }

  #put(detail: number, node: number, length: number, bytes: Uint8Array): void {
    this.#egress.putFree('trace', detail, node, [new Uint8Array(Uint32Array.of(length).buffer), bytes]);
  }
}
