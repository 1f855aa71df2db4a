/** A process that tries one flow and ends. */
import type { TryAnswer, TryJob } from './try-job.ts';
import { TryRun } from './try-run.ts';

process.once('message', ({ artifact, steps, start_us }: TryJob) => {
  const send = (answer: TryAnswer): void => void process.send?.(answer);
  const stopped = TryRun.play(artifact, steps, start_us, record => send({ type: 'record', record }));
  process.send?.({ type: 'done', stopped } satisfies TryAnswer, undefined, undefined, () => process.disconnect?.());
});
