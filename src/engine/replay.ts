import { alignRing, BOARD, BOARD_U64, ENTRY, type FlowPlan, INGRESS_HEADER, TRACE_ALL } from '#abi';
import { type Capture, putInput } from './capture.ts';
import { restoreCheckpoint } from './checkpoint.ts';
import type { Engine } from './engine.ts';
import { type FaultRecord, faultOf } from './fault.ts';
import { EgressReader, type EgressRecord } from './rings.ts';

/** One message, tick, or message for one node, run again. */
export interface ReplayStep {
  readonly what: 'record' | 'tick' | 'direct' | 'malformed';
  /** Number of the ingress record; a tick and what is no record have that of the record before it. */
  readonly record: number;
  readonly now_us: number;
  /** What it put out; of a record that ended in a fault, what it had put out by then. */
  readonly egress: readonly EgressRecord[];
  /** What it ended in, if it did: the last step. */
  readonly fault: FaultRecord | null;
}

const word = (offset: number): number => offset / 4;
const long = (offset: number): number => offset / 8;

/** Runs what a recording holds, step by step, until the fault or the end of the input. */
export class Replay {
  readonly engine: Engine;
  readonly #plan: FlowPlan;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #reader: EgressReader;
  #ended = false;
  /** Steps that there can be: each takes a byte of the input. */
  #left: number;

  /** @param engine a fresh one. @throws Error when the checkpoint is not of this flow */
  constructor(engine: Engine, plan: FlowPlan, capture: Capture) {
    if (!restoreCheckpoint(engine, plan, capture.checkpoint)) throw new Error('the checkpoint is not of this flow');
    this.engine = engine;
    this.#plan = plan;
    this.#words = new Int32Array(engine.board);
    this.#longs = new BigUint64Array(engine.board);
    this.#reader = new EgressReader(engine.egress, engine.board, plan.egress_bytes);
    this.#left = capture.input.length;
    if (!isBlockAt(capture, this.#words[word(BOARD.ingress_read)]!))
      throw new Error('the checkpoint is not of this flow');
    engine.resume();
    putInput(engine, capture);
  }

  /** From now on each step tells its hops in its egress. */
  trace(): void {
    const view = new DataView(this.engine.ingress);
    const head = this.#words[word(BOARD.ingress_head)]!;
    let at = this.#words[word(BOARD.ingress_read)]!;
    for (let left = (head - at) >>> 0; left > 0; ) {
      const block = (at >>> 0) % view.byteLength;
      const bytes = INGRESS_HEADER.bytes + alignRing(view.getUint32(block, true));
      if (bytes < INGRESS_HEADER.bytes || bytes > left) throw new Error('the ring is not made of whole blocks');
      view.setUint8(block + INGRESS_HEADER.trace, TRACE_ALL);
      at = (at + bytes) | 0;
      left -= bytes;
    }
    if (this.#words[word(BOARD.block_open)] === 1) this.#words[word(BOARD.trace_left)] = TRACE_ALL;
  }

  /** Bytes of the input that were read. */
  read(position: number): number {
    const at = this.#words[word(BOARD.block_open)] === 1 ? BOARD.cursor : BOARD.ingress_read;
    return (this.#words[word(at)]! - position) >>> 0;
  }

  /**
   * @param keep false: what it puts out is not wanted. @returns null at the end
   * @throws Error when it does what no flow does
   */
  next(keep = true): ReplayStep | null {
    for (;;) {
      if (this.#ended) return null;
      const before = this.#counts();
      let fault: FaultRecord | null = null;
      let handled = 0;
      try {
        handled = this.engine.run(1);
      } catch (error) {
        fault = faultOf(this.engine.board, this.#plan, error);
      }
      this.#ended = fault !== null || handled === 0;
      if (handled === 0 && !fault) return null;
      this.#left -= 1;
      if (this.#left < 0) throw new Error('it goes on behind the end of its input');
      const what = this.#what(before, fault);
      const egress = this.#egress(keep, fault !== null);
      // The header of a batch, which is a step to the flow.
      if (what === null) continue;
      return { what, record: this.#long(BOARD_U64.record), now_us: this.#long(BOARD_U64.now), egress, fault };
    }
  }

  #long(offset: number): number {
    return Number(this.#longs[long(offset)]!);
  }

  #counts(): readonly [bigint, bigint, bigint] {
    return [
      this.#longs[long(BOARD_U64.record)]!,
      this.#longs[long(BOARD_U64.malformed)]!,
      this.#longs[long(BOARD_U64.ticks)]!,
    ];
  }

  /** What the step was, by what was counted; null: nothing was. */
  #what(before: readonly [bigint, bigint, bigint], fault: FaultRecord | null): ReplayStep['what'] | null {
    const [record, malformed, ticks] = this.#counts();
    if (malformed !== before[1]) return 'malformed';
    const entry = this.#words[word(BOARD.entry)];
    // With the event clock a record runs the ticks before it.
    if (record !== before[0] && (!fault || entry !== ENTRY.tick)) return entry === ENTRY.direct ? 'direct' : 'record';
    if (ticks !== before[2]) return 'tick';
    return fault ? 'record' : null;
  }

  #egress(keep: boolean, faulted: boolean): EgressRecord[] {
    const egress: EgressRecord[] = [];
    const take = (record: EgressRecord): boolean => {
      if (keep) egress.push({ ...record, body: record.body.slice() });
      return true;
    };
    this.#reader.drain(take);
    if (faulted) this.#reader.unpublished(take);
    return egress;
  }
}

/** Whether a ring position is where a block of the input begins, or its end. */
function isBlockAt({ position, input }: Capture, wanted: number): boolean {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const offset = (wanted - position) >>> 0;
  let at = 0;
  while (at < offset && at + INGRESS_HEADER.bytes <= input.length)
    at += INGRESS_HEADER.bytes + alignRing(view.getUint32(at, true));
  return at === offset;
}

/**
 * All steps of a recording, in a fresh engine.
 * @param trace whether each tells its hops in its egress. @throws Error when the checkpoint is not of this flow
 */
export function* replayCapture(engine: Engine, plan: FlowPlan, capture: Capture, trace = false): Generator<ReplayStep> {
  const replay = new Replay(engine, plan, capture);
  if (trace) replay.trace();
  for (let step = replay.next(); step; step = replay.next()) yield step;
}

/** Whether a replay ended as the recording says: at the same record, in the same node, for the same reason. */
export const sameFault = (a: FaultRecord | null, b: FaultRecord | null): boolean =>
  a === null || b === null
    ? a === b
    : a.record === b.record && a.node === b.node && a.call === b.call && a.reason === b.reason;
