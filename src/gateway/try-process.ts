/** A process that tries one flow and ends. */
import type { FlowArtifact } from '#engine';
import type { TryRecord, TryStep } from './try-flow.ts';
import { TryRun } from './try-run.ts';

export interface TryJob {
  readonly artifact: FlowArtifact;
  readonly steps: readonly TryStep[];
  readonly start_us: number;
}
export type TryAnswer =
  | { readonly type: 'record'; readonly record: TryRecord }
  /** `stopped`: why it ended before the last step. */
  | { readonly type: 'done'; readonly stopped: string | null };

process.once('message', ({ artifact, steps, start_us }: TryJob) => {
  const send = (answer: TryAnswer): void => void process.send?.(answer);
  const stopped = TryRun.play(artifact, steps, start_us, record => send({ type: 'record', record }));
  process.send?.({ type: 'done', stopped } satisfies TryAnswer, undefined, undefined, () => process.disconnect?.());
});
