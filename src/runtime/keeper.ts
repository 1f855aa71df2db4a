/**
 * Keeps a flow so that any record can be undone: the last checkpoint, and all that ran since then. The records since then
 * are still in the ingress ring, which gives its room back at a checkpoint only; ticks are written down here. Everything
 * lies in shared memory: it outlives a worker that had to be ended.
 */
import { BOARD, BOARD_U64, type FlowPlan } from '#abi';
import { checkpointBytes, restoreCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Engine } from './engine.ts';

/** What a worker leaves to the next. */
export interface Kept {
  /** i32: which slot holds the last whole checkpoint (0, 1; −1: none), ticks written down. */
  readonly control: SharedArrayBuffer;
  readonly slots: readonly [SharedArrayBuffer, SharedArrayBuffer];
  /** u64 steps when the tick ran, u64 now, u64 number of the tick. */
  readonly ticks: SharedArrayBuffer;
}
export interface NotedTick {
  readonly steps: bigint;
  readonly now: bigint;
  /** As `ticks` of the board counts. */
  readonly number: bigint;
}

const SLOT = 0;
const TICKS = 1;
const TICKS_MAX = 4_096;
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

  /** The last checkpoint, to be read at once. */
  get checkpoint(): Uint8Array | null {
    const slot = this.#control[SLOT]!;
    return slot < 0 ? null : new Uint8Array(this.kept.slots[slot]!);
  }

  get ticks(): NotedTick[] {
    const longs = new BigUint64Array(this.kept.ticks);
    return Array.from({ length: this.#control[TICKS]! }, (_, i) => ({
      steps: longs[3 * i]!,
      now: longs[3 * i + 1]!,
      number: longs[3 * i + 2]!,
    }));
  }

  /** Before a tick runs. */
  noteTick(now: bigint): void {
    const longs = new BigUint64Array(this.kept.ticks);
    const count = this.#control[TICKS]!;
    longs[3 * count] = this.#longs[BOARD_U64.steps / 8]!;
    longs[3 * count + 1] = now;
    longs[3 * count + 2] = this.#longs[BOARD_U64.ticks / 8]! + 1n;
    this.#control[TICKS] = count + 1;
  }

  /** Between two runs: takes a checkpoint when it is time. @returns ms until it will be, at the latest. */
  keep(): number {
    const idle = this.#longs[BOARD_U64.steps / 8] === this.#stepsThen && this.#control[TICKS] === 0;
    if (idle) return Number.POSITIVE_INFINITY;
    const due = Math.max(INTERVAL_MS, this.#took_ms / SHARE) - (performance.now() - this.#takenAt);
    const retained = (this.#words[word(BOARD.ingress_read)]! - this.#words[word(BOARD.ingress_tail)]!) >>> 0;
    if (due > 0 && retained < this.#plan.ingress_bytes / 2 && this.#control[TICKS]! < TICKS_MAX) return due;
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
    writeCheckpoint(this.#engine, this.#plan, new Uint8Array(this.kept.slots[slot]!));
    // In this order: whoever reads in between finds a whole checkpoint and too many ticks, which have lower numbers than it.
    Atomics.store(this.#control, SLOT, slot);
    Atomics.store(this.#control, TICKS, 0);
    Atomics.store(this.#words, word(BOARD.ingress_tail), this.#words[word(BOARD.ingress_read)]!);
    this.#stepsThen = this.#longs[BOARD_U64.steps / 8]!;
    this.#takenAt = performance.now();
    this.#took_ms = this.#takenAt - began;
  }

  /** Puts the last checkpoint back. @returns false when only a fresh engine can take it. */
  restore(): boolean {
    const checkpoint = this.checkpoint;
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

function emptyKept(bytes: number): Kept {
  const control = new SharedArrayBuffer(8);
  new Int32Array(control)[SLOT] = -1;
  return {
    control,
    slots: [new SharedArrayBuffer(bytes), new SharedArrayBuffer(bytes)],
    ticks: new SharedArrayBuffer((TICKS_MAX + 1) * 24),
  };
}
