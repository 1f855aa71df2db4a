import { mkdirSync } from 'node:fs';
import { GatewayError } from '#diagnostic';
import { lockDirectory } from '#storage';
import { failure, guarded } from './failure.ts';

/** Makes a data directory this process's own. @returns what gives it back. @throws GatewayError data-locked, storage-failed */
export function lockData(directory: string): () => void {
  guarded(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  try {
    return lockDirectory(directory);
  } catch (error) {
    const { cause } = error as GatewayError;
    if (!(cause instanceof Error)) throw error;
    // What the system refuses has a code; that somebody has it has none.
    if ('code' in cause) throw failure(cause, directory);
    throw new GatewayError('data-locked', directory, cause.message, error);
  }
}
