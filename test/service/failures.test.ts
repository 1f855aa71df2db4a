/** What the world does to `fusewire serve`: told in a line, exit code 3, nothing destroyed; and how it stops. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { Client } from '#client';
import { dialPush } from '#connectors';
import { frames } from '../support/generate.ts';
import { linesOf, lineTo, newData, Plant, SUM } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { type ServedOptions, ServedProcess } from '../support/served-process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-failures-'));
after(() => rmSync(root, { recursive: true, force: true }));
/** A data directory with a flow that was stopped in good order. */
let good = '';

async function deploy(client: Client, id: string, document: object): Promise<void> {
  await client.call('createFlow', { body: { id, name: id, document } });
  const { id: job } = await client.call('deployFlow', { params: { flow: id } });
  for await (const one of client.followDeploy(job)) assert.notEqual(one.state, 'failed', JSON.stringify(one.error));
}

before(async () => {
  good = newData(root);
  const served = new ServedProcess(good);
  await deploy(await served.ready(), 'line', lineTo('out.jsonl', { name: 'kept', tags: ['x'], nodes: [SUM] }));
  assert.deepEqual(await served.kill('SIGTERM'), { code: 0, signal: null });
});

function copy(): string {
  const data = mkdtempSync(join(root, 'copy-'));
  cpSync(good, data, { recursive: true, verbatimSymlinks: true });
  return data;
}

/** Every file but locks, with what is in it. */
const content = (data: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(data, { recursive: true, encoding: 'utf8' })
      .filter(
        name => !name.startsWith('cache') && !/lock|-wal$|-shm$/.test(name) && statSync(join(data, name)).isFile(),
      )
      .map(name => [name, readFileSync(join(data, name)).toString('base64')]),
  );

/** It ends with code 3 and one line that says why. */
async function refused(data: string, code: string, says: RegExp, options: ServedOptions = {}): Promise<void> {
  const served = new ServedProcess(data, options);
  const { code: exit } = await served.ended;
  assert.equal(exit, 3, served.out + served.err);
  assert.match(served.err, new RegExp(`^error\\[${code}\\]: .+\\n$`));
  assert.match(served.err, says);
}

test('two processes on one data directory: the second is refused, the first goes on', async () => {
  const data = copy();
  const first = new ServedProcess(data);
  const client = await first.ready();
  await refused(data, 'data-locked', /uses|process/);
  assert.equal((await client.call('getFlow', { params: { flow: 'line' } })).state, 'running');
  await first.kill('SIGTERM');
});

test('a database that is damaged, no database of ours, of a newer release, or gone', async () => {
  for (const [code, spoil] of [
    ['data-corrupt', (file: string) => writeFileSync(file, readFileSync(file).fill(0x5a, 5_000))],
    ['data-corrupt', (file: string) => writeFileSync(file, 'this is no database at all, but a text of some length')],
    ['data-corrupt', (file: string) => rmSync(file)],
    [
      'data-newer',
      (file: string) => {
        const database = new DatabaseSync(file);
        database.exec('PRAGMA user_version = 4711');
        database.close();
      },
    ],
  ] as const) {
    const data = copy();
    spoil(join(data, 'fusewire.db'));
    const before = content(data);
    await refused(data, code, /fusewire\.db|copy-/);
    assert.deepEqual(content(data), before, 'nothing is destroyed');
  }
});

test('a data directory that cannot be written to, or made', async () => {
  const file = join(root, 'a-file');
  writeFileSync(file, 'x');
  await refused(join(file, 'data'), 'storage-failed', /a-file/);
  // Who may write everywhere runs it as somebody who may not.
  const other = process.getuid!() === 0 ? { uid: 65_534 } : {};
  chmodSync(root, 0o755);
  const data = copy();
  const before = content(data);
  for (const name of ['', ...readdirSync(data, { recursive: true, encoding: 'utf8' })])
    if (!name.startsWith('cache')) chmodSync(join(data, name), 0o555);
  await refused(data, 'storage-failed', /must be able to write/, other);
  assert.deepEqual(content(data), before);
  for (const name of ['', ...readdirSync(data, { recursive: true, encoding: 'utf8' })])
    if (!name.startsWith('cache')) chmodSync(join(data, name), 0o755);
});

