import type { FaultRecord } from './fault.ts';
import type { Kept } from './keeper.ts';

export interface WorkerOptions {
  /** How long the worker looks for new work before it sleeps, µs. */
  readonly spin_us: number;
}

/** Memories that host and worker share; a fresh engine has fresh ones. */
export interface SharedBuffers {
  readonly ingress: SharedArrayBuffer;
  readonly egress: SharedArrayBuffer;
  readonly board: SharedArrayBuffer;
}

/** What is left of a worker that was ended, beside its rings: the next one goes on from it. */
export interface Legacy {
  readonly kept: Kept;
}

/** Worker → host. The host answers `loaded` with 'go' once it has taken over the rings. */
export type FromWorker =
  | ({ readonly type: 'loaded' } & SharedBuffers)
  | { readonly type: 'kept'; readonly kept: Kept }
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly node: number }
  /** `hopeless`: not a record or tick, which can be skipped. */
  | { readonly type: 'fault'; readonly fault: FaultRecord; readonly hopeless: boolean }
  | { readonly type: 'recovered' }
  | { readonly type: 'stopped' };
