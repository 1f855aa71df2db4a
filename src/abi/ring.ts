import { TRACE_LIMITS } from './limits.ts';
import type { FlowPlan } from './plan.ts';

/**
 * Rings: `ingress` (host → flow) and `egress` (flow → host), each a whole shared memory of the fused module.
 *
 * Positions are u32 byte counters that only grow (mod 2^32); `position & (capacity - 1)` is the place. `head` is where the
 * writer goes on, `tail` where the reader goes on. Everything is aligned to 16 bytes. A block never wraps: if it does not
 * fit before the end, a padding block fills the rest.
 */

export const RING_ALIGN = 16;
export const alignRing = (bytes: number): number => (bytes + (RING_ALIGN - 1)) & ~(RING_ALIGN - 1);

/** Ingress block: header of 16 bytes, body, padding to 16. Integers are little-endian. */
export const INGRESS_HEADER = {
  bytes: 16,
  /** u32: bytes of the body. */
  body_bytes: 0,
  /** u8: see {@link FRAMING}. */
  framing: 4,
  /** u8: how many of the block's first records are traced, see {@link TRACE}; {@link TRACE_ALL}: all. */
  trace: 5,
  /** u16: number of the driver who sent it, 0 … drivers - 1. */
  driver: 6,
  /** u64: arrival, µs since the Unix epoch. */
  now: 8,
} as const;

/** What the body of an ingress block is. Frames are whole: the host never writes half a frame. */
export const FRAMING = {
  /** Skip the block. */
  padding: 0,
  /** One message. */
  message: 1,
  /** Frames as SP over TCP has them: u64 big-endian length, message; one after the other. */
  sp_tcp: 2,
  /** Frames as SP over IPC has them: byte 0x01, u64 big-endian length, message. */
  sp_ipc: 3,
  /** No body: a tick at the block's `now`. With the `event` clock, whose ticks come from the records, it is skipped. */
  tick: 4,
  /** One message for one node alone: u16 node index, u16 input port (0 for a source), message. It counts as a record. */
  direct: 5,
} as const;

/** As `trace` of a block: all of its records. */
export const TRACE_ALL = 255;

/** Egress record: header of 32 bytes, body, padding to 16. */
export const EGRESS_HEADER = {
  bytes: 32,
  /** u32: bytes of the body. */
  body_bytes: 0,
  /** u8: see {@link EGRESS_KIND}. */
  kind: 4,
  /** u8: level of a log line; input port of a dead letter; entry of a fault; of a trace see {@link TRACE}; else 0. */
  detail: 5,
  /** u16: node index (topological order); 0xffff: no node. */
  node: 6,
  /** u64: number of the ingress record, from 1; 0 before the first record. A tick has the number of the record before it. */
  record: 8,
  /** u64: `now` of the record or tick, µs. */
  now: 16,
  /** u64: the driver's timestamp of the record, µs; 0 when there is none (tick, configure). */
  timestamp: 24,
} as const;

/** Bytes in front of the message in a `direct` block. */
export const DIRECT_HEADER_BYTES = 4;

export const EGRESS_KIND = {
  padding: 0,
  /** A sink node emitted: body goes to the node's connector. */
  output: 1,
  /** `flow.log`: body is the text. */
  log: 2,
  /** `handle` returned an error: body is u32 bytes of the reason, reason, message. */
  dead_letter: 3,
  /** A message that is no TagUpdate or TagBatch: body is its first bytes (rate-limited). */
  malformed: 4,
  /** `configure` or `load-state` returned an error: body is the text. */
  configure_error: 5,
  /** What ended in a fault and was skipped; detail: see ENTRY. Body: the record's message, the body of the direct block. */
  fault: 6,
  /** A hop of a record that is traced, see {@link TRACE}. */
  trace: 7,
} as const;
export type EgressKind = keyof typeof EGRESS_KIND;

export const NO_NODE = 0xffff;

/**
 * A record that is traced writes what happens on its way, in that order, among its other egress. Body: u32 length of the
 * message, its first bytes up to `TRACE_LIMITS.hop_bytes`. With a node: `detail` is the output port on which it emits the
 * message, wired or not; or the input port and `refused`, when its `handle` returns an error: the message is the reason.
 * Without a node: the first hop has the entry (see ENTRY) as `detail` and what came in as message (record, body of the direct
 * block, nothing for a tick); the last has `end`, and instead of a length the number of hops beyond `TRACE_LIMITS.hops`.
 */
export const TRACE = { refused: 0x80, end: 0xff } as const;

/** Most bytes that the hops of one record take in egress, with the first and the last. */
const TRACE_BYTES = (TRACE_LIMITS.hops + 1) * (EGRESS_HEADER.bytes + alignRing(4 + TRACE_LIMITS.hop_bytes));
/** Room that must be free before a record starts: what it and its trace may write, twice, for the padding before the end. */
export const egressRoom = (plan: FlowPlan): number => 2 * (plan.limits.egress_bytes + TRACE_BYTES + 64);
