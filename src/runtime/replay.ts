import { BOARD, BOARD_U64, type FlowPlan, TRACE_ALL } from '#abi';
import { restoreCheckpoint } from './checkpoint.ts';
import type { Engine } from './engine.ts';
import { type FaultRecord, faultOf } from './fault.ts';
import { type Capture, putInput, traced } from './recording.ts';
import { EgressReader, type EgressRecord } from './rings.ts';

/** One message, tick, or message for one node, run again. */
export interface ReplayStep {
  /** Number of the ingress record; a tick has that of the record before it. */
  readonly record: number;
  /** See ENTRY. */
  readonly entry: number;
  readonly now_us: number;
  /** What it put out; of a record that ended in a fault, what it had put out by then. */
  readonly egress: readonly EgressRecord[];
  /** What it ended in, if it did: the last step. */
  readonly fault: FaultRecord | null;
}

/**
 * Runs what a recording holds, step by step, in a fresh engine, until the fault or the end of the input.
 * @param trace whether each step tells its hops in its egress. @throws Error when the checkpoint is not of this flow
 */
export function* replayCapture(engine: Engine, plan: FlowPlan, capture: Capture, trace = false): Generator<ReplayStep> {
  if (!restoreCheckpoint(engine, plan, capture.checkpoint)) throw new Error('the checkpoint is not of this flow');
  engine.resume();
  putInput(engine, trace ? traced(capture) : capture);
  const words = new Int32Array(engine.board);
  if (trace && words[BOARD.block_open / 4] === 1) words[BOARD.trace_left / 4] = TRACE_ALL;
  const longs = new BigUint64Array(engine.board);
  const reader = new EgressReader(engine.egress, engine.board, plan.egress_bytes);
  for (;;) {
    let fault: FaultRecord | null = null;
    let handled = 0;
    try {
      handled = engine.run(1);
    } catch (error) {
      fault = faultOf(engine.board, plan, error);
    }
    if (handled === 0 && !fault) return;
    const egress: EgressRecord[] = [];
    const keep = (record: EgressRecord): boolean => egress.push({ ...record, body: record.body.slice() }) > 0;
    reader.drain(keep);
    if (fault) reader.unpublished(keep);
    yield {
      record: Number(longs[BOARD_U64.record / 8]!),
      entry: words[BOARD.entry / 4]!,
      now_us: Number(longs[BOARD_U64.now / 8]!),
      egress,
      fault,
    };
    if (fault) return;
  }
}

/** Whether a replay ended as the recording says: at the same record, in the same node, for the same reason. */
export const sameFault = (a: FaultRecord | null, b: FaultRecord | null): boolean =>
  a === null || b === null
    ? a === b
    : a.record === b.record && a.node === b.node && a.call === b.call && a.reason === b.reason;
