/**
 * Every limit of Fusewire with its default, in one place. Beyond a limit stands a clear error, never a silent cut.
 * Units are the last word of a name; names without one count things.
 */

/** Limits of one node's module, checked before fusion. */
export const NODE_LIMITS = {
  module_bytes: 16 * 1024 * 1024,
  manifest_bytes: 64 * 1024,
  /** Ports of one side that a manifest may name; a flow takes `DOCUMENT_LIMITS.ports`. */
  manifest_ports: 64,
  functions: 20_000,
  function_locals: 5_000,
  function_body_bytes: 2 * 1024 * 1024,
  types: 10_000,
  globals: 10_000,
  tables: 16,
  /** Of all tables of a node together, at the start and later; a declared maximum above it is lowered. */
  table_elements: 100_000,
  data_segments: 10_000,
  element_segments: 10_000,
  exports: 10_000,
  /** Pages of 64 KiB that one node may reach; a declared maximum above it is lowered, a minimum above it refused. */
  memory_pages: 256,
} as const;

/** Limits of a flow document, checked by `flow`. */
export const DOCUMENT_LIMITS = {
  document_bytes: 4 * 1024 * 1024,
  nesting: 64,
  nodes: 1_024,
  wires: 4_096,
  ports: 4,
  /** Findings reported of one document; a last one says that there are more. */
  findings: 500,
  props_bytes: 64 * 1024,
  /** Values held against schemas, over all props of one document; a schema can make a small document a long task. */
  props_steps: 1_000_000,
  id_bytes: 64,
  tick_ms_min: 1,
  tick_ms_max: 60_000,
  tick_ms: 100,
} as const;

/** Limits of one record in a running flow; `limits` of the document may lower or raise each up to its `max`. */
export const RECORD_LIMITS = {
  fuel: { default: 50_000_000, max: 10_000_000_000 },
  emits: { default: 65_536, max: 16_777_216 },
  /** Bytes of egress, headers included, that one record (or one tick) may write. */
  egress_bytes: { default: 1_048_576, max: 1_048_576 },
  log_bytes: { default: 65_536, max: 1_048_576 },
} as const;
export type RecordLimit = keyof typeof RECORD_LIMITS;
export type RecordLimits = { readonly [K in RecordLimit]: number };

export const DEFAULT_RECORD_LIMITS: RecordLimits = {
  fuel: RECORD_LIMITS.fuel.default,
  emits: RECORD_LIMITS.emits.default,
  egress_bytes: RECORD_LIMITS.egress_bytes.default,
  log_bytes: RECORD_LIMITS.log_bytes.default,
};

export const WASM_PAGE_BYTES = 65_536;

const MIB = 1024 * 1024;
/** Limits of a flow as a whole; `limits` of the document may set each within its range. */
export const FLOW_LIMITS = {
  /** Memory that one node may reach. */
  node_memory_bytes: { default: 16 * MIB, min: WASM_PAGE_BYTES, max: 16 * MIB },
  /** Memory that all nodes together may reach, looked at with each checkpoint. */
  memory_bytes: { default: 256 * MIB, min: MIB, max: 4_096 * MIB },
  /** Records in flight: read from drivers, and not behind a checkpoint yet. A power of two, else the next lower one. */
  in_flight_bytes: { default: 4 * MIB, min: 2 * MIB, max: 64 * MIB },
  /** Dead letters kept; beyond it the oldest go, and are counted. */
  dead_letters: { default: 10_000, min: 1, max: 1_000_000 },
  /** Returned errors of one node that become dead letters in a second; the others are counted. */
  dead_letters_per_second: { default: 1_000, min: 1, max: 1_000_000 },
  /** Input on disk while the flow is set aside. */
  spill_bytes: { default: 256 * MIB, min: MIB, max: 1_048_576 * MIB },
  /** Journal of a durable flow. */
  journal_bytes: { default: 256 * MIB, min: 16 * MIB, max: 1_048_576 * MIB },
} as const;
export type FlowLimit = keyof typeof FLOW_LIMITS;
export type FlowLimits = { readonly [K in FlowLimit]: number };

/** Rings of a fused flow. Capacities are powers of two. */
export const RING_LIMITS = {
  ingress_bytes: 4 * 1024 * 1024,
  egress_bytes: 4 * 1024 * 1024,
  /** One message from a driver; a longer frame closes the connection. */
  message_bytes: 512 * 1024,
  /** Drivers that are told apart by their number; further ones share the last. */
  drivers: 64,
  /** First bytes of a malformed message kept for the log. */
  malformed_sample_bytes: 64,
  /** At most one malformed sample per flow in this time. */
  malformed_sample_us: 1_000_000,
  /** `event` clock: ticks made up for one jump of time; a longer gap skips the ticks in between. */
  catch_up_ticks: 1_000,
} as const;

/** What a traced record may tell of its way. Its room comes on top of the record's `egress_bytes`. */
export const TRACE_LIMITS = {
  /** Hops of one record; how many there were beyond it is said at the end. */
  hops: 256,
  /** First bytes of a message. */
  hop_bytes: 512,
} as const;
