import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guarded } from './failure.ts';

/** `hold.<process>.<number>` */
const HOLD = /^hold\.(\d+)\.\d+$/;
let held = 0;

/**
 * While a process copies the database and then the blobs it names, none is taken away, whoever has the directory. Held before
 * the database is copied: a row whose blob went before is not in the copy.
 * @returns what ends it
 */
export function holdBlobs(directory: string): () => void {
  held += 1;
  const path = join(directory, `hold.${process.pid}.${held}`);
  guarded(path, () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, '');
  });
  return () => rmSync(path, { force: true });
}

/** Those of processes that were killed are cleared away. */
export function blobsAreHeld(directory: string): boolean {
  let found = false;
  for (const name of readdirSync(directory)) {
    const pid = Number(HOLD.exec(name)?.[1] ?? 0);
    if (pid === 0) continue;
    if (isAlive(pid)) found = true;
    else rmSync(join(directory, name), { force: true });
  }
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
