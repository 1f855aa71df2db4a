import type { Containment } from './containment.ts';

/** What a gateway of the lab needs to know; plain data. */
export interface GatewaySetup {
  /** What node is called with to be the command `fusewire`. */
  readonly launcher: readonly string[];
  readonly built_ins: string;
  /** Folder of the hostile nodes' modules. */
  readonly nodes: string;
  /** Folder for flows and outputs. */
  readonly directory: string;
  readonly cache: string;
  /** Updates a second of each driver. */
  readonly rate: number;
  readonly seed: number;
  readonly phase_ms: number;
  /** Longest time to machine code for a hostile flow. */
  readonly compile_ms_max: number;
  /** An attack that is not contained after this long is given up. */
  readonly patience_ms: number;
}

/** What two healthy flows did in some time: updates a second of both, and the worse latency of the two. */
export interface Phase {
  readonly rate: number;
  readonly p99_us: number;
}

/** What a gateway found out about one attack. */
export interface AttackResult {
  readonly containment: Containment | null;
  readonly lost: number;
  readonly before: Phase;
  readonly during: Phase;
  readonly after: Phase;
  /** The gateway is no place for a further attack. */
  readonly spoiled: boolean;
}

export type ToGateway =
  | { readonly type: 'begin'; readonly setup: GatewaySetup }
  | { readonly type: 'attack'; readonly name: string }
  | { readonly type: 'end' };
export type FromGateway =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: AttackResult }
  /** Of the whole time; sums up what the attacks have lost. */
  | { readonly type: 'ended'; readonly lost: number };
