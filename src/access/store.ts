import { GatewayError } from '#diagnostic';
import type { Role } from './roles.ts';

/** What access needs of the storage: rows only, `#repository` has them all. Times are ms since the epoch. */
export interface AccessStore {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly audit: AuditStore;
  readonly secrets: SecretStore;
  /** All changes that `work` makes, or, when it throws, none. */
  transaction<T>(work: () => T): T;
}

export interface Page {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}
export interface Listing<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface UserRow {
  readonly name: string;
  readonly role: Role;
  readonly password_hash: string;
  readonly disabled: boolean;
  readonly created_at: number;
  readonly updated_at: number;
  readonly last_login_at: number | null;
}
export interface UserStore {
  create(user: Pick<UserRow, 'name' | 'role' | 'password_hash'>): UserRow;
  get(name: string): UserRow | null;
  list(page?: Page): Listing<UserRow>;
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
export interface SessionStore {
  create(session: Omit<SessionRow, 'created_at' | 'last_seen_at'>): SessionRow;
  get(hash: string): SessionRow | null;
  listOf(user: string): readonly SessionRow[];
  touch(hash: string, expires_at?: number): void;
  remove(hash: string): void;
  removeOf(user: string): number;
  purge(now: number): number;
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  /** sha256 of the token's secret, hex. */
  readonly hash: string;
  readonly role: Role;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}
export interface TokenStore {
  create(token: Pick<TokenRow, 'name' | 'user' | 'hash' | 'role' | 'expires_at'>): TokenRow;
  get(id: string): TokenRow | null;
  list(filter?: Page & { readonly user?: string | undefined }): Listing<TokenRow>;
  revoke(id: string): TokenRow;
  touch(id: string): void;
}

export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly target?: string | null | undefined;
  readonly details?: unknown;
  readonly address?: string | null | undefined;
}
export interface AuditStore {
  append(entry: AuditEntry): unknown;
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
export interface SecretStore {
  put(secret: Omit<SecretRow, 'updated_at' | 'updated_by'> & { readonly by: string }): SecretSummary;
  get(name: string): SecretRow | null;
  list(): readonly SecretSummary[];
  remove(name: string): void;
}

/** Notes that something was used. A disk that is full or fails must not keep people from looking at the gateway. */
export function note(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
}
