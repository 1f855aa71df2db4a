import type { GatewayError } from '#diagnostic';
import type { Capture, EgressRecord, FaultRecord, FlowArtifact } from '#engine';
import type { FaultLimits } from './fault-policy.ts';

export interface RunnerOptions extends Partial<FaultLimits> {
  readonly spin_us?: number;
  /** Without progress for this long the worker is ended. */
  readonly watchdog_ms?: number;
  /** Longest time to machine code. */
  readonly compile_ms_max?: number;
}

export interface RunnerEvents {
  /** One egress record, with the version it is of; false: keep it and call `pump` when there is room again. */
  readonly onEgress: (record: EgressRecord, version: FlowArtifact) => boolean;
  readonly onFault?: (fault: FaultRecord, capture: Capture | null) => void;
  /**
   * The state before the last fault is back, and the flow goes on behind the record that faulted.
   * @param path nodes that the record went through, the one that failed last; empty when that is not known.
   */
  readonly onRecovered?: (path: readonly string[]) => void;
  /** The ring has room again after `write` returned false. */
  readonly onRoom?: () => void;
  /** `ms`: for how long the flow is set aside; Infinity: until `release`. */
  readonly onQuarantined?: (fault: FaultRecord, ms: number) => void;
  readonly onReleased?: () => void;
  /** All that an old version had put out was taken. */
  readonly onDrained?: (version: FlowArtifact) => void;
  /** The flow is down for good. */
  readonly onDown?: (error: GatewayError) => void;
}

export const RUNNER_DEFAULTS = { spin_us: 20, watchdog_ms: 2_000, compile_ms_max: 120_000 };
