import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '#diagnostic';
import { blobsAreHeld } from './blob-holds.ts';
import { failure, guarded, missing } from './failure.ts';
import { syncDirectory, writeSynced } from './files.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import type { Blobs } from './types.ts';

const HASH = /^[0-9a-f]{64}$/;
/** What is being written; a crash leaves it behind. */
const INCOMING = 'incoming';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** `<2 hex>/<sha256>` in a folder. Written beside, synced, then renamed: a blob is there whole or not at all. */
export class BlobFiles implements Blobs {
  readonly #directory: string;
  #number = 0;

  /** Sweeps away what a crash left half written. @throws GatewayError storage-failed */
  constructor(directory: string) {
    this.#directory = directory;
    guarded(directory, () => {
      rmSync(join(directory, INCOMING), { recursive: true, force: true });
      mkdirSync(join(directory, INCOMING), { recursive: true });
    });
  }

  put(bytes: Uint8Array): string {
    if (bytes.length > REPOSITORY_LIMITS.blob_bytes)
      throw new GatewayError('too-large', 'blob', `the limit is ${REPOSITORY_LIMITS.blob_bytes} bytes`);
    const hash = sha256(bytes);
    const path = this.path(hash);
    // A damaged one is replaced.
    if (this.#read(path, hash) !== null) return hash;
    this.#number += 1;
    const beside = join(this.#directory, INCOMING, `${hash}.${this.#number}`);
    guarded(path, () => {
      const folder = join(this.#directory, hash.slice(0, 2));
      if (mkdirSync(folder, { recursive: true }) !== undefined) syncDirectory(this.#directory);
      try {
        writeSynced(beside, bytes);
        renameSync(beside, path);
        syncDirectory(folder);
      } finally {
        rmSync(beside, { force: true });
      }
    });
    return hash;
  }

  get(hash: string): Uint8Array {
    const path = this.path(hash);
    const bytes = this.#read(path, hash);
    if (bytes !== null) return bytes;
    if (existsSync(path)) throw new GatewayError('blob-damaged', path, 'its checksum is another');
    throw missing(`blob ${hash}`);
  }

  has(hash: string): boolean {
    return existsSync(this.path(hash));
  }

  path(hash: string): string {
    // It becomes a path: nothing but a hash may.
    if (!HASH.test(hash)) throw missing('blob: no sha256');
    return join(this.#directory, hash.slice(0, 2), hash);
  }

  delete(hash: string): void {
    const path = this.path(hash);
    guarded(path, () => rmSync(path, { force: true }));
  }

  /** No row names these any more. While a backup is under way they stay; the next open takes them. */
  release(hashes: readonly string[]): void {
    guarded(this.#directory, () => {
      if (hashes.length > 0 && !blobsAreHeld(this.#directory)) for (const hash of hashes) this.delete(hash);
    });
  }

  list(): string[] {
    return blobsIn(this.#directory);
  }

  /** @returns null: not there, or not what it should be. */
  #read(path: string, hash: string): Uint8Array | null {
    try {
      const bytes = readFileSync(path);
      return sha256(bytes) === hash ? bytes : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw failure(error, path);
    }
  }
}

/** Hashes of the blobs in a folder, which may not be there. @throws GatewayError storage-failed */
export function blobsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return guarded(directory, () =>
    readdirSync(directory)
      .filter(name => /^[0-9a-f]{2}$/.test(name))
      .flatMap(name => readdirSync(join(directory, name)))
      .filter(name => HASH.test(name))
      .sort(),
  );
}
