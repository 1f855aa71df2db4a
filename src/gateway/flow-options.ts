import { FLOW_LIMITS, type FlowLimit, type FlowLimits, type LogLevel } from '#abi';
import type { GatewayError } from '#diagnostic';
import type { EgressRecord, FaultRecord, FlowArtifact } from '#engine';
import type { DriverStatus, Ingest } from '#ingest';
import type { RunnerOptions } from '#runtime';
import type { DeadLetterStats, Letter } from './dead-letters.ts';
import type { OverloadPolicy } from './intake.ts';
import type { SnapshotOptions } from './snapshots.ts';

export interface GatewayFlowOptions extends RunnerOptions {
  /** Where drivers push to, together with other flows. */
  readonly ingest?: Ingest;
  /** Of the flow, among those of one ingest; default: the document's name. */
  readonly id?: string;
  /** Without `ingest`: `tcp://HOST:PORT` or `ipc://PATH`, several at once, for this flow alone. */
  readonly listen?: readonly string[];
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  readonly message_bytes_max?: number;
  /** What a `${…}` in the props of a sink stands for, see `OutletOptions`. */
  readonly resolve?: (text: string) => string;
  /** File sinks write into `directory` only. */
  readonly confined?: boolean;
  /** Folder for snapshots, journal, dead letters, spools and recordings; null: nothing outlives the process. */
  readonly state?: string | null;
  /** Journal the input; default: what the document says. Needs `state`. */
  readonly durable?: boolean;
  /** What becomes of input while the flow is set aside, or has stalled; default `hold`. `spill` needs `state`. */
  readonly quarantine?: OverloadPolicy;
  /**
   * A flow that had no room for so long, and took nothing, has stalled, and the others on its ingest wait no longer.
   * Default 1,000 with `ingest`, else never; `hold` always waits.
   */
  readonly stall_ms?: number;
  readonly snapshots?: Partial<SnapshotOptions>;
  /** Longest time to handle and deliver what is in hand when the flow is stopped. */
  readonly stop_ms?: number;
}

export interface GatewayFlowEvents {
  /** One line for people; already limited in rate. @param node that said it; null: the flow as a whole */
  readonly onLog: (level: LogLevel, text: string, node: string | null) => void;
  readonly onFault?: (fault: FaultRecord) => void;
  readonly onDeadLetter?: (letter: Letter) => void;
  readonly onQuarantined?: (fault: FaultRecord, ms: number) => void;
  readonly onReleased?: () => void;
  /** A new version failed its probation and the old one is back. */
  readonly onRolledBack?: (reason: string) => void;
  readonly onRecording?: (file: string) => void;
  /** A hop of a record that is traced, with the version it went through; a `TraceCollector` puts them together. */
  readonly onTrace?: (record: EgressRecord, version: FlowArtifact) => void;
  readonly onDown?: (error: GatewayError) => void;
}

/** What there is to say about a flow beside what it counts itself. */
export interface StateStats {
  readonly letters: DeadLetterStats;
  /** Of its ingest, which other flows may share. */
  readonly drivers: readonly DriverStatus[];
  /** Messages dropped while the flow was set aside or had stalled. */
  readonly ingress_dropped: number;
  /** It takes nothing, and its policy is at work. */
  readonly stalled: boolean;
  readonly spilled_bytes: number;
  readonly journal_bytes: number;
  readonly snapshot: { readonly time: string; readonly record: number; readonly bytes: number } | null;
  readonly recordings: number;
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
