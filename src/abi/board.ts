import { type FlowPlan, portCount } from './plan.ts';

/**
 * The board: a shared memory of the fused module with control words, the cursor, counters and the fault record.
 * i32 words are read and written with Atomics by both sides; u64 counters are written by the flow only and may be read torn.
 * Words that different threads write stand on different cache lines of 64 bytes.
 */

/** Byte offsets of i32 words. */
export const BOARD = {
  /** ASCII `FWB1`. */
  magic: 0,
  /** Version of this layout: 4. */
  version: 4,
  node_count: 8,
  port_count: 12,
  wire_count: 16,
  /** Written by the flow: end of what the record in hand has put out. After a fault nobody is told of it. */
  egress_write: 20,

  // Written by the host.
  ingress_head: 64,
  egress_tail: 68,
  /** Incremented and notified by the host when there is something to do. */
  worker_wake: 72,
  /** See {@link COMMAND}. */
  command: 76,
  /** 1 while the host wants a `host_wake` for new egress, and for free ingress space when it is starved. */
  host_waiting: 80,
  /** 1: blocks that were read stay in the ring until the worker moves `ingress_tail` (at a checkpoint). */
  retain: 84,
  /** 1 while the host has records for which the ring had no room. */
  host_starved: 88,

  // Written by the flow's side.
  /** Everything before it may be written over. */
  ingress_tail: 128,
  egress_head: 132,
  /** Incremented and notified by the worker. */
  host_wake: 136,
  /** 1 while the worker sleeps. */
  worker_waiting: 140,
  /** See {@link FLOW_STATE}. */
  state: 144,
  /** Node index << 16 | index into NODE_CALLS. */
  current: 148,
  /** Index into FAULT_REASONS, set before the flow traps by itself; else 0. */
  fault_reason: 152,
  /** 1 when `run` returned because egress has no room for another record. */
  egress_full: 156,

  // Cursor into the ingress ring: positions (as ring counters) of the block being read. 0-length: none.
  /** Next byte in the block's body to read a frame from. */
  cursor: 160,
  /** End of the block's body. */
  cursor_end: 164,
  /** Next byte in the batch being taken apart. */
  batch_cursor: 168,
  /** End of the batch; equal to batch_cursor: no batch. */
  batch_end: 172,
  /** 1 while a block is open. */
  block_open: 176,
  /** Framing of the open block. */
  block_framing: 180,
  /** Records of the open block that are still to be traced; TRACE_ALL: all. */
  trace_left: 184,
  /** Position of the open block, or of the next one. Equal to `ingress_tail` unless blocks are retained. */
  ingress_read: 188,
  /** What the flow ran last: see {@link ENTRY}. */
  entry: 320,
} as const;

/** Byte offsets of u64 values. */
export const BOARD_U64 = {
  /** Records (tag updates) handled, malformed ones not counted. */
  records: 192,
  /** Malformed messages and updates. */
  malformed: 200,
  batches: 208,
  /** Bytes of messages taken from the ring, headers of frames not counted. */
  ingress_bytes: 216,
  /** Ticks run. */
  ticks: 224,
  /** Number of the current record, from 1. */
  record: 232,
  /** `now` of the current record or tick. */
  now: 240,
  /** Driver's timestamp of the current record. */
  timestamp: 248,
  /** `now` of the last malformed sample. */
  malformed_sampled_at: 256,
  /** `event` clock: time of the next tick; 0 before the first record. */
  next_tick: 264,
  /** Messages that ended as dead letters. */
  dead_letters: 272,
  /** Egress records published. */
  egress_records: 280,
  /** Cursor moves in `run`: each message, batch header and broken piece is one. */
  steps: 288,
  /** Ingress blocks read to their end; padding does not count. */
  blocks: 296,
  /** Number of a record that is not run again, but put out as a fault letter; 0: none. */
  poison_record: 304,
  /** Number of a tick (as `ticks` counts) that is not run again; 0: none. */
  poison_tick: 312,
} as const;

export const ENTRY = { none: 0, record: 1, tick: 2, direct: 3 } as const;
/**
 * Where a flow stands, as bytes of the board: cursor and counters. Together with memories, globals and tables of
 * the nodes this is the whole state of a flow between two runs.
 */
export const BOARD_STATE_FROM = 160;

export const COMMAND = { run: 0, drain: 1, stop: 2 } as const;
export const FLOW_STATE = { loading: 0, ready: 1, running: 2, idle: 3, drained: 4, stopped: 5, faulted: 6 } as const;

/** The counters that depend on the graph stand from here on. */
export const BOARD_COUNTERS = 384;

/** Offsets of the counters that depend on the graph. */
export interface BoardLayout {
  readonly nodes: number;
  readonly ports: number;
  readonly wires: number;
  readonly bytes: number;
}

/** u64 per node, in topological order. */
export const NODE_COUNTERS = {
  bytes: 24,
  /** `handle` returned an error. */
  errors: 0,
  /** Records given to this node as a source. */
  source_records: 8,
  /** Fuel burned in calls made from the entry (source records, ticks), inclusive of everything downstream. */
  entry_fuel: 16,
} as const;
/** u64 per output port, nodes in topological order, ports in manifest order. */
export const PORT_COUNTERS = { bytes: 8, emitted: 0 } as const;
/** u64 per wire, in document order. */
export const WIRE_COUNTERS = {
  bytes: 16,
  /** Fuel burned behind the wire, inclusive. */
  fuel: 0,
  /** What its port had emitted before the wire was there: messages of a wire = emitted of its port − since. */
  since: 8,
} as const;

/** Lays out the counters that depend on the graph. */
export function boardLayout(counts: { nodes: number; ports: number; wires: number }): BoardLayout {
  const nodes = BOARD_COUNTERS;
  const ports = nodes + counts.nodes * NODE_COUNTERS.bytes;
  const wires = ports + counts.ports * PORT_COUNTERS.bytes;
  return { nodes, ports, wires, bytes: wires + counts.wires * WIRE_COUNTERS.bytes };
}

export const layoutOf = (plan: FlowPlan): BoardLayout =>
  boardLayout({
    nodes: plan.nodes.length,
    ports: plan.nodes.reduce((sum, node) => sum + portCount(node), 0),
    wires: plan.wires.length,
  });

export const BOARD_MAGIC = 0x31425746;
export const BOARD_VERSION = 4;
