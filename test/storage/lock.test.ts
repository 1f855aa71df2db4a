/** A folder belongs to one flow: of another process, or of the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lockDirectory } from '#storage';

const root = mkdtempSync(join(tmpdir(), 'fusewire-lock-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'flow-'));

test('a folder is refused a second time in the same process, whatever it is called, until it is given back', () => {
  const directory = folder();
  const link = `${directory}-link`;
  symlinkSync(directory, link);
  const unlock = lockDirectory(directory);
  for (const name of [directory, `${directory}/../${directory.split('/').at(-1)}`, link])
    assert.throws(() => lockDirectory(name), { code: 'storage-failed', message: /another flow of this process/ });
  assert.ok(existsSync(join(directory, 'lock')), 'who was refused leaves the lock alone');
  unlock();
  const again = lockDirectory(link);
  // Who has given it back cannot take it from who has it now.
  unlock();
  assert.throws(() => lockDirectory(directory), { code: 'storage-failed' });
  again();
  assert.ok(!existsSync(join(directory, 'lock')));
});

test('a folder of another process is refused while that lives, and taken over when it is gone', () => {
  const directory = folder();
  writeFileSync(join(directory, 'lock'), String(process.ppid));
  assert.throws(() => lockDirectory(directory), { message: new RegExp(`process ${process.ppid} uses it`) });
  writeFileSync(join(directory, 'lock'), String(spawnSync('true').pid));
  lockDirectory(directory)();
});
