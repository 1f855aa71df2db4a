import type { FlowPlan } from '#abi';

/** Code of a flow, plain data: it crosses threads. */
export type FlowCode =
  | { readonly kind: 'fused'; readonly wasm: Uint8Array }
  /** One metered module per node of the plan, same order. */
  | { readonly kind: 'unfused'; readonly modules: readonly Uint8Array[] };

export interface FlowArtifact {
  readonly plan: FlowPlan;
  readonly code: FlowCode;
}

/**
 * One flow, loaded. Fused and unfused behave alike: same records in, same egress out, same counters on the board.
 * Every call may throw what the engine throws on a trap; `faultOf` says what it means.
 */
export interface Engine {
  readonly ingress: SharedArrayBuffer;
  readonly egress: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
  /** What the nodes keep between two runs, in the order of the plan. Live: a view of it, not a copy. */
  readonly nodes: readonly NodeState[];
  /** @param now µs since the epoch. @returns 0, or 1 + index of the node that refused its props. */
  configure(now: bigint): number;
  /** Instead of configure, after the nodes' state and the board's were put back. */
  resume(): void;
  /** While muted, nothing that the flow puts out is published. A poisoned record or tick ends it. */
  mute(on: boolean): void;
  /** Handles up to `max` messages. @returns how many; 0: the ring is empty, or egress is full (see the board). */
  run(max: number): number;
  tick(now: bigint): void;
  /** State of one node, as it says it itself; null when it has no save-state. A copy. */
  save(node: number): Uint8Array | null;
  /** @returns false when the node refused the state. */
  load(node: number, state: Uint8Array): boolean;
}

/** Memory, mutable globals and changeable tables of one node. */
export interface NodeState {
  readonly memory: WebAssembly.Memory;
  /** In the order of the module's globals. */
  readonly globals: readonly WebAssembly.Global[];
  /** Tables that the node's code changes, with all that can stand in them. */
  readonly tables: readonly { readonly table: WebAssembly.Table; readonly references: readonly object[] }[];
}

/** What a module exports of one node's state, found by name, see `stateExports` of fusion. */
export function nodeState(exports: WebAssembly.Exports, id: string, memory: string): NodeState {
  const numbered = (kind: string): unknown[] => {
    const prefix = `${kind}:${id}/`;
    return Object.keys(exports)
      .filter(name => name.startsWith(prefix))
      .sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
      .map(name => exports[name]);
  };
  const references = numbered('reference') as object[];
  return {
    memory: exports[memory] as WebAssembly.Memory,
    globals: numbered('global') as WebAssembly.Global[],
    tables: (numbered('table') as WebAssembly.Table[]).map(table => ({ table, references })),
  };
}
