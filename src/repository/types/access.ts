/** Rows only; hashing and encryption are not done here. */
import type { Listing, Page } from './page.ts';

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
