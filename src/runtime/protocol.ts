import type { FaultRecord } from './fault.ts';

export interface WorkerOptions {
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
