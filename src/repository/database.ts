import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { guarded } from './failure.ts';

/** How long a statement waits for another connection (a backup in its last step), ms. */
const BUSY_MS = 5_000;
const WAL_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The one door to SQLite. Statements are prepared once, values are always parameters, failures come as GatewayErrors.
 *
 * A commit is synced (`synchronous=FULL`): what a user was told is saved outlives a power cut, and changes are few. Only what
 * comes often and may be lost (`lightly`: when a session was last seen, the stage of a deploy) leaves the sync out; in WAL
 * mode the database stays whole all the same.
 */
export class Database {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #after: (() => void)[] = [];
  #light = false;

  /** Opens or creates the file; nothing is changed in it yet. */
  constructor(file: string) {
    this.file = file;
    this.#connection = guarded(file, () => new DatabaseSync(file, { timeout: BUSY_MS }));
  }

  /** The first column of the first row. */
  pragma(text: string): unknown {
    return guarded(this.file, () => {
      const row = this.#connection.prepare(`PRAGMA ${text}`).get();
      return row && Object.values(row)[0];
    });
  }

  /** From now on this process writes. @param bytes_max the database grows no further */
  prepareWrites(bytes_max: number): void {
    this.pragma('journal_mode = WAL');
    this.pragma('synchronous = FULL');
    this.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`);
    this.pragma('trusted_schema = OFF');
    this.pragma(`max_page_count = ${Math.floor(bytes_max / Number(this.pragma('page_size')))}`);
  }

  /** For statements of the schema: without values. */
  execute(sql: string): void {
    guarded(this.file, () => this.#connection.exec(sql));
  }

  /** @typeParam Row columns as STRICT tables give them */
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | null {
    return guarded(this.file, () => (this.#prepared(sql).get(...values) as Row | undefined) ?? null);
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return guarded(this.file, () => this.#prepared(sql).all(...values) as Row[]);
  }

  /** @returns rows changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return guarded(this.file, () => Number(this.#prepared(sql).run(...values).changes));
  }

  count(sql: string, ...values: SQLInputValue[]): number {
    return this.get<{ count: number }>(sql, ...values)!.count;
  }

  /** All of `work` or nothing; within another one a part of it that can fail by itself. */
  transaction<T>(work: () => T): T {
    const inner = this.#connection.isTransaction;
    const before = this.#after.length;
    this.execute(inner ? 'SAVEPOINT inside' : 'BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
      if (result instanceof Promise) throw new TypeError('a transaction does not wait');
      this.execute(inner ? 'RELEASE inside' : 'COMMIT');
    } catch (error) {
      this.#after.length = before;
      // A disk that is full has ended it already.
      if (this.#connection.isTransaction) this.execute(inner ? 'ROLLBACK TO inside; RELEASE inside' : 'ROLLBACK');
      throw error;
    }
    if (!inner) for (const one of this.#after.splice(0)) one();
    return result;
  }

  /** Done when what is going on is committed; not at all when it is not. */
  afterCommit(work: () => void): void {
    if (this.#connection.isTransaction) this.#after.push(work);
    else work();
  }

  /** Commits of `work` are not synced: a power cut may take them back. Within a transaction its sync is what counts. */
  lightly<T>(work: () => T): T {
    if (this.#light || this.#connection.isTransaction) return work();
    this.#light = true;
    this.pragma('synchronous = NORMAL');
    try {
      return work();
    } finally {
      this.#light = false;
      this.pragma('synchronous = FULL');
    }
  }

  /** Null prototypes and lists of values in one place: a row for `INSERT`. */
  insert(table: string, row: Readonly<Record<string, SQLInputValue>>): void {
    const names = Object.keys(row);
    this.run(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...Object.values(row),
    );
  }

  close(): void {
    this.#connection.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
