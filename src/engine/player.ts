import { MEMORY_START_PAGES, WASM_PAGE_BYTES } from '#abi';
import { checkpointBytes, MemoryExceeded, writeCheckpoint } from './checkpoint.ts';
import type { Engine, FlowArtifact } from './engine.ts';
import type { FaultRecord } from './fault.ts';
import { fusedEngine } from './fused-engine.ts';
import type { OpenRecording } from './open-recording.ts';
import { Replay, type ReplayStep, sameFault } from './replay.ts';
import { describeStep, type StepReport } from './step-report.ts';

export const PLAYER_LIMITS = {
  /** Places from which it goes on when it is asked to go back, and bytes that they may take together. */
  keyframes: 32,
  keyframe_bytes: 128 * 1024 * 1024,
  /** Steps between two words of progress. */
  progress_steps: 4_096,
  /** Rows of a memory that are told as changed. */
  changed_rows: 4_096,
} as const;

/** Bytes of a row in which a memory is compared. */
export const MEMORY_ROW_BYTES = 16;

/** A piece of a node's memory after a step. */
export interface MemoryPiece {
  /** Of the whole memory, as the node sees it. */
  readonly bytes: number;
  /** Address of the first byte of `piece`. */
  readonly at: number;
  readonly piece: Uint8Array;
  /** Addresses of rows of the whole memory that the step has changed, the first ones. */
  readonly changed: readonly number[];
}

interface Keyframe {
  /** Steps that ran before it. */
  readonly index: number;
  readonly checkpoint: Uint8Array;
}

/** A recording that can be gone to and fro in: each step is that of a whole run from the checkpoint. */
export class Player {
  readonly #open: OpenRecording;
  readonly #artifact: FlowArtifact;
  readonly #keyframes: Keyframe[];
  #steps = 0;
  #records: { first: number; last: number } | null = null;
  #times: { from: number; to: number } | null = null;
  #fault: FaultRecord | null = null;
  /** Of what kind each step is, and its record. */
  #kinds: ReplayStep['what'][] = [];
  #numbers: number[] = [];
  #at: { replay: Replay; index: number; traced: boolean } | null = null;

  constructor(open: OpenRecording) {
    this.#open = open;
    this.#artifact = { plan: open.plan, code: { kind: 'fused', wasm: open.recording.wasm } };
    this.#keyframes = [{ index: 0, checkpoint: open.recording.capture.checkpoint }];
  }

  /** Steps there are. */
  get steps(): number {
    return this.#steps;
  }
  /** Numbers of the first and last record; null: there is none. */
  get records(): { readonly first: number; readonly last: number } | null {
    return this.#records;
  }
  /** µs; null: there is no step. */
  get times(): { readonly from: number; readonly to: number } | null {
    return this.#times;
  }
  /** What the last step ended in. */
  get fault(): FaultRecord | null {
    return this.#fault;
  }
  /** Whether it ended as the recording says. */
  get same(): boolean {
    return sameFault(this.#open.recording.fault, this.#fault);
  }

  /** The step at which a record runs; null: there is none. */
  stepOf(record: number): number | null {
    const index = this.#numbers.findIndex((number, at) => number === record && this.#kinds[at] !== 'tick');
    return index < 0 ? null : index;
  }

  /**
   * Runs all of it once, to know how long it is and how it ends.
   * @yields now and then: the share of the input that was read. @throws Error when it cannot be run
   */
  *scan(): Generator<number> {
    const { capture } = this.#open.recording;
    const replay = this.#begin(this.#keyframes[0]!);
    const most = this.#keyframesMost(replay.engine);
    for (let step = replay.next(false); step; step = replay.next(false)) {
      this.#note(step);
      const share = replay.read(capture.position) / capture.input.length;
      if (share * (most + 1) >= this.#keyframes.length && !step.fault && this.#keyframes.length <= most)
        this.#keep(replay.engine);
      if (this.#steps % PLAYER_LIMITS.progress_steps === 0) yield share;
    }
  }

  /** What steps from the one at `from` on did; fewer at the end. @throws Error when it cannot be run */
  reports(from: number, count: number): StepReport[] {
    const replay = this.#goTo(from, true);
    const reports: StepReport[] = [];
    for (let step = count > 0 ? replay.next() : null; step; step = reports.length < count ? replay.next() : null) {
      this.#at!.index += 1;
      reports.push(describeStep(step, this.#artifact));
    }
    return reports;
  }

  /** A node's memory after a step. @throws Error when it cannot be run */
  memory(index: number, node: number, at: number, length: number): MemoryPiece {
    const replay = this.#goTo(index, false);
    const view = (): Uint8Array => this.#memoryOf(replay.engine, node);
    const before = view().slice();
    if (replay.next(false)) this.#at!.index += 1;
    const after = view();
    const changed: number[] = [];
    for (let row = 0; row < after.length && changed.length < PLAYER_LIMITS.changed_rows; row += MEMORY_ROW_BYTES)
      if (differs(before, after, row)) changed.push(row);
    const start = Math.max(0, Math.min(at, after.length));
    return { bytes: after.length, at: start, piece: after.slice(start, start + length), changed };
  }

  #memoryOf(engine: Engine, node: number): Uint8Array {
    const { memory } = engine.nodes[node]!;
    const { memory_start } = this.#open.plan.nodes[node]!;
    return new Uint8Array(memory.buffer, memory_start, memory.buffer.byteLength - MEMORY_START_PAGES * WASM_PAGE_BYTES);
  }

  #note({ what, record, now_us, fault }: ReplayStep): void {
    this.#steps += 1;
    this.#kinds.push(what);
    this.#numbers.push(record);
    if (what === 'record' || what === 'direct') this.#records = { first: this.#records?.first ?? record, last: record };
    this.#times = { from: this.#times?.from ?? now_us, to: now_us };
    this.#fault = fault;
  }

  #keyframesMost(engine: Engine): number {
    try {
      const bytes = checkpointBytes(engine, this.#open.plan);
      return Math.min(PLAYER_LIMITS.keyframes, Math.floor(PLAYER_LIMITS.keyframe_bytes / bytes));
    } catch (error) {
      if (error instanceof MemoryExceeded) return 0;
      throw error;
    }
  }

  #keep(engine: Engine): void {
    const { plan } = this.#open;
    try {
      const checkpoint = new Uint8Array(checkpointBytes(engine, plan));
      writeCheckpoint(engine, plan, checkpoint);
      this.#keyframes.push({ index: this.#steps, checkpoint });
    } catch (error) {
      if (!(error instanceof MemoryExceeded)) throw error;
    }
  }

  #begin({ checkpoint }: Keyframe): Replay {
    const { plan, module, recording } = this.#open;
    return new Replay(fusedEngine(plan, module), plan, { ...recording.capture, checkpoint });
  }

  /** A replay in which the step `index` comes next. */
  #goTo(index: number, traced: boolean): Replay {
    const keyframe = this.#keyframes.findLast(one => one.index <= index)!;
    const here = this.#at;
    if (!here || here.index > index || here.index < keyframe.index || (here.traced && !traced))
      this.#at = { replay: this.#begin(keyframe), index: keyframe.index, traced: false };
    const at = this.#at!;
    while (at.index < index && at.replay.next(false)) at.index += 1;
    if (traced && !at.traced) at.replay.trace();
    at.traced ||= traced;
    return at.replay;
  }
}

function differs(before: Uint8Array, after: Uint8Array, row: number): boolean {
  for (let at = row; at < row + MEMORY_ROW_BYTES; at += 1) if (before[at] !== after[at]) return true;
  return false;
}
