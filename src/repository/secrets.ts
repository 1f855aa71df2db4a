import { GatewayError } from '#diagnostic';
import { checkCount, checkSize } from './columns.ts';
import type { Database } from './database.ts';
import { missing } from './failure.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import type { SecretRow, SecretSummary, Secrets } from './types.ts';

export class SecretTable implements Secrets {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  put({ name, nonce, ciphertext, key_id, by }: Parameters<Secrets['put']>[0]): SecretSummary {
    checkSize(name, 'name');
    if (ciphertext.length > REPOSITORY_LIMITS.secret_bytes)
      throw new GatewayError('too-large', `secret ${name}`, `the limit is ${REPOSITORY_LIMITS.secret_bytes} bytes`);
    return this.#database.transaction(() => {
      const others = this.#database.count('SELECT count(*) AS count FROM secrets WHERE name <> ?', name);
      checkCount(others, REPOSITORY_LIMITS.secrets, 'secrets');
      const updated_at = this.#now();
      this.#database.run(PUT, name, nonce, ciphertext, key_id, updated_at, by);
      return { name, key_id, updated_at, updated_by: by };
    });
  }

  get(name: string): SecretRow | null {
    const row = this.#database.get<SecretRow>('SELECT * FROM secrets WHERE name = ?', name);
    return row && { ...row };
  }

  list(): SecretSummary[] {
    return this.#database
      .all<SecretSummary>('SELECT name, key_id, updated_at, updated_by FROM secrets ORDER BY name')
      .map(row => ({ ...row }));
  }

  remove(name: string): void {
    if (this.#database.run('DELETE FROM secrets WHERE name = ?', name) === 0) throw missing(`secret ${name}`);
  }
}

const PUT = `INSERT INTO secrets (name, nonce, ciphertext, key_id, updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET nonce = excluded.nonce, ciphertext = excluded.ciphertext, key_id = excluded.key_id,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by`;
