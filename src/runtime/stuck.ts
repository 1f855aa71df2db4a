import { type FaultRecord, faultOf } from './fault.ts';
import type { FlowThread } from './flow-thread.ts';
import { type Capture, captureFault } from './recording.ts';

/** What a worker that hangs is in, and its last moments. @param ms without progress */
export function stuckIn(thread: FlowThread, ms: number): { fault: FaultRecord; capture: Capture | null } {
  const buffers = thread.buffers!;
  const capture = captureFault(buffers, thread.kept!);
  const fault = faultOf(buffers.board, thread.artifact.plan, new Error(`no progress for ${ms} ms`));
  return { fault: { ...fault, reason: 'stuck' }, capture };
}
