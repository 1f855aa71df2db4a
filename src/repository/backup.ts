import { constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite';
import { GatewayError } from '#diagnostic';
import { type BackupFile, type BackupManifest, FORMAT, hashFile, MANIFEST, sealed } from './backup-manifest.ts';
import { holdBlobs } from './blob-holds.ts';
import { Database } from './database.ts';
import { failure, guarded } from './failure.ts';
import { syncDirectory, syncFile, writeSynced } from './files.ts';
import { FLOW_ID } from './flows.ts';
import { checkWhole, isDatabase, versionOf } from './open-database.ts';
import { PLACES } from './places.ts';

export interface BackupOptions {
  /** File of the key that secrets are encrypted with; left out: it is not in the backup. */
  readonly withKey?: string | undefined;
  /** ms since the epoch. */
  readonly clock?: (() => number) | undefined;
}

/** One step: what is copied is one moment, and writers do not make it begin anew. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies a data directory, also while a service runs on it: the database as of one moment, the blobs it names, of each flow
 * its identity, its newest snapshots and the modules they are of. Journals, spills, spools, dead letters and recordings are
 * not in it: they change with every record.
 * @param target must not be there; it is there whole or not at all
 * @throws GatewayError exists, not-found, storage-failed, storage-full, data-corrupt, data-newer, blob-damaged
 */
export async function backup(
  dataDirectory: string,
  target: string,
  options: BackupOptions = {},
): Promise<BackupManifest> {
  const file = join(dataDirectory, PLACES.database);
  if (!isDatabase(file)) throw new GatewayError('not-found', file, 'it is no data directory');
  if (existsSync(target)) throw new GatewayError('exists', target);
  const release = holdBlobs(join(dataDirectory, PLACES.blobs));
  const beside = join(dirname(resolve(target)), `.${basename(resolve(target))}.${process.pid}.part`);
  try {
    mkdirSync(beside, { recursive: true, mode: 0o700 });
    const manifest = await new Copy(dataDirectory, beside, options).run();
    renameSync(beside, target);
    syncDirectory(dirname(resolve(target)));
    return manifest;
  } catch (error) {
    throw failure(error, target);
  } finally {
    release();
    rmSync(beside, { recursive: true, force: true });
  }
}

class Copy {
  readonly #from: string;
  readonly #to: string;
  readonly #options: BackupOptions;

  constructor(from: string, to: string, options: BackupOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  async run(): Promise<BackupManifest> {
    const schema_version = await this.#database();
    await this.#blobs();
    await this.#flows();
    const { withKey, clock = Date.now } = this.#options;
    if (withKey !== undefined && !(await this.#copy(withKey, PLACES.key))) throw new GatewayError('not-found', withKey);
    const files = await this.#synced('');
    const created_at = Math.round(clock());
    const manifest = sealed({ format: FORMAT, created_at, schema_version, with_key: withKey !== undefined, files });
    writeSynced(join(this.#to, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
    syncDirectory(this.#to);
    return manifest;
  }

  /** @returns version of its schema */
  async #database(): Promise<number> {
    const to = join(this.#to, PLACES.database);
    const from = join(this.#from, PLACES.database);
    const source = guarded(from, () => new DatabaseSync(from, { readOnly: true, timeout: 5_000 }));
    try {
      await copyDatabase(source, to, { rate: ALL_PAGES });
    } catch (error) {
      throw failure(error, from);
    } finally {
      source.close();
    }
    const copy = new Database(to);
    try {
      const version = versionOf(copy);
      checkWhole(copy);
      // One file, without a log beside it.
      copy.pragma('journal_mode = DELETE');
      return version;
    } finally {
      copy.close();
    }
  }

  /** Those that the copy of the database names. */
  async #blobs(): Promise<void> {
    const copy = new Database(join(this.#to, PLACES.database));
    try {
      for (const { hash } of copy.all<{ hash: string }>('SELECT hash FROM nodes')) {
        const path = join(PLACES.blobs, hash.slice(0, 2), hash);
        if (!(await this.#copy(join(this.#from, path), path)))
          throw new GatewayError('blob-damaged', path, 'it is gone, and a node of the library is in it');
        if ((await hashFile(join(this.#to, path))).sha256 !== hash) throw new GatewayError('blob-damaged', path);
      }
    } finally {
      copy.close();
    }
  }

  /** Of the state folders what is written beside and renamed: each file is whole. */
  async #flows(): Promise<void> {
    for (const flow of namesIn(join(this.#from, PLACES.flows)).filter(name => FLOW_ID.test(name))) {
      const at = join(PLACES.flows, flow);
      await this.#copy(join(this.#from, at, 'identity.json'), join(at, 'identity.json'));
      // A module goes when no snapshot is of it any more, and comes before its first: twice, so that none is missing.
      await this.#matching(join(at, 'versions'), /^[0-9a-f]{64}\.wasm$/);
      await this.#matching(join(at, 'snapshots'), /^\d{10}\.snap$/);
      await this.#matching(join(at, 'versions'), /^[0-9a-f]{64}\.wasm$/);
    }
  }

  async #matching(folder: string, pattern: RegExp): Promise<void> {
    for (const name of namesIn(join(this.#from, folder)).filter(one => pattern.test(one)))
      if (!existsSync(join(this.#to, folder, name)))
        await this.#copy(join(this.#from, folder, name), join(folder, name));
  }

  /** @returns false: it is not there (any more) */
  async #copy(from: string, path: string): Promise<boolean> {
    const to = join(this.#to, path);
    try {
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw failure(error, from);
    }
  }

  /** What was copied, on disk for good. */
  async #synced(folder: string): Promise<BackupFile[]> {
    const entries = readdirSync(join(this.#to, folder), { withFileTypes: true });
    const files: BackupFile[] = [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) files.push(...(await this.#synced(path)));
      else {
        await syncFile(join(this.#to, path));
        files.push({ path, ...(await hashFile(join(this.#to, path))) });
      }
    }
    syncDirectory(join(this.#to, folder));
    return files;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw failure(error, folder);
  }
}
