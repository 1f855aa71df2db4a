import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '#diagnostic';

/** Folders that this process has: the file alone cannot tell two of its flows apart. */
const HELD = new Set<string>();

/**
 * Makes a folder this flow's own. @returns what gives it back.
 * @throws GatewayError storage-failed when another process that is alive has it, or another flow of this one
 */
export function lockDirectory(directory: string): () => void {
  try {
    mkdirSync(directory, { recursive: true });
    const real = realpathSync(directory);
    if (HELD.has(real)) throw new Error('another flow of this process uses it; give another folder');
    takeFile(real);
    HELD.add(real);
    let mine = true;
    return () => {
      if (!mine) return;
      mine = false;
      HELD.delete(real);
      rmSync(join(real, 'lock'), { force: true });
    };
  } catch (error) {
    throw new GatewayError('storage-failed', directory, (error as Error).message, error);
  }
}

function takeFile(directory: string): void {
  const path = join(directory, 'lock');
  const mine = `${path}.${process.pid}`;
  try {
    // Written first and linked then: a lock is never there without its owner.
    writeFileSync(mine, String(process.pid));
    while (!linked(mine, path)) clearStale(path);
  } finally {
    rmSync(mine, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away a lock that was left by a process that was killed. @throws Error when its owner is alive */
function clearStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  refuseAlive(ownerIn(path));
  // Another starter may have cleared it and made its own since: look again at what was taken away.
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const owner = ownerIn(aside);
  if (isOther(owner)) linked(aside, path);
  rmSync(aside, { force: true });
  refuseAlive(owner);
}

function refuseAlive(owner: number): void {
  if (isOther(owner)) throw new Error(`process ${owner} uses it; end that one first, or give another folder`);
}

/** 0: the lock is gone, or says nothing. */
function ownerIn(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Another process, which is alive. */
function isOther(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
