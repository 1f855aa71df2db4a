/**
 * What the embedded storage holds, as its users see it. All times are ms since the epoch; `by`, `added_by`, … name a user,
 * or `gateway` for what the gateway does by itself. Rows are copies: changing one changes nothing.
 *
 * Unless said otherwise a method throws GatewayError `not-found` when what it is to change is not there, `storage-full` when
 * a limit of `REPOSITORY_LIMITS` or the disk is reached, `storage-failed` when the disk fails. `get` gives null instead.
 */
import type { Manifest } from '#abi';
import type { Diagnostic } from '#diagnostic';
import type { Catalog, FlowDocument } from '#flow';

/** A page of a list: what comes behind the cursor `after`. */
export interface Page {
  /** 1 … `REPOSITORY_LIMITS.page_rows_max`; default `page_rows`. */
  readonly limit?: number | undefined;
  /** `next` of the page before. @throws GatewayError cursor-invalid */
  readonly after?: string | undefined;
}
export interface Listing<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null: this is the last. */
  readonly next: string | null;
}

export interface Repository {
  readonly directory: string;
  readonly blobs: Blobs;
  readonly nodes: Nodes;
  readonly flows: Flows;
  readonly deploys: Deploys;
  readonly idempotency: Idempotency;
  readonly users: Users;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly audit: Audit;
  readonly secrets: Secrets;
  /** Runs `work`, which must not wait, as one transaction: all of its changes are kept, or, when it throws, none. */
  transaction<T>(work: () => T): T;
  /** Gives the data directory back; nothing may be called afterwards. */
  close(): void;
}

// Blobs

/** Bytes by their sha256 (64 lower-case hex digits). A blob lives as long as a row names it: others go at the next open. */
export interface Blobs {
  /** On disk, synced, when it returns. @returns sha256. @throws GatewayError too-large */
  put(bytes: Uint8Array): string;
  /** @throws GatewayError not-found, blob-damaged when the bytes are not those that were put */
  get(hash: string): Uint8Array;
  has(hash: string): boolean;
  /** Where the file is; it may not be there. */
  path(hash: string): string;
  /** At once, whoever names it. What is not there is no error. */
  delete(hash: string): void;
  list(): readonly string[];
}

// Node library

export type NodeOrigin = 'built-in' | 'upload';
export interface NodeRow {
  /** sha256 of the file. */
  readonly hash: string;
  readonly node_type: string;
  /** Semver. */
  readonly version: string;
  readonly manifest: Manifest;
  readonly bytes: number;
  readonly origin: NodeOrigin;
  readonly deprecated: boolean;
  readonly note: string | null;
  readonly added_by: string;
  readonly added_at: number;
}
export interface NewNode {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  readonly origin: NodeOrigin;
  readonly by: string;
}
export interface NodeFilter extends Page {
  readonly type?: string | undefined;
  readonly origin?: NodeOrigin | undefined;
  readonly deprecated?: boolean | undefined;
}
/** A version of a flow that a node's hash stands in. */
export interface Pin {
  readonly flow: string;
  readonly version: number;
  /** It is the deployed version of its flow, or is being deployed. */
  readonly deployed: boolean;
}
/** The library as checks and fusion take it; what is added or removed later shows. */
export interface NodeCatalog extends Catalog {
  /** @throws GatewayError not-found, blob-damaged */
  bytes(hash: string): Uint8Array;
  /** The node's file, for another process to read. */
  file(hash: string): string;
}
export interface Nodes {
  /**
   * Blob and row. The same bytes again: the row that is there. A built-in of the same version with other bytes (another
   * build) takes the version; the former keeps its hash, so that flows go on, and is deprecated.
   * @throws GatewayError node-version-taken
   */
  add(node: NewNode): NodeRow;
  get(hash: string): NodeRow | null;
  /** By type, then by the text of the version. */
  list(filter?: NodeFilter): Listing<NodeRow>;
  /** All versions, newest first. */
  versionsOf(node_type: string): readonly NodeRow[];
  /** The newest that is neither deprecated nor a pre-release. */
  defaultOf(node_type: string): NodeRow | null;
  deprecate(hash: string, note: string): NodeRow;
  undeprecate(hash: string): NodeRow;
  /** Row and blob. @throws GatewayError in-use, naming the flows, while a deployed version pins it */
  remove(hash: string): void;
  pinnedBy(hash: string): readonly Pin[];
  catalog(): NodeCatalog;
}

