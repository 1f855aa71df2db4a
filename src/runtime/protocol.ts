import type { FaultRecord } from './fault.ts';

export interface WorkerOptions {
  /** Compile everything with the optimising compiler before the first record. */
  readonly ahead_of_time: boolean;
  /** How long the worker looks for new work before it sleeps, µs. */
  readonly spin_us: number;
}

/** Worker → host. The host answers `loaded` with 'go' once the rings are filled in. */
export type FromWorker =
  | {
      readonly type: 'loaded';
      readonly ingress: SharedArrayBuffer;
      readonly egress: SharedArrayBuffer;
      readonly board: SharedArrayBuffer;
    }
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly node: number }
  | { readonly type: 'fault'; readonly fault: FaultRecord }
  | { readonly type: 'stopped' };
