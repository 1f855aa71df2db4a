import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompressSync } from 'node:zlib';
import { GatewayError } from '#diagnostic';

export interface Snapshot<Header> {
  readonly header: Header;
  readonly body: Uint8Array;
}
export interface FoundSnapshot<Header> {
  readonly snapshot: Snapshot<Header> | null;
  /** Newer files that are torn or damaged and were passed over. */
  readonly damaged: readonly string[];
}

const MAGIC = Buffer.from('FWSNAP\0\x01', 'latin1');
const HEAD_BYTES = 16;
/** The newest may turn out to be damaged: the one before it stays. */
const KEPT = 2;
/** A snapshot is at most so long when it is unpacked. */
const BODY_BYTES_MAX = 4 * 1024 ** 3;
const compress = promisify(zstdCompress);

/**
 * Snapshots in a folder, numbered files. A file: 8-byte magic, u32 crc32 of what follows, u32 bytes of the header, header
 * as JSON, body as zstd. Written beside, synced, then renamed: it is there whole or not at all.
 */
export class SnapshotStore<Header extends object> {
  readonly #directory: string;
  #number = 0;

  /** @throws GatewayError storage-failed */
  constructor(directory: string) {
    this.#directory = directory;
    this.#guard(() => {
      mkdirSync(directory, { recursive: true });
      for (const name of readdirSync(directory)) if (name.endsWith('.part')) rmSync(join(directory, name));
      this.#number = this.#numbers().at(-1) ?? 0;
    });
  }

  /** The newest that is whole. @throws GatewayError storage-failed */
  load(): FoundSnapshot<Header> {
    const damaged: string[] = [];
    for (const number of this.#numbers().reverse()) {
      const path = this.#path(number);
      const snapshot = this.#guard(() => readSnapshot<Header>(readFileSync(path)));
      if (snapshot) return { snapshot, damaged };
      damaged.push(path);
    }
    return { snapshot: null, damaged };
  }

  /** @returns bytes on disk. @throws GatewayError storage-failed; the snapshots before stay then. */
  async write(header: Header, body: Uint8Array): Promise<number> {
    const text = Buffer.from(JSON.stringify(header));
    const packed = await compress(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
    const head = Buffer.alloc(HEAD_BYTES);
    MAGIC.copy(head);
    head.writeUInt32LE(text.length, 12);
    head.writeUInt32LE(crc32(packed, crc32(text, crc32(head.subarray(12)))), 8);
    const path = this.#path(this.#number + 1);
    try {
      const file = await open(`${path}.part`, 'w');
      try {
        await file.writev([head, text, packed]);
        await file.sync();
      } finally {
        await file.close();
      }
      renameSync(`${path}.part`, path);
      syncDirectory(this.#directory);
    } catch (error) {
      throw new GatewayError('storage-failed', path, (error as Error).message, error);
    }
    this.#number += 1;
    for (const number of this.#numbers().slice(0, -KEPT)) rmSync(this.#path(number), { force: true });
    return HEAD_BYTES + text.length + packed.length;
  }

  #path(number: number): string {
    return join(this.#directory, `${String(number).padStart(10, '0')}.snap`);
  }

  #numbers(): number[] {
    return readdirSync(this.#directory)
      .filter(name => /^\d{10}\.snap$/.test(name))
      .map(name => Number(name.slice(0, 10)))
      .sort((a, b) => a - b);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new GatewayError('storage-failed', this.#directory, (error as Error).message, error);
    }
  }
}

/** @returns null when the bytes are no whole snapshot. */
function readSnapshot<Header>(bytes: Buffer): Snapshot<Header> | null {
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  if (crc32(bytes.subarray(12)) !== bytes.readUInt32LE(8)) return null;
  const end = HEAD_BYTES + bytes.readUInt32LE(12);
  try {
    return {
      header: JSON.parse(bytes.toString('utf8', HEAD_BYTES, end)) as Header,
      body: zstdDecompressSync(bytes.subarray(end), { maxOutputLength: BODY_BYTES_MAX }),
    };
  } catch {
    // The checksum is right and the content is not: written by something else.
    return null;
  }
}

/** A rename outlives a power cut when its folder was synced. */
function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
