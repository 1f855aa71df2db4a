import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { GatewayError } from '#diagnostic';

/** A key for secrets. */
export interface SecretKey {
  /** Tells keys apart and nothing about them. */
  readonly id: string;
  readonly bytes: Buffer;
}

export const KEY_BYTES = 32;
const FILE_BYTES_MAX = 128;
/** Others may do nothing with it, the group no more than read: it may be how a service gets at it. */
const MODE_REFUSED = 0o037;

const unreadable = (file: string, why: string, cause?: unknown): GatewayError =>
  new GatewayError('secret-unreadable', file, why, cause);

export const keyOf = (bytes: Buffer): SecretKey => ({
  id: createHash('sha256').update('fusewire secrets key ').update(bytes).digest('hex').slice(0, 16),
  bytes,
});

/** @returns null: there is none. @throws GatewayError secret-unreadable */
export function readKeyFile(file: string): SecretKey | null {
  let handle: number;
  try {
    // Not to wait at a pipe.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(file, (error as Error).message, error);
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw unreadable(file, 'it is not a file');
    if ((stat.mode & MODE_REFUSED) !== 0)
      throw unreadable(file, `others may read or change it (mode ${(stat.mode & 0o777).toString(8)}); chmod 600 it`);
    const bytes = Buffer.alloc(FILE_BYTES_MAX);
    return keyOf(decode(file, bytes.subarray(0, readSync(handle, bytes))));
  } finally {
    closeSync(handle);
  }
}

/** 32 bytes as they are, or as base64. */
function decode(file: string, content: Buffer): Buffer {
  if (content.length === KEY_BYTES) return content;
  const text = content.toString('latin1').trim();
  const bytes = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text) || bytes.length !== KEY_BYTES)
    throw unreadable(file, `it does not hold a key: ${KEY_BYTES} bytes, as they are or as base64`);
  return bytes;
}

export const newKey = (): SecretKey => keyOf(randomBytes(KEY_BYTES));

/** Writes a file that is not there yet, for its owner alone, onto the disk. @throws GatewayError secret-unreadable */
export function writeKeyFile(file: string, { bytes }: SecretKey): void {
  try {
    const handle = openSync(file, 'wx', 0o600);
    try {
      writeSync(handle, `${bytes.toString('base64')}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    syncFolder(file);
  } catch (error) {
    throw unreadable(file, (error as Error).message, error);
  }
}

/** @throws GatewayError secret-unreadable */
export function replaceKeyFile(fresh: string, file: string): void {
  try {
    renameSync(fresh, file);
    syncFolder(file);
  } catch (error) {
    throw unreadable(file, (error as Error).message, error);
  }
}

export const removeKeyFile = (file: string): void => rmSync(file, { force: true });

function syncFolder(file: string): void {
  const handle = openSync(dirname(file), 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
