import { GatewayError } from '#diagnostic';
import { checkCount, checkSize } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { flag, page } from './page.ts';
import type { Listing, Page, Role, UserRow, Users } from './types.ts';

interface Columns extends Omit<UserRow, 'disabled'> {
  readonly disabled: number;
}

export class UserTable implements Users {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  create(user: { readonly name: string; readonly role: Role; readonly password_hash: string }): UserRow {
    for (const text of [user.name, user.password_hash]) checkSize(text, 'user');
    return this.#database.transaction(() => {
      if (this.get(user.name)) throw new GatewayError('exists', `user ${user.name}`);
      checkCount(this.count(), REPOSITORY_LIMITS.users, 'users');
      const now = this.#now();
      const { name, role, password_hash } = user;
      this.#database.insert('users', { name, role, password_hash, created_at: now, updated_at: now });
      return this.get(name)!;
    });
  }

  get(name: string): UserRow | null {
    const row = this.#database.get<Columns>('SELECT * FROM users WHERE name = ?', name);
    return row && userOf(row);
  }

  list(filter: Page = {}): Listing<UserRow> {
    return page<Columns, UserRow>(this.#database, filter, {
      select: 'SELECT * FROM users',
      conditions: [['name > ?', filter.after]],
      order: 'name',
      item: userOf,
      cursor: row => row.name,
    });
  }

  update(name: string, change: Parameters<Users['update']>[1]): UserRow {
    if (change.password_hash !== undefined) checkSize(change.password_hash, 'user');
    const { role, password_hash, disabled, last_login_at } = change;
    const values = [role ?? null, password_hash ?? null, flag(disabled) ?? null, last_login_at ?? null];
    // A login changes nothing about the user.
    const updated_at = role ?? password_hash ?? disabled ?? null;
    return this.#database.transaction(() => {
      const now = updated_at === null ? null : this.#now();
      if (this.#database.run(UPDATE, ...values, now, name) === 0) throw missing(`user ${name}`);
      return this.get(name)!;
    });
  }

  remove(name: string): void {
    if (this.#database.run('DELETE FROM users WHERE name = ?', name) === 0) throw missing(`user ${name}`);
  }

  count({ role, disabled }: { role?: Role | undefined; disabled?: boolean | undefined } = {}): number {
    const sql =
      'SELECT count(*) AS count FROM users WHERE role = coalesce(?, role) AND disabled = coalesce(?, disabled)';
    return this.#database.count(sql, role ?? null, flag(disabled) ?? null);
  }
}

const UPDATE = `UPDATE users SET role = coalesce(?, role), password_hash = coalesce(?, password_hash),
  disabled = coalesce(?, disabled), last_login_at = coalesce(?, last_login_at), updated_at = coalesce(?, updated_at)
  WHERE name = ?`;

const userOf = (row: Columns): UserRow => ({ ...row, disabled: row.disabled === 1 });