test('a port that is in use: of the API, and of the ingest', async t => {
  const data = copy();
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await refused(data, 'listen-failed', new RegExp(`127\\.0\\.0\\.1:${port}`), { listen: `127.0.0.1:${port}` });
  await refused(data, 'listen-failed', new RegExp(`${port}`), { ingest: `tcp://127.0.0.1:${port}` });
  const served = new ServedProcess(data);
  assert.equal((await (await served.ready()).call('getFlow', { params: { flow: 'line' } })).state, 'running');
  await served.kill('SIGTERM');
});

test('state of a flow that is damaged concerns that flow alone', async () => {
  const data = copy();
  const state = join(data, 'flows/line');
  rmSync(state, { recursive: true });
  writeFileSync(state, 'a file, where a folder has to be');
  const served = new ServedProcess(data);
  const client = await served.ready();
  assert.equal((await client.call('getFlow', { params: { flow: 'line' } })).state, 'down');
  await deploy(client, 'other', lineTo('other.jsonl', { name: 'other', tags: ['x'] }));
  assert.equal((await fetch(`${served.url}/readyz`)).status, 503);
  assert.equal((await served.kill('SIGTERM')).code, 0);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} under load: what was taken in comes out, in order, and the state goes on`, async () => {
    const data = newData(root);
    const ingest = `ipc://${join(data, 'in')}`;
    let served = new ServedProcess(data, { ingest });
    await deploy(await served.ready(), 'line', lineTo('out.jsonl', { name: 'durable', nodes: [SUM], durable: true }));
    let sent = 0;
    let isUp = true;
    const pouring = (async () => {
      const push = await dialPush(ingest);
      while (isUp) {
        const some = Array.from({ length: 200 }, (_, i) => update('n', sent + i + 1));
        await push.write(frames(some, push.ipc)).catch(() => (isUp = false));
        sent += some.length;
        await new Promise(resolve => setTimeout(resolve, 2));
      }
    })();
    await until(() => linesOf(data, 'out.jsonl').length > 1_000);
    assert.deepEqual(await served.kill(signal), { code: 0, signal: null });
    await pouring;
    const sums = linesOf(data, 'out.jsonl').map(one => one.value);
    assert.deepEqual(
      sums,
      sums.map((_, i) => ((i + 1) * (i + 2)) / 2),
      'each record once, none is missing',
    );
    served = new ServedProcess(data, { ingest });
    await served.ready();
    const push = await dialPush(ingest);
    await push.write(frames([update('n', 1_000_000)], push.ipc));
    await until(() => linesOf(data, 'out.jsonl').length > sums.length);
    assert.equal(
      linesOf(data, 'out.jsonl')[sums.length]!.value,
      sums.at(-1)! + 1_000_000,
      'nothing was taken in that did not come out',
    );
    await push.close();
    await served.kill('SIGTERM');
  });

test('a stop in the midst of a deploy ends it, and within the limit', async () => {
  const data = copy();
  let served = new ServedProcess(data);
  const client = await served.ready();
  const body = { document: lineTo('new.jsonl', { name: `new ${Date.now()}`, nodes: [SUM] }) };
  await client.call('saveDraft', { params: { flow: 'line' }, body, ifMatch: '*' });
  const { id } = await client.call('deployFlow', { params: { flow: 'line' } });
  assert.deepEqual(await served.kill('SIGTERM'), { code: 0, signal: null });
  served = new ServedProcess(data);
  const again = await served.ready();
  const job = await again.call('getDeploy', { params: { deploy: id } });
  assert.deepEqual([job.state, job.error?.code], ['failed', 'gateway-ended']);
  assert.equal((await again.call('getFlow', { params: { flow: 'line' } })).deployed_version, 1);
  await served.kill('SIGTERM');
});

test('a stop while it starts ends the start; the next one takes up what ran', async () => {
  const data = copy();
  // To fuse again takes long.
  rmSync(join(data, 'cache'));
  const stopping = new AbortController();
  const starting = Plant.start(root, { data, signal: stopping.signal });
  setTimeout(() => stopping.abort(), 100);
  const plant = await starting;
  await plant.stop();
  assert.deepEqual(plant.server.ingest, [], 'no driver was let in');
  assert.ok(!plant.log.some(line => /does not start/.test(line)), plant.log.join('\n'));
  symlinkSync(readlinkSync(join(good, 'cache')), join(data, 'cache'));
  const again = await Plant.start(root, { data });
  assert.equal((await again.flow('line')).state, 'running');
  await again.stop();
});
