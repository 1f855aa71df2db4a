import { type Capture, type FaultRecord, faultOf } from '#engine';
import type { FlowThread } from './flow-thread.ts';
import { captureFault } from './recording.ts';

/** What a worker that hangs is in, and its last moments. @param ms without progress */
export function stuckIn(thread: FlowThread, ms: number): { fault: FaultRecord; capture: Capture | null } {
  const buffers = thread.buffers!;
  const capture = captureFault(buffers, thread.kept!);
  const fault = faultOf(buffers.board, thread.artifact.plan, new Error(`no progress for ${ms} ms`));
  return { fault: { ...fault, reason: 'stuck' }, capture };
}
