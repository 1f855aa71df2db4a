/**
 * Keeps a flow so that any record can be undone: the last checkpoint, and all that ran since then, which is still in the
 * ingress ring: it gives its room back at a checkpoint only. Checkpoints lie in shared memory: they outlive a worker that
 * had to be ended.
 */

import { BOARD, BOARD_U64, type FlowPlan } from '#abi';
import { checkpointBytes, type Engine, restoreCheckpoint, writeCheckpoint } from '#engine';
import { BEGUN, emptyKept, type Kept, lastCheckpoint, SLOT } from './kept.ts';

const INTERVAL_MS = 100;
/** A checkpoint may take this share of the time. */
const SHARE = 0.005;
const word = (offset: number): number => offset / 4;

export class Keeper {
  kept: Kept;
  readonly #engine: Engine;
  readonly #plan: FlowPlan;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #onMoved: (kept: Kept) => void;
  #control: Int32Array;
  #takenAt = 0;
  #took_ms = 0;
  #readThen = -1;
  #stepsThen = -1n;

  /** @param onMoved the buffers had to be made anew because a memory has grown. */
  constructor(engine: Engine, plan: FlowPlan, kept: Kept | null, onMoved: (kept: Kept) => void) {
    this.#engine = engine;
    this.#plan = plan;
    this.#words = new Int32Array(engine.board);
    this.#longs = new BigUint64Array(engine.board);
    this.#onMoved = onMoved;
    this.kept = kept ?? emptyKept(checkpointBytes(engine, plan));
    this.#control = new Int32Array(this.kept.control);
    Atomics.store(this.#words, word(BOARD.retain), 1);
  }

  /** Between two runs: takes a checkpoint when it is time. @returns ms until it will be, at the latest. */
  keep(): number {
    const moved =
      this.#longs[BOARD_U64.steps / 8] !== this.#stepsThen || this.#words[word(BOARD.ingress_read)] !== this.#readThen;
    if (!moved) return Number.POSITIVE_INFINITY;
    const due = Math.max(INTERVAL_MS, this.#took_ms / SHARE) - (performance.now() - this.#takenAt);
    const retained = (this.#words[word(BOARD.ingress_read)]! - this.#words[word(BOARD.ingress_tail)]!) >>> 0;
    if (due > 0 && retained < this.#plan.ingress_bytes / 2) return due;
    this.take();
    return INTERVAL_MS;
  }

  /** Takes a checkpoint now and gives the ring's room back. */
  take(): void {
    const began = performance.now();
    const bytes = checkpointBytes(this.#engine, this.#plan);
    let slot = this.#control[SLOT] === 0 ? 1 : 0;
    if (this.kept.slots[slot]!.byteLength < bytes) {
      this.#grow(bytes);
      slot = 0;
    }
    Atomics.add(this.#control, BEGUN, 1);
    writeCheckpoint(this.#engine, this.#plan, new Uint8Array(this.kept.slots[slot]!));
    Atomics.store(this.#control, SLOT, slot);
    Atomics.store(this.#words, word(BOARD.ingress_tail), this.#words[word(BOARD.ingress_read)]!);
    this.#readThen = this.#words[word(BOARD.ingress_read)]!;
    this.#stepsThen = this.#longs[BOARD_U64.steps / 8]!;
    this.#takenAt = performance.now();
    this.#took_ms = this.#takenAt - began;
  }

  /** Puts the last checkpoint back. @returns false when only a fresh engine can take it. */
  restore(): boolean {
    const checkpoint = lastCheckpoint(this.kept);
    if (!checkpoint) throw new Error('a running flow has a checkpoint');
    const restored = restoreCheckpoint(this.#engine, this.#plan, checkpoint);
    if (restored) this.#engine.resume();
    return restored;
  }

  /** The old checkpoint stays valid until the new one is whole. */
  #grow(bytes: number): void {
    const roomy = Math.ceil(bytes * 1.25);
    this.kept = emptyKept(roomy);
    this.#control = new Int32Array(this.kept.control);
    writeCheckpoint(this.#engine, this.#plan, new Uint8Array(this.kept.slots[1]!));
    Atomics.store(this.#control, SLOT, 1);
    this.#onMoved(this.kept);
  }
}
