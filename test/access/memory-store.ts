/** Rows in memory, as `#repository` keeps them on disk, with a clock of their own. */
import type { AccessStore } from '#access';

type Row<K extends 'users' | 'sessions' | 'tokens' | 'secrets'> = NonNullable<ReturnType<AccessStore[K]['get']>>;

export interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly details: unknown;
  readonly address: string | null;
}

/** Stands still unless it is moved. */
export class Clock {
  ms = Date.UTC(2030, 0, 1);
  readonly now = (): number => this.ms;
  pass(ms: number): void {
    this.ms += ms;
  }
}

export class MemoryStore implements AccessStore {
  readonly rows = {
    users: new Map<string, Row<'users'>>(),
    sessions: new Map<string, Row<'sessions'>>(),
    tokens: new Map<string, Row<'tokens'>>(),
    secrets: new Map<string, Row<'secrets'>>(),
    audit: [] as AuditRow[],
  };
  /** Calls that write that a session or a token was used. */
  touches = 0;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly users: AccessStore['users'] = {
    create: user => {
      if (this.rows.users.has(user.name)) throw new Error('exists');
      const at = this.#now();
      const row = { ...user, disabled: false, created_at: at, updated_at: at, last_login_at: null };
      this.rows.users.set(user.name, row);
      return row;
    },
    get: name => this.rows.users.get(name) ?? null,
    list: () => ({ items: [...this.rows.users.values()], next: null }),
    update: (name, change) => {
      const row = this.rows.users.get(name);
      if (!row) throw new Error('not-found');
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const fresh = { ...row, ...given, updated_at: this.#now() };
      this.rows.users.set(name, fresh);
      return fresh;
    },
    remove: name => {
      if (!this.rows.users.delete(name)) throw new Error('not-found');
      this.sessions.removeOf(name);
      for (const token of this.rows.tokens.values()) if (token.user === name) this.rows.tokens.delete(token.id);
    },
    count: ({ role, disabled } = {}) =>
      [...this.rows.users.values()].filter(
        one => (role === undefined || one.role === role) && (disabled === undefined || one.disabled === disabled),
      ).length,
  };

  readonly sessions: AccessStore['sessions'] = {
    create: session => {
      const row = { ...session, created_at: this.#now(), last_seen_at: this.#now() };
      this.rows.sessions.set(session.hash, row);
      return row;
    },
    get: hash => this.rows.sessions.get(hash) ?? null,
    listOf: user => [...this.rows.sessions.values()].filter(one => one.user === user),
    touch: (hash, expires_at) => {
      this.touches += 1;
      const row = this.rows.sessions.get(hash);
      if (row) this.rows.sessions.set(hash, { ...row, last_seen_at: this.#now(), ...(expires_at && { expires_at }) });
    },
    remove: hash => void this.rows.sessions.delete(hash),
    removeOf: user =>
      [...this.rows.sessions.values()].filter(one => one.user === user && this.rows.sessions.delete(one.hash)).length,
    purge: now =>
      [...this.rows.sessions.values()].filter(one => one.expires_at <= now && this.rows.sessions.delete(one.hash))
        .length,
  };

  readonly tokens: AccessStore['tokens'] = {
    create: token => {
      const id = `t${this.rows.tokens.size + 1}`;
      const row = { ...token, id, created_at: this.#now(), last_used_at: null, revoked_at: null };
      this.rows.tokens.set(id, row);
      return row;
    },
    get: id => this.rows.tokens.get(id) ?? null,
    list: ({ user } = {}) => ({
      items: [...this.rows.tokens.values()].filter(one => user === undefined || one.user === user),
      next: null,
    }),
    revoke: id => {
      const row = this.rows.tokens.get(id);
      if (!row) throw new Error('not-found');
      const fresh = { ...row, revoked_at: row.revoked_at ?? this.#now() };
      this.rows.tokens.set(id, fresh);
      return fresh;
    },
    touch: id => {
      this.touches += 1;
      const row = this.rows.tokens.get(id);
      if (row) this.rows.tokens.set(id, { ...row, last_used_at: this.#now() });
    },
  };

  readonly audit: AccessStore['audit'] = {
    append: ({ actor, action, target = null, details = null, address = null }) =>
      this.rows.audit.push({ actor, action, target, details, address }),
  };

  readonly secrets: AccessStore['secrets'] = {
    put: ({ by, ...secret }) => {
      const row = { ...secret, updated_at: this.#now(), updated_by: by };
      this.rows.secrets.set(secret.name, row);
      return row;
    },
    get: name => this.rows.secrets.get(name) ?? null,
    list: () => [...this.rows.secrets.values()].map(({ nonce: _, ciphertext: __, ...rest }) => rest),
    remove: name => {
      if (!this.rows.secrets.delete(name)) throw new Error('not-found');
    },
  };

  transaction<T>(work: () => T): T {
    const { users, sessions, tokens, secrets, audit } = this.rows;
    const before = [users, sessions, tokens, secrets].map(map => [map, new Map<string, unknown>(map)] as const);
    const audited = audit.length;
    try {
      return work();
    } catch (error) {
      for (const [map, rows] of before) {
        map.clear();
        for (const [key, row] of rows) (map as Map<string, unknown>).set(key, row);
      }
      audit.length = audited;
      throw error;
    }
  }
}
