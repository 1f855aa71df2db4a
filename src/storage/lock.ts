import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '#diagnostic';

/**
 * Makes a folder this process's own. @returns what gives it back.
 * @throws GatewayError storage-failed when another process that is alive has it
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock');
  try {
    mkdirSync(directory, { recursive: true });
    for (;;) {
      try {
        writeFileSync(path, String(process.pid), { flag: 'wx' });
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = Number(readFileSync(path, 'utf8'));
      if (owner !== process.pid && isAlive(owner))
        throw new Error(`process ${owner} uses it; end that one first, or give another folder`);
      // Left by a process that was killed.
      rmSync(path, { force: true });
    }
  } catch (error) {
    throw new GatewayError('storage-failed', directory, (error as Error).message, error);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
