import { FLOW_LIMITS, type FlowLimit, type FlowLimits, type LogLevel } from '#abi';
import type { GatewayError } from '#diagnostic';
import type { FaultRecord, RunnerOptions } from '#runtime';
import type { Letter } from './dead-letters.ts';
import type { QuarantinePolicy } from './intake.ts';
import type { SnapshotOptions } from './snapshots.ts';

export interface GatewayFlowOptions extends RunnerOptions {
  /** `tcp://HOST:PORT` or `ipc://PATH`, several at once. */
  readonly listen: readonly string[];
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  readonly message_bytes_max?: number;
  /** What a `${…}` in the props of a sink stands for, see `OutletOptions`. */
  readonly resolve?: (text: string) => string;
  /** Folder for snapshots, journal, dead letters, spools and recordings; null: nothing outlives the process. */
  readonly state?: string | null;
  /** Journal the input; default: what the document says. Needs `state`. */
  readonly durable?: boolean;
  /** What becomes of input while the flow is set aside; default `hold`. `spill` needs `state`. */
  readonly quarantine?: QuarantinePolicy;
  readonly snapshots?: Partial<SnapshotOptions>;
  /** Longest time to handle and deliver what is in hand when the flow is stopped. */
  readonly stop_ms?: number;
}

export interface GatewayFlowEvents {
  /** One line for people; already limited in rate. */
  readonly onLog: (level: LogLevel, text: string) => void;
  readonly onFault?: (fault: FaultRecord) => void;
  readonly onDeadLetter?: (letter: Letter) => void;
  readonly onQuarantined?: (fault: FaultRecord, ms: number) => void;
  readonly onReleased?: () => void;
  /** A new version failed its probation and the old one is back. */
  readonly onRolledBack?: (reason: string) => void;
  readonly onRecording?: (file: string) => void;
  readonly onDown?: (error: GatewayError) => void;
}

/** What the document says about how the flow is run. */
export interface FlowTraits {
  readonly document: {
    readonly durable?: boolean | undefined;
    readonly limits?: { readonly [K in FlowLimit]?: number | undefined } | undefined;
  };
}

/** Limits of the document, with defaults where it has none. */
export const flowLimits = (limits: FlowTraits['document']['limits']): FlowLimits =>
  Object.fromEntries(
    Object.entries(FLOW_LIMITS).map(([name, range]) => [name, limits?.[name as FlowLimit] ?? range.default]),
  ) as FlowLimits;
