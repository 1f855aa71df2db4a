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
  /** @param now µs since the epoch. @returns 0, or 1 + index of the node that refused its props. */
  configure(now: bigint): number;
  /** Handles up to `max` messages. @returns how many; 0: the ring is empty, or egress is full (see the board). */
  run(max: number): number;
  tick(now: bigint): void;
  /** State of one node; null when it has no save-state. A copy. */
  save(node: number): Uint8Array | null;
  /** @returns false when the node refused the state. */
  load(node: number, state: Uint8Array): boolean;
}
