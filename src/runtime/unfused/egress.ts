import { alignRing, BOARD, EGRESS_HEADER, EGRESS_KIND, egressRoom, type FlowPlan } from '#abi';
import type { Board } from './board.ts';
import type { Budget } from './budget.ts';

/** Writes egress records behind the published head; `publish` shows them. */
export class EgressWriter {
  readonly #plan: FlowPlan;
  readonly #board: Board;
  readonly #budget: Budget;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Nothing is published. */
  muted = false;
  #count = 0n;

  constructor(plan: FlowPlan, board: Board, budget: Budget, buffer: SharedArrayBuffer) {
    this.#plan = plan;
    this.#board = board;
    this.#budget = budget;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Whether a whole record's worth is free. */
  get hasRoom(): boolean {
    const used = (this.#board.get('egress_head') - Atomics.load(this.#board.words, BOARD.egress_tail / 4)) >>> 0;
    return this.#plan.egress_bytes - used >= egressRoom(this.#plan);
  }

  reset(): void {
    this.#board.set('egress_write', this.#board.get('egress_head'));
    this.#count = 0n;
  }

  put(kind: keyof typeof EGRESS_KIND, detail: number, node: number, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const total = EGRESS_HEADER.bytes + alignRing(length);
    this.#budget.egress -= total;
    if (length > this.#plan.limits.egress_bytes || this.#budget.egress < 0) this.#budget.fault('egress_limit');
    this.putFree(kind, detail, node, parts);
  }

  /** The same for what does not count for the record's limit. */
  putFree(kind: keyof typeof EGRESS_KIND, detail: number, node: number, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    let write = this.#board.get('egress_write') >>> 0;
    let at = write % this.#plan.egress_bytes;
    const rest = this.#plan.egress_bytes - at;
    if (EGRESS_HEADER.bytes + alignRing(length) > rest) {
      this.#view.setInt32(at, rest - EGRESS_HEADER.bytes, true);
      this.#view.setUint32(at + EGRESS_HEADER.kind, EGRESS_KIND.padding, true);
      write += rest;
      at = 0;
    }
    this.#view.setUint32(at, length, true);
    this.#view.setUint8(at + EGRESS_HEADER.kind, EGRESS_KIND[kind]);
    this.#view.setUint8(at + EGRESS_HEADER.detail, detail);
    this.#view.setUint16(at + EGRESS_HEADER.node, node, true);
    this.#view.setBigUint64(at + EGRESS_HEADER.record, this.#board.long('record'), true);
    this.#view.setBigUint64(at + EGRESS_HEADER.now, this.#budget.now, true);
    this.#view.setBigUint64(at + EGRESS_HEADER.timestamp, this.#board.long('timestamp'), true);
    let to = at + EGRESS_HEADER.bytes;
    for (const part of parts) {
      this.#bytes.set(part, to);
      to += part.length;
    }
    this.#board.set('egress_write', write + EGRESS_HEADER.bytes + alignRing(length));
    this.#count += 1n;
  }

  publish(): void {
    this.#board.count('egress_records', this.#count);
    this.#count = 0n;
    if (!this.muted) Atomics.store(this.#board.words, BOARD.egress_head / 4, this.#board.get('egress_write'));
  }
}
