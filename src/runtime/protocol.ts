/** What host and worker say to each other beside the shared memories. All of it is plain data. */

import type { FlowPlan } from '#abi';
import type { Capture, FaultRecord } from '#engine';
import type { Kept, SharedBuffers } from './kept.ts';

export interface WorkerOptions {
  /** How long the worker looks for new work before it sleeps, µs. */
  readonly spin_us: number;
  /** Whether nodes are configured before `loaded`: they begin afresh, or take over state from others. */
  readonly configure: boolean;
}

/** The state of the version before, from which a new one goes on. */
export interface Predecessor {
  readonly plan: FlowPlan;
  readonly checkpoint: Uint8Array;
  /** What `save-state` gave, by node id. */
  readonly states: Readonly<Record<string, Uint8Array>>;
  /** State from before that version, for nodes which it had dropped: a version that comes back finds it again. */
  readonly older: Predecessor | null;
}

/** What a node says of its state, or why it cannot. */
export type SavedState = { readonly bytes: Uint8Array } | { readonly reason: string };

/** How a loaded flow begins. */
export type Beginning =
  | { readonly kind: 'afresh' }
  /** Back to the checkpoint, behind what faulted. */
  | { readonly kind: 'recover'; readonly kept: Kept }
  /** With the state of a snapshot. `block`: the block that was open then will be written again at its place. */
  | { readonly kind: 'restore'; readonly checkpoint: Uint8Array; readonly block: boolean }
  | { readonly kind: 'take-over'; readonly from: Predecessor }
  /** After it was parked. */
  | { readonly kind: 'go-on' };

export type ToWorker =
  | { readonly type: 'go'; readonly beginning: Beginning }
  /** To a parked flow: the state of these nodes as they say it themselves. */
  | { readonly type: 'save'; readonly nodes: readonly number[] };

/** The host answers `loaded` with `go` once it has taken over the rings. */
export type FromWorker =
  /** The board is there to be watched while nodes are configured. */
  | { readonly type: 'compiled'; readonly board: SharedArrayBuffer }
  | ({ readonly type: 'loaded' } & SharedBuffers)
  | { readonly type: 'kept'; readonly kept: Kept }
  /** `at_us`: when it began to run. */
  | { readonly type: 'ready'; readonly at_us: number }
  /** A node refuses its props, or the state of the version before. */
  | { readonly type: 'refused'; readonly node: number; readonly text: string }
  /** `hopeless`: not a record or tick, which can be skipped. */
  | {
      readonly type: 'fault';
      readonly fault: FaultRecord;
      readonly hopeless: boolean;
      readonly capture: Capture | null;
    }
  /** Of the fault before: nodes that the record went through. */
  | { readonly type: 'recovered'; readonly path: readonly string[] }
  /** Told to stop or drain, it did, and waits for `go`. `at_us`: when it ended its last run. */
  | { readonly type: 'parked'; readonly at_us: number }
  | { readonly type: 'saved'; readonly states: readonly SavedState[] };