// Flows

export const OVERLOAD_POLICIES = ['hold', 'spill', 'drop'] as const;
export type OverloadPolicy = (typeof OVERLOAD_POLICIES)[number];
/** How this gateway runs the flow; not part of the document. */
export interface FlowSettings {
  readonly overload: OverloadPolicy;
  readonly test_before_deploy: boolean;
  /** Time in which a new version may fail and be rolled back. */
  readonly probation_ms: number;
}
/** What is left out stays, or has its default. */
export type FlowSettingsChange = { readonly [K in keyof FlowSettings]?: FlowSettings[K] | undefined };
export const DEFAULT_FLOW_SETTINGS: FlowSettings = {
  overload: 'spill',
  test_before_deploy: false,
  probation_ms: 10_000,
};
export const DESIRED_STATES = ['stopped', 'running', 'paused'] as const;
export type DesiredState = (typeof DESIRED_STATES)[number];

export interface FlowRow {
  /** `[a-z][a-z0-9-]{0,63}`. */
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly settings: FlowSettings;
  readonly desired: DesiredState;
  readonly deployed_version: number | null;
}
/** A golden test of a flow, as text (YAML). */
export interface FlowTest {
  readonly name: string;
  readonly text: string;
}
export interface NewFlow {
  readonly id: string;
  readonly name: string;
  readonly by: string;
  readonly settings?: FlowSettingsChange | undefined;
  /** The first draft. */
  readonly document: string;
  readonly tests?: readonly FlowTest[] | undefined;
}
/** The one editable document of a flow. */
export interface Draft {
  readonly flow: string;
  /** JSON as the editor wrote it; whether it is a flow is not looked at here. */
  readonly document: string;
  readonly tests: readonly FlowTest[];
  /** From 1; grows by one with each save. */
  readonly revision: number;
  readonly updated_by: string;
  readonly updated_at: number;
}
export interface DraftChange {
  /** Left out: stays as it is. */
  readonly document?: string | undefined;
  readonly tests?: readonly FlowTest[] | undefined;
  readonly by: string;
}
/** An immutable version without its content. */
export interface VersionSummary {
  readonly flow: string;
  /** From 1, without gaps. */
  readonly number: number;
  /** Of the canonical text: equal hashes run the same. */
  readonly sha256: string;
  readonly message: string;
  readonly author: string;
  readonly created_at: number;
}
export interface VersionRow extends VersionSummary {
  /** Pinned, with layout. */
  readonly document: FlowDocument;
  readonly canonical: string;
  readonly tests: readonly FlowTest[];
}
export interface NewVersion {
  /** Every node pinned to a hash that is in the library. */
  readonly document: FlowDocument;
  /** Of `canonicalFlow`. */
  readonly canonical: string;
  readonly tests: readonly FlowTest[];
  readonly message: string;
  readonly author: string;
}
export interface Flows {
  /** Flow and draft. @throws GatewayError exists */
  create(flow: NewFlow): FlowRow;
  get(id: string): FlowRow | null;
  /** By id. */
  list(filter?: Page & { readonly desired?: DesiredState | undefined }): Listing<FlowRow>;
  /** Settings that are left out stay. */
  update(
    id: string,
    change: {
      readonly name?: string | undefined;
      readonly settings?: FlowSettingsChange | undefined;
      readonly desired?: DesiredState | undefined;
    },
  ): FlowRow;
  /** Draft, versions and deploys go with it; the audit stays. @throws GatewayError in-use unless it is stopped and no deploy is under way */
  remove(id: string): void;
  draft(id: string): Draft | null;
  /** @param expected revision that the change was made from; null: whatever it is. @throws GatewayError conflict */
  saveDraft(id: string, expected: number | null, change: DraftChange): Draft;
  /** @throws GatewayError not-found also when a pinned node is not in the library */
  cutVersion(id: string, version: NewVersion): VersionRow;
  version(id: string, number: number): VersionRow | null;
  /** Newest first. */
  versions(id: string, page?: Page): Listing<VersionSummary>;
}

