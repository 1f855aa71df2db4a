import { GatewayError } from '#diagnostic';
import { checkSize } from './columns.ts';
import type { Database } from './database.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import type { Idempotency, IdempotencyRow } from './types.ts';

const KEPT_MS = REPOSITORY_LIMITS.idempotency_ms;

export class IdempotencyTable implements Idempotency {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  begin(scope: string, key: string, request_hash: string): IdempotencyRow | null {
    checkSize(scope + key, 'idempotency key');
    return this.#database.transaction(() => {
      const now = this.#now();
      this.purge(now);
      const sql = 'SELECT * FROM idempotency WHERE scope = ? AND key = ?';
      const row = this.#database.get<IdempotencyRow>(sql, scope, key);
      if (row && row.request_hash !== request_hash) throw new GatewayError('idempotency-mismatch', key);
      if (row) return { ...row };
      const count = this.#database.count('SELECT count(*) AS count FROM idempotency');
      this.#database.run(FORGET_OLDEST, Math.max(count - REPOSITORY_LIMITS.idempotency_keys + 1, 0));
      this.#database.insert('idempotency', { scope, key, request_hash, created_at: now });
      return null;
    });
  }

  finish(scope: string, key: string, status: number, body: string): void {
    const kept = Buffer.byteLength(body) <= REPOSITORY_LIMITS.idempotency_body_bytes ? body : null;
    const sql = 'UPDATE idempotency SET status = ?, body = ? WHERE scope = ? AND key = ?';
    this.#database.run(sql, status, kept, scope, key);
  }

  forget(scope: string, key: string): void {
    this.#database.run('DELETE FROM idempotency WHERE scope = ? AND key = ?', scope, key);
  }

  purge(now: number): number {
    return this.#database.run('DELETE FROM idempotency WHERE created_at <= ?', now - KEPT_MS);
  }

  /** Requests of a process that ended: whether they did anything shows in what they were about. */
  abandon(): number {
    return this.#database.run('DELETE FROM idempotency WHERE status IS NULL');
  }
}

const FORGET_OLDEST = `DELETE FROM idempotency WHERE (scope, key) IN (
  SELECT scope, key FROM idempotency ORDER BY created_at, scope, key LIMIT ?)`;
