/** What a gateway takes up when it starts again, and what it does with what cannot start. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lineTo, Plant, SUM } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-restart-'));
after(() => rmSync(root, { recursive: true, force: true }));

const ready = async ({ server }: Plant): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, text: await response.text() };
};

test('what ran runs again, at its version, with its state; paused stays paused, stopped stopped', async t => {
  let plant = await Plant.start(root);
  t.after(() => plant.stop());
  const document = (name: string) => lineTo(`${name}.jsonl`, { name: 'line', tags: ['x'], nodes: [SUM] });
  await plant.run('runs', document('runs'));
  await plant.run('pauses', document('pauses'));
  await plant.run('stops', document('stops'));
  // A newer version that is not deployed does not run.
  await plant.save('runs', lineTo('other.jsonl'));
  await plant.client.call('createVersion', { params: { flow: 'runs' } });
  await plant.send([update('x', 1)]);
  const names = ['runs', 'pauses', 'stops'] as const;
  const values = (): number[][] => names.map(name => plant.values(`${name}.jsonl`));
  await until(() => values().every(one => one.length === 1));
  await plant.act('pause', 'pauses');
  await plant.act('stop', 'stops');
  for (let round = 0; round < 2; round += 1) {
    plant = await plant.again();
    assert.equal((await ready(plant)).status, 200);
    const flows = await Promise.all(names.map(name => plant.flow(name)));
    assert.deepEqual(
      flows.map(one => [one.state, one.desired, one.deployed_version]),
      [
        ['running', 'running', 1],
        ['paused', 'paused', 1],
        ['stopped', 'stopped', 1],
      ],
    );
  }
  await plant.send([update('x', 2)]);
  await until(() => plant.lines('runs.jsonl').length === 2);
  assert.deepEqual(values(), [[1, 3], [1], [1]]);
  await plant.act('start', 'stops');
  await plant.act('resume', 'pauses');
  await until(() => plant.lines('pauses.jsonl').length === 2);
  await plant.send([update('x', 3)]);
  await until(() => values().flat().length === 8);
  assert.deepEqual(values(), [
    [1, 3, 6],
    [1, 3, 6],
    [1, 4],
  ]);
});

test('a flow that cannot start is tried again, keeps no other down, and readyz names it until it runs', async t => {
  let plant = await Plant.start(root);
  t.after(() => plant.stop());
  await plant.run('good', lineTo('good.jsonl', { tags: ['x'] }));
  await plant.run('bad', lineTo('bad/out.jsonl', { tags: ['x'], nodes: [SUM] }));
  await plant.send([update('x', 1)]);
  await until(() => plant.lines('bad/out.jsonl').length === 1);
  await plant.stop();
  // A file where the folder of its output has to be.
  const folder = join(plant.data, 'files/bad');
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  plant = await Plant.start(root, { data: plant.data });
  const { status, text } = await ready(plant);
  assert.equal(status, 503);
  assert.match(text, /flow bad is down/);
  const bad = await plant.flow('bad');
  assert.deepEqual([bad.state, bad.desired, bad.deployed_version], ['down', 'running', 1]);
  assert.ok(bad.problem);
  await plant.send([update('x', 2)]);
  await until(() => plant.lines('good.jsonl').length === 2);
  unlinkSync(folder);
  mkdirSync(folder);
  await until(async () => (await ready(plant)).status === 200);
  await plant.send([update('x', 3)]);
  await until(() => plant.lines('bad/out.jsonl').length === 1);
  assert.deepEqual(plant.values('bad/out.jsonl'), [4], 'with its state');
});

test('a flow that is down: start and stop do what they say, a deploy mends it', async t => {
  let plant = await Plant.start(root);
  t.after(() => plant.stop());
  const document = (path: string) => lineTo(path, { name: 'broken', tags: ['x'], nodes: [SUM] });
  await plant.run('broken', document('sub/out.jsonl'));
  await plant.send([update('x', 1)]);
  await until(() => plant.lines('sub/out.jsonl').length === 1);
  await plant.stop();
  rmSync(join(plant.data, 'files/sub'), { recursive: true });
  writeFileSync(join(plant.data, 'files/sub'), '');
  plant = await Plant.start(root, { data: plant.data });
  const params = { flow: 'broken' };
  const failed = await plant.ended(await plant.client.call('startFlow', { params }));
  assert.deepEqual([failed.state, (await plant.flow('broken')).state], ['failed', 'down'], 'and is still tried again');
  await plant.save('broken', document('fine.jsonl'));
  await plant.deploy('broken');
  assert.deepEqual([(await plant.flow('broken')).state, (await plant.flow('broken')).problem], ['running', null]);
  await plant.send([update('x', 5)]);
  await until(() => plant.lines('fine.jsonl').length === 1);
  assert.deepEqual(plant.values('fine.jsonl'), [6], 'with the state of the version that could not start');
  await plant.act('stop', 'broken');
  assert.equal((await ready(plant)).status, 200);
});

test('without its cache, or with one that is damaged, a gateway fuses again', async t => {
  const data = mkdtempSync(join(root, 'data-'));
  let plant = await Plant.start(root, { data });
  t.after(() => plant.stop());
  await plant.run('line', lineTo('line.jsonl', { tags: ['x'], nodes: [SUM] }));
  await plant.send([update('x', 1)]);
  await until(() => plant.lines('line.jsonl').length === 1);
  for (const spoil of [(file: string) => rmSync(file), (file: string) => writeFileSync(file, 'no longer wasm')]) {
    await plant.stop();
    for (const name of readdirSync(join(data, 'cache'))) spoil(join(data, 'cache', name));
    plant = await Plant.start(root, { data });
    assert.equal((await plant.flow('line')).state, 'running');
  }
  await plant.send([update('x', 2)]);
  await until(() => plant.lines('line.jsonl').length === 2);
  assert.deepEqual(plant.values('line.jsonl'), [1, 3]);
});