// Deploys

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

// Requests that are not to happen twice

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

// Access: rows only; hashing and encryption are not done here

export const ROLES = ['viewer', 'editor', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export interface UserRow {
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly disabled: boolean;
  readonly created_at: number;
  readonly updated_at: number;
  readonly last_login_at: number | null;
}
export interface Users {
  /** @throws GatewayError exists */
  create(user: { readonly name: string; readonly role: Role; readonly password_hash: string }): UserRow;
  get(name: string): UserRow | null;
  /** By name. */
  list(page?: Page): Listing<UserRow>;
  /** What is left out stays. */
  update(
    name: string,
    change: {
      readonly role?: Role | undefined;
      readonly password_hash?: string | undefined;
      readonly disabled?: boolean | undefined;
      readonly last_login_at?: number | undefined;
    },
  ): UserRow;
  /** Sessions and tokens go with it. */
  remove(name: string): void;
  count(filter?: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined }): number;
}

export interface SessionRow {
  /** sha256 of the session's id, hex. */
  readonly hash: string;
  readonly user: string;
  readonly csrf_hash: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly last_seen_at: number;
  readonly address: string | null;
}
export interface Sessions {
  /** Beyond the limit of one user the one seen longest ago goes. */
  create(session: Omit<SessionRow, 'created_at' | 'last_seen_at'>): SessionRow;
  /** Expired ones, too. */
  get(hash: string): SessionRow | null;
  /** Of one user, newest first. */
  listOf(user: string): readonly SessionRow[];
  /** May be lost in a power cut. What is not there is no error. */
  touch(hash: string, expires_at?: number): void;
  remove(hash: string): void;
  removeOf(user: string): number;
  /** Deletes what has expired. @returns how many */
  purge(now: number): number;
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  /** sha256 of the token, hex. */
  readonly hash: string;
  readonly role: Role;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}
export interface Tokens {
  create(token: Pick<TokenRow, 'name' | 'user' | 'hash' | 'role' | 'expires_at'>): TokenRow;
  get(id: string): TokenRow | null;
  /** Expired and revoked ones, too. */
  byHash(hash: string): TokenRow | null;
  /** Newest first. */
  list(filter?: Page & { readonly user?: string | undefined }): Listing<TokenRow>;
  revoke(id: string): TokenRow;
  /** May be lost in a power cut. What is not there is no error. */
  touch(id: string): void;
}

export interface AuditRow {
  readonly id: number;
  readonly time: number;
  readonly actor: string;
  /** For example `flow.deploy`. */
  readonly action: string;
  readonly target: string | null;
  /** JSON; `{left_out_bytes}` for what is beyond `json_bytes`. */
  readonly details: unknown;
  readonly address: string | null;
}
export interface AuditFilter extends Page {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  /** From this time on. */
  readonly since?: number | undefined;
  /** Before this time. */
  readonly until?: number | undefined;
}
/** Grows only; beyond `REPOSITORY_LIMITS.audit_entries` the oldest go. */
export interface Audit {
  append(entry: {
    readonly actor: string;
    readonly action: string;
    readonly target?: string | null | undefined;
    readonly details?: unknown;
    readonly address?: string | null | undefined;
  }): AuditRow;
  /** Newest first. */
  list(filter?: AuditFilter): Listing<AuditRow>;
}

export interface SecretRow {
  readonly name: string;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly key_id: string;
  readonly updated_at: number;
  readonly updated_by: string;
}
export type SecretSummary = Omit<SecretRow, 'nonce' | 'ciphertext'>;
export interface Secrets {
  /** Creates or replaces. */
  put(secret: Omit<SecretRow, 'updated_at' | 'updated_by'> & { readonly by: string }): SecretSummary;
  get(name: string): SecretRow | null;
  /** All, by name. */
  list(): readonly SecretSummary[];
  remove(name: string): void;
}
