/** Dead letters over HTTP: of a flow that runs, and of one that is stopped. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ApiProblem } from '#client';
import { lineTo, Plant, until } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-letters-'));
const moody = { params: { flow: 'moody' } };
const plant = await Plant.start(root);
await plant.upload(MOODY);
await plant.run(
  'moody',
  lineTo('moody.jsonl', { name: 'moody', tags: ['e', 'm'], nodes: [{ id: 'm', node_type: 'moody' }] }),
);
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});
const call: typeof plant.client.call = (...args) => plant.client.call(...args);
const fails = (code: string) => (error: unknown) => error instanceof ApiProblem && error.code === code;

test('dead letters: listed, looked at, exported, tried again, dropped, of a flow that runs and of one that is stopped', async () => {
  await call('dropDeadLetters', { ...moody, body: { ids: 'all' } });
  const had = plant.lines('moody.jsonl').length;
  await plant.act('stop', 'moody');
  await plant.act('start', 'moody');
  await plant.send([update('trap', 0), update('m', 1)]);
  // The node refuses the first one that begins with e, once in its life.
  await plant.save(
    'moody',
    lineTo('moody.jsonl', { name: 'moody', tags: ['t/#', 'm'], nodes: [{ id: 'm', node_type: 'moody' }] }),
  );
  await plant.deploy('moody', { probation_ms: 0 });
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
