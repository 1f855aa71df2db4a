import { checkCount, checkSize } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { numberCursor, page } from './page.ts';
import type { Listing, Page, TokenRow, Tokens } from './types.ts';

interface Columns extends Omit<TokenRow, 'id'> {
  readonly id: number;
}

export class TokenTable implements Tokens {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  create({ name, user, hash, role, expires_at }: Parameters<Tokens['create']>[0]): TokenRow {
    checkSize(name, 'name');
    return this.#database.transaction(() => {
      if (this.#database.count('SELECT count(*) AS count FROM users WHERE name = ?', user) === 0)
        throw missing(`user ${user}`);
      this.#database.run(
        'DELETE FROM tokens WHERE user = ? AND revoked_at IS NOT NULL AND revoked_at < ?',
        user,
        this.#now() - REVOKED_MS,
      );
      const count = this.#database.count('SELECT count(*) AS count FROM tokens WHERE user = ?', user);
      checkCount(count, REPOSITORY_LIMITS.tokens_per_user, `tokens of ${user}`);
      this.#database.insert('tokens', { name, user, hash, role, created_at: this.#now(), expires_at });
      return this.byHash(hash)!;
    });
  }

  get(id: string): TokenRow | null {
    if (!/^\d{1,15}$/.test(id)) return null;
    return this.#one('SELECT * FROM tokens WHERE id = ?', Number(id));
  }

  byHash(hash: string): TokenRow | null {
    return this.#one('SELECT * FROM tokens WHERE hash = ?', hash);
  }

  list(filter: Page & { readonly user?: string | undefined } = {}): Listing<TokenRow> {
    return page<Columns, TokenRow>(this.#database, filter, {
      select: 'SELECT * FROM tokens',
      conditions: [
        ['user = ?', filter.user],
        ['id < ?', numberCursor(filter.after)],
      ],
      order: 'id DESC',
      item: tokenOf,
      cursor: row => row.id,
    });
  }

  revoke(id: string): TokenRow {
    return this.#database.transaction(() => {
      if (!this.get(id)) throw missing(`token ${id}`);
      const sql = 'UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?';
      this.#database.run(sql, this.#now(), Number(id));
      return this.get(id)!;
    });
  }

  touch(id: string): void {
    const sql = 'UPDATE tokens SET last_used_at = ? WHERE id = ?';
    this.#database.lightly(() => this.#database.run(sql, this.#now(), Number(id)));
  }

  #one(sql: string, key: string | number): TokenRow | null {
    const row = this.#database.get<Columns>(sql, key);
    return row && tokenOf(row);
  }
}

/** A token that was revoked shows in lists for so long, at least. */
const REVOKED_MS = 30 * 24 * 3_600_000;

const tokenOf = (row: Columns): TokenRow => ({ ...row, id: String(row.id) });
