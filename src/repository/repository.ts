import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '#diagnostic';
import { AuditTable } from './audit.ts';
import { BlobFiles, blobsIn } from './blobs.ts';
import type { Database } from './database.ts';
import { DeployTable } from './deploys.ts';
import { guarded } from './failure.ts';
import { FlowTable } from './flows.ts';
import { IdempotencyTable } from './idempotency.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import { lockData } from './lock-data.ts';
import { NodeTable } from './nodes.ts';
import { isDatabase, openDatabase } from './open-database.ts';
import { PLACES } from './places.ts';
import { SecretTable } from './secrets.ts';
import { SessionTable } from './sessions.ts';
import { TokenTable } from './tokens.ts';
import type { Repository } from './types.ts';
import { UserTable } from './users.ts';

export interface RepositoryOptions {
  /** ms since the epoch. */
  readonly clock?: () => number;
  /** Longest database; default `REPOSITORY_LIMITS.database_bytes`. */
  readonly database_bytes?: number;
}

/**
 * Opens a data directory, or makes it, for this process alone. What cannot be used is left as it is.
 * @throws GatewayError data-locked, data-newer, data-corrupt, storage-failed, storage-full
 */
export function openRepository(directory: string, options: RepositoryOptions = {}): Repository {
  const unlock = lockData(directory);
  try {
    refuseHalves(directory);
    const file = join(directory, PLACES.database);
    // Password hashes and secrets are in it: for its owner only. SQLite gives its other files the same rights.
    guarded(file, () => closeSync(openSync(file, 'a', 0o600)));
    const database = openDatabase(file, options.database_bytes ?? REPOSITORY_LIMITS.database_bytes);
    try {
      return new Store(directory, database, options.clock ?? Date.now, unlock);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

class Store implements Repository {
  readonly directory: string;
  readonly blobs: BlobFiles;
  readonly nodes: NodeTable;
  readonly flows: FlowTable;
  readonly deploys: DeployTable;
  readonly idempotency: IdempotencyTable;
  readonly users: UserTable;
  readonly sessions: SessionTable;
  readonly tokens: TokenTable;
  readonly audit: AuditTable;
  readonly secrets: SecretTable;
  readonly #database: Database;
  readonly #unlock: () => void;

  constructor(directory: string, database: Database, clock: () => number, unlock: () => void) {
    // Columns of time are whole numbers.
    const now = (): number => Math.round(clock());
    this.directory = directory;
    this.blobs = new BlobFiles(join(directory, PLACES.blobs));
    this.nodes = new NodeTable(database, this.blobs, now);
    this.flows = new FlowTable(database, now);
    this.deploys = new DeployTable(database, now);
    this.idempotency = new IdempotencyTable(database, now);
    this.users = new UserTable(database, now);
    this.sessions = new SessionTable(database, now);
    this.tokens = new TokenTable(database, now);
    this.audit = new AuditTable(database, now);
    this.secrets = new SecretTable(database, now);
    this.#database = database;
    this.#unlock = unlock;
    this.deploys.abandon();
    this.idempotency.abandon();
    this.blobs.release(this.blobs.list().filter(hash => !this.nodes.has(hash)));
  }

  transaction<T>(work: () => T): T {
    return this.#database.transaction(work);
  }

  close(): void {
    this.#database.close();
    this.#unlock();
  }
}

/** @throws GatewayError data-corrupt: opened as it is, more would be lost */
function refuseHalves(directory: string): void {
  if (existsSync(join(directory, PLACES.restoring))) {
    const detail = 'a restore into it was broken off; empty it and restore again';
    throw new GatewayError('data-corrupt', directory, detail);
  }
  if (!isDatabase(join(directory, PLACES.database)) && blobsIn(join(directory, PLACES.blobs)).length > 0) {
    const detail = `${PLACES.database} is gone, and files that it named are there; restore a backup`;
    throw new GatewayError('data-corrupt', directory, detail);
  }
}
