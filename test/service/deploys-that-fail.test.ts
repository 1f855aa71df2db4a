/** Deploys that fail, at once and later: what ran before runs on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fails, lineTo, of, Plant, SUM } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-failing-'));
const plant = await Plant.start(root);
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});

const call: typeof plant.client.call = (...args) => plant.client.call(...args);

test('a deploy that fails leaves everything as it was, of a flow that runs and of one that never did', async () => {
  await plant.run('firm', lineTo('firm.jsonl', { tags: ['firm'], nodes: [SUM] }));
  await plant.send([update('firm', 1)]);
  await until(() => plant.lines('firm.jsonl').length === 1);
  const refusing = { id: 'bad', node_type: 'agg', props: { function: 'median', mode: 'running' } };
  await plant.save('firm', lineTo('firm.jsonl', { tags: ['firm'], nodes: [SUM, refusing] }));
  const failed = await plant.ended(await call('deployFlow', of('firm')));
  assert.deepEqual([failed.state, failed.error!.code], ['failed', 'configure-failed']);
  assert.match(failed.error!.message, /bad/);
  const flow = await plant.flow('firm');
  assert.deepEqual([flow.state, flow.desired, flow.deployed_version, flow.problem], ['running', 'running', 1, null]);
  await plant.send([update('firm', 2)]);
  await until(() => plant.lines('firm.jsonl').length === 2);
  assert.deepEqual(plant.values('firm.jsonl'), [1, 3]);

  await plant.create('hopeless', lineTo('hopeless.jsonl', { tags: ['firm'], nodes: [refusing] }));
  const never = await plant.ended(await call('deployFlow', of('hopeless')));
  assert.equal(never.error!.code, 'configure-failed', never.error!.message);
  const after = await plant.flow('hopeless');
  assert.deepEqual(
    [after.state, after.desired, after.deployed_version, after.problem],
    ['stopped', 'stopped', null, null],
  );
  await assert.rejects(call('getArtifact', of('hopeless')), fails('not-found'));
  await plant.act('stop', 'firm');
});

test('a version that keeps failing is rolled back, and the database says so', async () => {
  await plant.upload(MOODY);
  await plant.run('moody', lineTo('moody.jsonl', { tags: ['moody', 'trap'], nodes: [SUM] }));
  await plant.save(
    'moody',
    lineTo('moody.jsonl', { tags: ['moody', 'trap'], nodes: [SUM, { id: 'm', node_type: 'moody' }] }),
  );
  await plant.deploy('moody', { probation_ms: 600_000 });
  await plant.send([update('moody', 1), ...Array.from({ length: 5 }, (_, i) => update('trap', i))]);
  await until(async () => (await plant.flow('moody')).deployed_version === 1);
  const { items } = await call('listDeploys', { query: { flow: 'moody' } });
  assert.deepEqual(
    items.map(({ kind, state, version, by }) => [kind, state, version, by]),
    [
      ['rollback', 'done', 1, 'gateway'],
      ['deploy', 'done', 2, 'local'],
      ['deploy', 'done', 1, 'local'],
    ],
  );
  const flow = await plant.flow('moody');
  assert.deepEqual([flow.state, flow.desired], ['running', 'running']);
  assert.match(flow.problem!, /^rolled back: /);
  // What failed runs again in the version that is back.
  await until(() => plant.lines('moody.jsonl').length === 6);
  await plant.act('stop', 'moody');
});
