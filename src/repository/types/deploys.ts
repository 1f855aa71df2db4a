import type { Diagnostic } from '#diagnostic';
import type { DesiredState } from './flows.ts';
import type { Listing, Page } from './page.ts';

export const DEPLOY_KINDS = ['deploy', 'start', 'stop', 'pause', 'resume', 'rollback'] as const;
export type DeployKind = (typeof DEPLOY_KINDS)[number];
export const DEPLOY_STATES = ['queued', 'running', 'done', 'failed'] as const;
export type DeployState = (typeof DEPLOY_STATES)[number];
export interface DeployStage {
  readonly stage: string;
  readonly began_at: number;
  readonly ended_at: number | null;
}
export interface DeployError {
  /** Of the table of gateway errors, or `gateway-ended`. */
  readonly code: string;
  readonly message: string;
}
export interface DeployRow {
  readonly id: number;
  readonly flow: string;
  readonly version: number | null;
  readonly kind: DeployKind;
  readonly state: DeployState;
  /** The stage it is in, or ended in. */
  readonly stage: string | null;
  readonly stages: readonly DeployStage[];
  readonly by: string;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  /** JSON, as it was given to `commit`; `{left_out_bytes}` for one beyond `json_bytes`. */
  readonly report: unknown;
  readonly diagnostics: readonly Diagnostic[];
  readonly error: DeployError | null;
}
export interface NewDeploy {
  readonly flow: string;
  readonly version: number | null;
  readonly kind: DeployKind;
  readonly by: string;
}
export interface Deploys {
  /** Queued. */
  create(deploy: NewDeploy): DeployRow;
  get(id: number): DeployRow | null;
  /** Newest first. */
  list(
    filter?: Page & { readonly flow?: string | undefined; readonly state?: DeployState | undefined },
  ): Listing<DeployRow>;
  /** queued → running. @throws GatewayError conflict when it is not queued */
  start(id: number): DeployRow;
  /** The stage before ends, this one begins. May be lost in a power cut. @throws GatewayError conflict when it is not running */
  enter(id: number, stage: string): DeployRow;
  /** The job is done and the flow has this version and desired state: both or neither. @throws GatewayError conflict when it is not running */
  commit(id: number, flow: string, version: number | null, desired: DesiredState, report: unknown): DeployRow;
  /** queued or running → failed; the flow stays as it is. @throws GatewayError conflict when it has ended */
  fail(id: number, error: DeployError, diagnostics?: readonly Diagnostic[]): DeployRow;
}

export interface IdempotencyRow {
  readonly scope: string;
  readonly key: string;
  readonly request_hash: string;
  /** null: the first request is under way. */
  readonly status: number | null;
  /** null: also of an answer that is too long to be kept. */
  readonly body: string | null;
  readonly created_at: number;
}
export interface Idempotency {
  /** @returns null: it is new, go on, then `finish` or `forget`; else what became of the first. @throws GatewayError idempotency-mismatch */
  begin(scope: string, key: string, request_hash: string): IdempotencyRow | null;
  finish(scope: string, key: string, status: number, body: string): void;
  /** It came to nothing: the same key may be tried again. */
  forget(scope: string, key: string): void;
  /** Deletes what is older than a day. @returns how many */
  purge(now: number): number;
}
