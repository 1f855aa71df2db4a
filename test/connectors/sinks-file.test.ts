import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { needs } from '../support/tools.ts';
import { openProbe, sleep, until } from './sinks-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-sinks-file-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const place = { directory: folder };
const line = (index: number): string => `line ${String(index).padStart(7, '0')}\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, index) => line(index)).join('');

test('a disk that is full holds the flow; what was written of a chunk is not written again', {
  ...needs('prlimit', 'util-linux'),
}, async () => {
  const LIMIT = 100_000;
  const COUNT = 1_000_000;
  const child = spawn(
    'prlimit',
    [
      `--fsize=${LIMIT}:unlimited`,
      process.execPath,
      '--conditions=fusewire-source',
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'sinks-file-child.ts'),
      folder,
      String(COUNT),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const said = createInterface({ input: child.stdout });
  let last = { settled: 0, taken: 0, retries: 0, failed: 0, online: true };
  said.on('line', text => {
    last = JSON.parse(text) as typeof last;
  });
  await until('it has tried again', () => last.retries >= 3);
  const path = join(folder, 'full.txt');
  assert.equal(statSync(path).size, LIMIT);
  assert.ok(last.settled * line(0).length <= LIMIT, 'settled only what is in the file');
  assert.ok(last.taken < COUNT && !last.online, 'the flow is held');
  spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
  await once(said, 'close');
  assert.deepEqual({ ...last, retries: 0 }, { settled: COUNT, taken: COUNT, retries: 0, failed: 0, online: true });
  assert.ok(readFileSync(path, 'utf8') === lines(COUNT), 'every byte once');
});

test('an old file that cannot be removed holds the rotation until it can', async t => {
  const path = join(folder, 'stuck.txt');
  const { sink, put, problems } = await openProbe(t, 'file', { path, rotate_bytes: 5_000, keep: 1 }, place);
  mkdirSync(`${path}.1`);
  mkdirSync(join(`${path}.1`, 'in the way'));
  await put(lines(400), 0);
  await sink.flush();
  await put(line(400), 1);
  await until('it is tried again', () => problems.length >= 2);
  assert.equal(sink.settled, 1);
  assert.equal(sink.state.online, false);
  rmSync(`${path}.1`, { recursive: true });
  await sink.flush();
  assert.equal(sink.settled, 2);
  assert.equal(readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8'), lines(401));
  await sink.close();
});

test('closed while the disk is full: each output is reported, whole', async t => {
  const { sink, put, failed, problems } = await openProbe(t, 'file', { path: '/dev/full' }, place);
  for (let i = 0; i < 100; i += 1) await put(line(i), i);
  await until('it is tried again', () => problems.length >= 2);
  assert.equal(sink.settled, 0);
  await sink.close();
  assert.deepEqual(
    failed.map(one => [one.body, one.sequence]),
    Array.from({ length: 100 }, (_, i) => [line(i), i]),
  );
  assert.ok(failed.every(({ error }) => error.code === 'file-unwritable'));
  assert.equal(sink.settled, 100);
});

test('fsync batch: settled after the disk has it; append false begins anew', async t => {
  const path = join(folder, 'synced.txt');
  for (const append of [true, true, false]) {
    const { sink, put } = await openProbe(t, 'file', { path, fsync: 'batch', append }, place);
    let settled = 0;
    for (let i = 0; i < 20_000; i += 1) {
      await put(line(i), i);
      assert.ok(sink.settled >= settled && sink.settled <= i + 1);
      settled = sink.settled;
      if (i % 1_000 === 0) await sleep(1);
      assert.ok(settled * line(0).length <= statSync(path).size);
    }
    await sink.close();
  }
  assert.equal(readFileSync(path, 'utf8'), lines(20_000));
});

test('a gateway’s file sinks write into its folder for files and nowhere else', async () => {
  const open = (path: string): Promise<unknown> => openProbe(null, 'file', { path }, { ...place, confined: true });
  for (const path of ['../outside.txt', '/tmp/outside.txt', 'a/../../outside.txt', '.', '', 'a/..'])
    await assert.rejects(open(path), { code: 'sink-props-invalid' }, path);
  for (const path of ['inside.txt', 'a/b.txt', '..name.txt', 'a/../c.txt'])
    await assert.doesNotReject(open(path), path);
});
