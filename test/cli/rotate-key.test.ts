/** `secret rotate-key` of a data directory: whenever it is killed, every secret can be read, and by one key. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { localIdentity, Secrets } from '#access';
import { openRepository } from '#repository';
import { MAIN } from '../support/remote.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-rotate-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const VALUES: Record<string, string> = { broker: 'hunter2', cloud: 'schlüssel', press: '\u{1f511}' };
const BY = localIdentity();

/** A data directory with these secrets. */
function dataWith(values: Record<string, string>): string {
  const data = mkdtempSync(join(folder, 'data-'));
  const repository = openRepository(data);
  const secrets = new Secrets(repository, join(data, 'secrets.key'));
  for (const [name, value] of Object.entries(values)) secrets.put(BY, name, value);
  repository.close();
  return data;
}

interface Read {
  readonly values: Record<string, string>;
  readonly keys: readonly string[];
  readonly actions: readonly string[];
}
function readAll(data: string): Read {
  const repository = openRepository(data);
  try {
    const secrets = new Secrets(repository, join(data, 'secrets.key'));
    const all = secrets.list(BY);
    return {
      values: Object.fromEntries(all.map(({ name }) => [name, secrets.resolve(name)])),
      keys: [...new Set(all.map(one => one.key_id))],
      actions: repository.audit.list().items.map(one => one.action),
    };
  } finally {
    repository.close();
  }
}

const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: join(ROOT, '.cache/compile') };

function rotate(data: string, ...args: readonly string[]): { code: number | null; out: string; err: string } {
  const words = [...MAIN, 'offline', 'secret', 'rotate-key', '--data', data, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: folder, env });
  return { code: status, out: stdout, err: stderr };
}

/** What the command does, without what takes it long to start. */
const BARE = `import { localIdentity, Secrets } from '#access';
import { openRepository } from '#repository';
const repository = openRepository(process.env.DATA);
new Secrets(repository, process.env.DATA + '/secrets.key').rotate(localIdentity());
repository.close();`;

/** @param at change on disk at which it is killed. @returns whether it came to its end before */
function rotateKilled(data: string, at: number): boolean {
  const saboteur = `--import=${join(ROOT, 'test/support/saboteur.ts')}`;
  const words = [...MAIN.slice(0, -1), saboteur, '--input-type=module', '-e', BARE];
  const given = { ...env, DATA: data, CRASH_AT: String(at) };
  const { status, signal, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: ROOT, env: given });
  assert.deepEqual([status, signal], signal === null ? [0, null] : [null, 'SIGKILL'], stderr);
  return signal === null;
}

test('all secrets get a new key, and who did it is in the audit log', () => {
  const data = dataWith(VALUES);
  const before = readAll(data);
  const old = readFileSync(join(data, 'secrets.key'));
  assert.deepEqual(rotate(data), { code: 0, out: '3 secrets are encrypted with a new key\n', err: '' });
  const now = readAll(data);
  assert.deepEqual([now.values, now.actions[0]], [VALUES, 'secret.rotate']);
  assert.notDeepEqual(now.keys, before.keys);
  assert.notDeepEqual(readFileSync(join(data, 'secrets.key')), old);
  assert.equal(existsSync(join(data, 'secrets.key.new')), false);
  assert.deepEqual(JSON.parse(rotate(data, '--json').out), { secrets: 3 });
  assert.equal(rotate(dataWith({})).out, '0 secrets are encrypted with a new key\n');
});

test('refused: while a process has the directory, without the key, where there is no directory', () => {
  const data = dataWith(VALUES);
  const repository = openRepository(data);
  const locked = rotate(data);
  repository.close();
  assert.deepEqual([locked.code, /^error\[data-locked\]/.test(locked.err)], [3, true], locked.err);
  const key = readFileSync(join(data, 'secrets.key'));
  assert.deepEqual(readAll(data).values, VALUES);
  rmSync(join(data, 'secrets.key'));
  assert.match(rotate(data).err, /^error\[secret-unreadable\]/);
  assert.equal(existsSync(join(data, 'secrets.key')), false, 'no other key is made');
  assert.equal(key.length > 0, true);
  const missing = rotate(join(folder, 'missing'));
  assert.deepEqual([missing.code, /^error\[file-not-found\]/.test(missing.err)], [3, true]);
  assert.equal(existsSync(join(folder, 'missing')), false);
});

test('killed at any change on disk: every secret is there, all of them by one key, and a next try succeeds', () => {
  const data = dataWith(VALUES);
  const key = readFileSync(join(data, 'secrets.key'));
  const [before] = readAll(data).keys;
  const ends = { before: 0, after: 0 };
  /** @returns whether it had begun to change keys, and whether it came to its end */
  function killed(crash_at: number): { begun: boolean; ended: boolean } {
    const copy = mkdtempSync(join(folder, 'copy-'));
    cpSync(data, copy, { recursive: true });
    const ended = rotateKilled(copy, crash_at);
    const isBeside = existsSync(join(copy, 'secrets.key.new'));
    const begun = isBeside || !readFileSync(join(copy, 'secrets.key')).equals(key);
    const { values, keys } = readAll(copy);
    assert.deepEqual(values, VALUES, `killed at ${crash_at}`);
    assert.equal(keys.length, 1, `killed at ${crash_at}`);
    ends[keys[0] === before ? 'before' : 'after'] += 1;
    if (isBeside) {
      assert.ok(rotateKilled(copy, 0), `after ${crash_at}`);
      assert.deepEqual(readAll(copy).values, VALUES);
    }
    rmSync(copy, { recursive: true });
    return { begun, ended };
  }
  // Most of it is to open the data directory: from where keys are changed, every step counts.
  let last = 16;
  while (!killed(last).begun) last *= 2;
  let first = last / 2;
  while (last - first > 1) {
    const middle = (first + last) >> 1;
    if (killed(middle).begun) last = middle;
    else first = middle;
  }
  for (let at = first - 2; !killed(at).ended; at += 1);
  assert.ok(ends.before > 10 && ends.after > 2, JSON.stringify(ends));
});
