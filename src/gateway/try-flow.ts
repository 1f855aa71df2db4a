import type { FlowClock, LogLevel } from '#abi';
import type { Diagnostic } from '#diagnostic';
import type { FaultRecord, FlowArtifact, Trace, TraceHop } from '#engine';
import { fusedFlow, unfusedFlow } from './artifact.ts';
import { doInProcess } from './job-process.ts';
import type { LoadedFlow } from './load-flow.ts';
import type { TryAnswer, TryJob } from './try-process.ts';

const MIB = 1024 * 1024;

/** Beyond a limit a try stops and says so; what it had found by then counts. */
export const TRY_LIMITS = {
  steps: 1_000,
  /** Of all messages together. */
  input_bytes: 4 * MIB,
  ticks: 100_000,
  /** Records and ticks that are told of. */
  records: 20_000,
  /** First bytes of an output of a sink, or of a dead letter. */
  output_bytes: 64 * 1024,
  /** Of all that is told. */
  answer_bytes: 16 * MIB,
  ms: 30_000,
  /** Of the process, where the system tells it. */
  memory_bytes: 1024 * MIB,
} as const;

export type TryStep =
  /** A TagUpdate, TagBatch or any other bytes. `now_us`: when it arrives, with the `arrival` clock; ticks until then run first. */
  | { readonly kind: 'message'; readonly message: Uint8Array; readonly now_us?: number }
  /** Time passes: the ticks until then run. */
  | { readonly kind: 'advance'; readonly to_us: number };

/** What became of one record, tick, or message that was none. */
export interface TryRecord extends Omit<Trace, 'what'> {
  readonly what: Trace['what'] | 'malformed';
  /** Index of the step. */
  readonly step: number;
  readonly hops: readonly TraceHop[];
  /** What sinks gave to their connectors, whole up to `TRY_LIMITS.output_bytes`; it went nowhere. */
  readonly outputs: readonly { readonly node: string; readonly bytes: number; readonly body: Uint8Array }[];
  readonly logs: readonly { readonly node: string; readonly level: LogLevel; readonly text: string }[];
  readonly dead_letters: readonly {
    readonly node: string;
    readonly port: string;
    readonly reason: string;
    readonly message: Uint8Array;
  }[];
  /** What it ended in; the hops are those until then. The flow goes on as if the record had not come. */
  readonly fault: FaultRecord | null;
}

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
    await doInProcess<TryJob, TryAnswer>(
      'try-process',
      { artifact, steps, start_us: options.start_us ?? Date.now() * 1_000 },
      { ms: options.ms ?? TRY_LIMITS.ms, bytes: TRY_LIMITS.memory_bytes },
      answer => {
        if (answer.type === 'record') records.push(answer.record);
        else stopped = answer.stopped;
        return answer.type === 'done';
      },
      why => new Error(why),
      options.signal,
    );
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
