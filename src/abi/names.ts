/** Names of the node contract, as wit-bindgen writes them for `package fusewire:node@1.0.0` (see fusewire-node.wit). */

export const FLOW_IMPORT_MODULE = 'fusewire:node/flow@1.0.0';
export const NODE_INTERFACE = 'fusewire:node/node@1.0.0';

/** Imports a node may have, all from {@link FLOW_IMPORT_MODULE}. */
export const NODE_IMPORTS = ['emit', 'log', 'now'] as const;

/** Functions of interface `node`, in the order of the WIT. */
export const NODE_FUNCTIONS = ['configure', 'handle', 'tick', 'save-state', 'load-state'] as const;
export type NodeFunction = (typeof NODE_FUNCTIONS)[number];

/** `handle` → `fusewire:node/node@1.0.0#handle`. */
export const exportName = (fn: NodeFunction): string => `${NODE_INTERFACE}#${fn}`;
/** `handle` → `cabi_post_fusewire:node/node@1.0.0#handle`. */
export const postName = (fn: NodeFunction): string => `cabi_post_${NODE_INTERFACE}#${fn}`;

export const MEMORY_EXPORT = 'memory';
export const REALLOC_EXPORT = 'cabi_realloc';
export const INITIALIZE_EXPORT = '_initialize';

/** Custom section of a node: its manifest as JSON. */
export const MANIFEST_SECTION = 'fusewire.manifest';
/** Custom section of a fused flow: document, hashes, limits, fuser version as canonical JSON. */
export const FLOW_SECTION = 'fusewire.flow';

/** Levels of `flow.log`, by their WIT index. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * What a node was doing, as the board's `current` word says it (low 16 bits: what; high 16 bits: node index).
 * The order is part of the ABI.
 */
export const NODE_CALLS = [
  'none',
  '_initialize',
  'configure',
  'load-state',
  'handle',
  'tick',
  'save-state',
  'cabi_realloc',
  'cabi_post',
  'start',
] as const;
export type NodeCall = (typeof NODE_CALLS)[number];

/** Why a record ended, as the board's `fault_reason` word says it. 0 means the engine's own trap (see its message). */
export const FAULT_REASONS = [
  'trap',
  'fuel',
  'emit_port',
  'emit_range',
  'emit_context',
  'emit_limit',
  'egress_limit',
  'log_range',
  'log_level',
  'log_limit',
  'message_limit',
  'result_pointer',
  'buffer_range',
] as const;
export type FaultReason = (typeof FAULT_REASONS)[number];

/** Version of the fuser, part of every artifact: equal documents and equal versions give equal bytes. */
export const FUSER_VERSION = '0.6.0';
