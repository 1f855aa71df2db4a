/**
 * Segments of a log, as files: named by the index of the first entry, they hold an 8-byte magic, then entries: u32 bytes of
 * the body, u32 crc32 of the rest of the header and the body, u64 index, f64 time in ms since the epoch, body. Little-endian.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { GatewayError } from '#diagnostic';

export interface LogEntry {
  /** From 0, without gaps. */
  readonly index: number;
  readonly time_ms: number;
  /** A view of the segment that was read. */
  readonly body: Buffer;
}

export const MAGIC = Buffer.from('FWLOG\0\0\x01', 'latin1');
export const HEADER_BYTES = 24;
export const SUFFIX = '.log';
export const fileName = (first: number): string => String(first).padStart(16, '0') + SUFFIX;

export const failed = (where: string, error: unknown): GatewayError =>
  error instanceof GatewayError ? error : new GatewayError('storage-failed', where, (error as Error).message, error);

/** All whole entries of a log that another process may be writing to. @throws GatewayError storage-failed */
export function* readLog(directory: string): Generator<LogEntry> {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw failed(directory, error);
  }
  for (const name of names.filter(one => one.endsWith(SUFFIX)).sort()) {
    try {
      yield* entriesOf(readFileSync(join(directory, name)), Number(name.slice(0, -SUFFIX.length)));
    } catch (error) {
      // Released meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw failed(directory, error);
    }
  }
}

/** Whole entries of a segment, until the first that is not. */
export function* entriesOf(bytes: Buffer, first: number): Generator<LogEntry> {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return;
  let at = MAGIC.length;
  for (let index = first; at + HEADER_BYTES <= bytes.length; index += 1) {
    const end = at + HEADER_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length || bytes.readBigUInt64LE(at + 8) !== BigInt(index)) return;
    if (crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) return;
    yield { index, time_ms: bytes.readDoubleLE(at + 16), body: bytes.subarray(at + HEADER_BYTES, end) };
    at = end;
  }
}
