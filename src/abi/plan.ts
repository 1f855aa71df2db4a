import type { RecordLimits } from './limits.ts';

/** Where `now` comes from: the host's clock, or the drivers' timestamps (deterministic: replays, tests). */
export type FlowClock = 'arrival' | 'event';

/**
 * What an engine needs to know of a flow, beside its code: the graph by index. Nodes stand in topological order (ties in
 * document order); wires in document order. Plain data: it crosses threads.
 */
export interface FlowPlan {
  readonly name: string;
  readonly nodes: readonly PlanNode[];
  readonly wires: readonly PlanWire[];
  /** Indexes of the nodes that take records, in document order. */
  readonly sources: readonly number[];
  readonly limits: RecordLimits;
  readonly tick_ms: number;
  readonly clock: FlowClock;
  readonly ingress_bytes: number;
  readonly egress_bytes: number;
}

export interface PlanNode {
  readonly id: string;
  readonly node_type: string;
  /** sha256 of the node's file, hex. */
  readonly hash: string;
  /** Props as JSON text, `{}` when there are none. */
  readonly props: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Kind of connector behind a sink (`mqtt`, `http`, `file`, …), else null. A sink has no outputs; it emits on port 0. */
  readonly sink: string | null;
  /** Kind of source (`tag`), else null. */
  readonly source: string | null;
  /** Index of this node's first output port among all output ports (a sink counts as one port). */
  readonly first_port: number;
}

export interface PlanWire {
  readonly source_node: number;
  readonly source_port: number;
  readonly target_node: number;
  readonly target_port: number;
}

/** Output ports on the board: a sink's emit(0) counts as one. */
export const portCount = (node: { outputs: readonly string[]; sink: string | null }): number =>
  node.sink === null ? node.outputs.length : 1;
