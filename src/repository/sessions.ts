import { checkSize } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import type { SessionRow, Sessions } from './types.ts';

export class SessionTable implements Sessions {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  create(session: Omit<SessionRow, 'created_at' | 'last_seen_at'>): SessionRow {
    const { hash, user, csrf_hash, expires_at, address } = session;
    checkSize(address ?? '', 'address');
    return this.#database.transaction(() => {
      if (this.#database.count('SELECT count(*) AS count FROM users WHERE name = ?', user) === 0)
        throw missing(`user ${user}`);
      const now = this.#now();
      const row = { hash, user, csrf_hash, created_at: now, expires_at, last_seen_at: now, address };
      this.#database.run(FORGET_OLDEST, user, REPOSITORY_LIMITS.sessions_per_user - 1);
      this.#database.insert('sessions', row);
      return row;
    });
  }

  get(hash: string): SessionRow | null {
    const row = this.#database.get<SessionRow>('SELECT * FROM sessions WHERE hash = ?', hash);
    return row && { ...row };
  }

  listOf(user: string): SessionRow[] {
    const sql = 'SELECT * FROM sessions WHERE user = ? ORDER BY created_at DESC, hash';
    return this.#database.all<SessionRow>(sql, user).map(row => ({ ...row }));
  }

  touch(hash: string, expires_at?: number): void {
    const sql = 'UPDATE sessions SET last_seen_at = ?, expires_at = coalesce(?, expires_at) WHERE hash = ?';
    this.#database.lightly(() => this.#database.run(sql, this.#now(), expires_at ?? null, hash));
  }

  remove(hash: string): void {
    this.#database.run('DELETE FROM sessions WHERE hash = ?', hash);
  }

  removeOf(user: string): number {
    return this.#database.run('DELETE FROM sessions WHERE user = ?', user);
  }

  purge(now: number): number {
    return this.#database.run('DELETE FROM sessions WHERE expires_at <= ?', now);
  }
}

/** All but so many that were seen last. */
const FORGET_OLDEST = `DELETE FROM sessions WHERE hash IN (
  SELECT hash FROM sessions WHERE user = ? ORDER BY last_seen_at DESC, created_at DESC, hash LIMIT -1 OFFSET ?)`;
