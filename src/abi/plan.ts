import type { RecordLimits } from './limits.ts';
import type { NodeFunction } from './names.ts';

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
  /** Pages that one node may reach, as it sees them. */
  readonly node_pages_max: number;
  /** Bytes of memory that all nodes may reach together. */
  readonly memory_bytes_max: number;
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
  /** Functions of the contract that its module exports. */
  readonly functions: readonly NodeFunction[];
  /** Index of this node's first output port among all output ports (a sink counts as one port). */
  readonly first_port: number;
  /** Byte of the node's memory at which its address 0 lies, see {@link memoryStart}. */
  readonly memory_start: number;
}

export interface PlanWire {
  readonly source_node: number;
  readonly source_port: number;
  readonly target_node: number;
  readonly target_port: number;
}

const CACHE_LINE_BYTES = 64;
const CACHE_SETS = 64;

/**
 * Address 0 of a node's memory lies some cache lines into it, differently for each node. Every memory begins on a page, so
 * what equal nodes touch for every message (buffer, result, state) would fall into the same few sets of the processor's
 * first cache, which hold eight lines each: 32 equal nodes in a chain took twice the time. 17 and 63 have no common
 * divisor: 63 nodes get 63 different starts.
 */
export const memoryStart = (index: number): number => (((index * 17) % (CACHE_SETS - 1)) + 1) * CACHE_LINE_BYTES;

/** Pages that a node's memory has beyond those that the node sees, for its start. */
export const MEMORY_START_PAGES = 1;

/** Output ports on the board: a sink's emit(0) counts as one. */
export const portCount = (node: { outputs: readonly string[]; sink: string | null }): number =>
  node.sink === null ? node.outputs.length : 1;
