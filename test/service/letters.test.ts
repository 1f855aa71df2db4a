/** What a gateway keeps of what went wrong: dead letters, logs, recordings. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fails, lineTo, Plant, SUM, scale } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-letters-'));
let plant: Plant;
const line = { params: { flow: 'line' } };
const moody = { params: { flow: 'moody' } };
before(async () => {
  plant = await Plant.start(root);
  await plant.run('line', lineTo('line.jsonl', { name: 'line', tags: ['a/#'], nodes: [SUM, scale(2)] }));
  await plant.upload(MOODY);
  const nodes = [{ id: 'm', node_type: 'moody' }];
  await plant.run('moody', lineTo('moody.jsonl', { name: 'moody', tags: ['t/#', 'm'], nodes }));
});
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});
const call: typeof plant.client.call = (...args) => plant.client.call(...args);

test('dead letters: listed, looked at, exported, tried again, dropped, of a flow that runs and of one that is stopped', async () => {
  const had = plant.lines('moody.jsonl').length;
  await plant.send([update('t/1', 1), update('m', 2), update('t/2', 3), update('t/3', 4)]);
  const list = (query = {}) => call('listDeadLetters', { ...moody, query });
  await until(async () => (await list()).items.length === 3);
  const letters = (await list()).items;
  assert.deepEqual(
    letters.map(one => [one.node, one.kind]),
    [
      ['m', 'fault'],
      ['m', 'fault'],
      ['m', 'fault'],
    ],
  );
  const page = await list({ limit: 2 });
  const rest = await list({ limit: 2, after: page.next! });
  assert.deepEqual([...page.items, ...rest.items], letters);
  assert.deepEqual((await list({ node: 'nobody' })).items, []);
  await assert.rejects(list({ after: 'x' }), fails('cursor-invalid'));
  const [first] = letters;
  const letter = { flow: 'moody', letter: first!.id };
  const look = async (): Promise<unknown[]> => {
    const full = await call('getDeadLetter', { params: letter });
    const bytes = await call('getDeadLetterMessage', { params: letter });
    const lines = Buffer.from(await call('exportDeadLetters', moody))
      .toString()
      .trimEnd()
      .split('\n');
    const exported = lines.map(one => JSON.parse(one) as { id: number; message_base64: string });
    return [
      full.message.update?.tag,
      Buffer.from(bytes).toString('base64') === exported.at(-1)!.message_base64,
      exported.map(one => one.id),
    ];
  };
  const expected = ['t/3', true, letters.map(one => one.id).reverse()];
  assert.deepEqual(await look(), expected);
  await assert.rejects(call('getDeadLetter', { params: { flow: 'moody', letter: 99_999 } }), fails('not-found'));
  await plant.act('stop', 'moody');
  assert.deepEqual((await list()).items, letters);
  assert.deepEqual(await look(), expected);
  await assert.rejects(call('retryDeadLetters', { ...moody, body: { ids: 'all' } }), fails('not-running'));
  assert.deepEqual(await call('dropDeadLetters', { ...moody, body: { ids: [letters[2]!.id] } }), {
    done: 1,
    problems: [],
  });
  assert.deepEqual((await list()).items, letters.slice(0, 2));
  // A version without the node that fails takes them.
  await plant.save(
    'moody',
    lineTo('moody.jsonl', { name: 'moody', tags: ['t/#', 'm'], nodes: [{ id: 'm', node_type: 'scale' }] }),
  );
  await plant.deploy('moody');
  assert.deepEqual((await list()).items, letters.slice(0, 2));
  const retried = await call('retryDeadLetters', { ...moody, body: { ids: [first!.id, 12_345] } });
  assert.deepEqual([retried.done, retried.problems.length], [1, 1]);
  await until(() => plant.lines('moody.jsonl').some(one => one.tag === 't/3'));
  assert.ok(plant.lines('moody.jsonl').length > had);
  assert.deepEqual(await call('dropDeadLetters', { ...moody, body: { ids: 'all' } }), { done: 1, problems: [] });
  assert.deepEqual((await list()).items, []);
});

test('logs of flows and nodes, by flow, by level, and what comes after', async () => {
  const all = await call('listLogs', { query: { flow: 'moody' } });
  assert.ok(all.items.length > 0 && all.items.every(one => one.flow === 'moody'));
  const errors = await call('listLogs', { query: { flow: 'moody', level: 'error' } });
  assert.ok(errors.items.length > 0 && errors.items.every(one => one.level === 'error'));
  const last = all.items.at(-1)!.seq;
  assert.deepEqual((await call('listLogs', { query: { flow: 'moody', after: last } })).items, []);
});

test('recordings are made, listed and given; names that are none are refused', async () => {
  await plant.send([update('a/one', 1)]);
  await until(async () => (await call('getFlowLive', line)).records > 0);
  const { name } = await call('makeRecording', line);
  const [first] = (await call('listRecordings', line)).items;
  assert.equal(first!.name, name);
  const bytes = await call('getRecording', { params: { flow: 'line', name } });
  assert.deepEqual([bytes.length, Buffer.from(bytes.subarray(0, 5)).toString()], [first!.bytes, 'FWREC']);
  await assert.rejects(call('getRecording', { params: { flow: 'line', name: 'other.rec' } }), fails('not-found'));
  const escaped = await fetch(`${plant.server.url}/api/v1/flows/line/recordings/..%2f..%2f..%2ffusewire.db`);
  assert.ok(escaped.status === 400 || escaped.status === 404, String(escaped.status));
  await plant.act('stop', 'line');
  assert.equal((await call('listRecordings', line)).items[0]!.name, name);
  await assert.rejects(call('makeRecording', line), fails('not-running'));
  await plant.act('start', 'line');
});
