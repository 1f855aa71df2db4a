import type { FlowClock } from '#abi';
import type { Diagnostic } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import { fusedFlow, unfusedFlow } from './artifact.ts';
import { doInProcess } from './job-process.ts';
import type { LoadedFlow } from './load-flow.ts';
import { TRY_LIMITS, type TryAnswer, type TryJob, type TryRecord, type TryStep } from './try-job.ts';

export interface TryResult {
  /** In the order in which they ran. Ticks that did nothing are left out. */
  readonly records: readonly TryRecord[];
  /** Why it ended before the last step; null: it did not. */
  readonly stopped: string | null;
}

export interface TryOptions {
  readonly fused: boolean;
  /** Where fused modules are kept. */
  readonly cache: string;
  /** Default `event`: time comes from the messages. */
  readonly clock?: FlowClock;
  /** `arrival` clock: time at which the flow begins; default: now. */
  readonly start_us?: number;
  /** Longest time; default `TRY_LIMITS.ms`. */
  readonly ms?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a checked flow on messages, every record traced, in a process of its own. Nothing reaches a sink. Whatever its nodes
 * do ends with that process. @throws GatewayError fusion-failed
 */
export async function tryFlow(
  flow: LoadedFlow,
  steps: readonly TryStep[],
  options: TryOptions,
): Promise<TryResult | { readonly diagnostics: Diagnostic[] }> {
  const artifact = await artifactOf(flow, options);
  return 'diagnostics' in artifact ? artifact : tryArtifact(artifact, steps, options);
}

/** The same of what is fused or unfused already; the clock is the artifact's. */
export async function tryArtifact(
  artifact: FlowArtifact,
  steps: readonly TryStep[],
  options: Pick<TryOptions, 'start_us' | 'ms' | 'signal'> = {},
): Promise<TryResult> {
  const bytes = steps.reduce((sum, step) => sum + (step.kind === 'message' ? step.message.length : 0), 0);
  if (steps.length > TRY_LIMITS.steps)
    return { records: [], stopped: `there are more than ${TRY_LIMITS.steps} messages` };
  if (bytes > TRY_LIMITS.input_bytes)
    return { records: [], stopped: `the messages have more than ${TRY_LIMITS.input_bytes} bytes` };
  const records: TryRecord[] = [];
  let stopped: string | null = null;
  try {
    await doInProcess<TryJob, TryAnswer>('try-process', {
      job: { artifact, steps, start_us: options.start_us ?? Date.now() * 1_000 },
      limits: { ms: options.ms ?? TRY_LIMITS.ms, bytes: TRY_LIMITS.memory_bytes },
      onAnswer: answer => {
        if (answer.type === 'record') records.push(answer.record);
        else stopped = answer.stopped;
        return answer.type === 'done';
      },
      failed: why => new Error(why),
      signal: options.signal,
    });
  } catch (error) {
    stopped = (error as Error).message;
  }
  return { records, stopped };
}

async function artifactOf(
  flow: LoadedFlow,
  { fused, cache, clock = 'event' }: TryOptions,
): Promise<FlowArtifact | { readonly diagnostics: Diagnostic[] }> {
  if (!fused) return unfusedFlow(flow, clock);
  const made = await fusedFlow(flow, { clock, cache });
  return 'diagnostics' in made ? made : made.artifact;
}
