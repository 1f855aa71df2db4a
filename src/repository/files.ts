import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** A new file whose bytes outlive a power cut. */
export function writeSynced(path: string, bytes: Uint8Array | string, mode = 0o644): void {
  writeFileSync(path, bytes, { flush: true, mode });
}

/** Names in a folder outlive a power cut when it was synced. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
