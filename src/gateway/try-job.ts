/** What the process that tries a flow is asked, what it answers, and within which limits. */
import type { LogLevel } from '#abi';
import type { FaultRecord, FlowArtifact, Trace, TraceHop } from '#engine';

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

export interface TryJob {
  readonly artifact: FlowArtifact;
  readonly steps: readonly TryStep[];
  readonly start_us: number;
}
export type TryAnswer =
  | { readonly type: 'record'; readonly record: TryRecord }
  /** `stopped`: why it ended before the last step. */
  | { readonly type: 'done'; readonly stopped: string | null };
