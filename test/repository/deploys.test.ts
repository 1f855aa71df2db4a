import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finding } from '#diagnostic';
import { openRepository, REPOSITORY_LIMITS, type Repository } from '#repository';
import { folder } from './store.ts';
import { addFlow, addNode, pinned, versionOf } from './things.ts';

/** A flow with two versions; each look at the clock is 1 ms later. */
function flow(directory = folder()): Repository {
  let time = 0;
  const store = openRepository(directory, { clock: () => (time += 1) });
  addFlow(store, 'boiler');
  const node = addNode(store, 'passer');
  for (let i = 0; i < 2; i += 1) store.flows.cutVersion('boiler', versionOf(pinned(node)));
  return store;
}
const NEW = { flow: 'boiler', version: 1, kind: 'deploy', by: 'ada' } as const;

test('a deploy goes through its stages, and its end changes job and flow together', () => {
  const store = flow();
  const { id, state, stages } = store.deploys.create(NEW);
  assert.deepEqual([state, stages], ['queued', []]);
  assert.throws(() => store.deploys.enter(id, 'check'), { code: 'conflict' });
  assert.throws(() => store.deploys.commit(id, 'boiler', 1, 'running', null), { code: 'conflict' });
  assert.equal(store.deploys.start(id).state, 'running');
  assert.throws(() => store.deploys.start(id), { code: 'conflict' });
  for (const stage of ['check', 'merge']) store.deploys.enter(id, stage);
  assert.equal(store.flows.get('boiler')?.deployed_version, null);
  const done = store.deploys.commit(id, 'boiler', 1, 'running', { bytes: 12 });
  assert.deepEqual([done.state, done.stage, done.report], ['done', 'merge', { bytes: 12 }]);
  const [check, merge] = done.stages;
  assert.ok(
    check!.began_at < check!.ended_at! && check!.ended_at === merge!.began_at && merge!.ended_at === done.ended_at,
  );
  const { desired, deployed_version } = store.flows.get('boiler')!;
  assert.deepEqual([desired, deployed_version], ['running', 1]);
  assert.throws(() => store.deploys.fail(id, { code: 'fusion-failed', message: '' }), { code: 'conflict' });
  assert.throws(() => store.deploys.start(99), { code: 'not-found' });
  store.close();
});

test('a commit that fails changes neither job nor flow', () => {
  const store = flow();
  const { id } = store.deploys.create(NEW);
  store.deploys.start(id);
  assert.throws(() => store.deploys.commit(id, 'boiler', 7, 'running', null), Error, 'there is no version 7');
  assert.throws(() => store.deploys.commit(id, 'pump', 1, 'running', null), TypeError);
  assert.equal(store.deploys.get(id)?.state, 'running');
  assert.equal(store.flows.get('boiler')?.desired, 'stopped');
  store.close();
});

test('a deploy that fails leaves the flow as it is and keeps what was found', () => {
  const store = flow();
  const { id } = store.deploys.create(NEW);
  const diagnostics = [finding('cycle', '$.nodes[0]', 'a cycle', 'remove it')];
  const failed = store.deploys.fail(id, { code: 'fusion-failed', message: 'no' }, diagnostics);
  assert.deepEqual([failed.state, failed.error?.code, failed.diagnostics], ['failed', 'fusion-failed', diagnostics]);
  assert.equal(store.flows.get('boiler')?.deployed_version, null);
  store.close();
});

test('jobs that were under way when the process ended are failed at the next open', () => {
  const directory = folder();
  const store = flow(directory);
  const ids = [1, 2, 3].map(() => store.deploys.create(NEW).id);
  store.deploys.start(ids[0]!);
  store.deploys.enter(ids[0]!, 'merge');
  store.deploys.start(ids[1]!);
  store.deploys.commit(ids[1]!, 'boiler', 1, 'running', null);
  store.close();
  const again = openRepository(directory);
  assert.deepEqual(
    ids.map(id => [again.deploys.get(id)!.state, again.deploys.get(id)!.error?.code ?? null]),
    [
      ['failed', 'gateway-ended'],
      ['done', null],
      ['failed', 'gateway-ended'],
    ],
  );
  assert.notEqual(again.deploys.get(ids[0]!)?.stages[0]?.ended_at, null);
  again.close();
});

test('jobs are listed newest first; the oldest that have ended go beyond the limit', () => {
  const store = flow();
  const first = store.deploys.create(NEW);
  store.transaction(() => {
    for (let i = 0; i < REPOSITORY_LIMITS.deploys_per_flow + 5; i += 1)
      store.deploys.fail(store.deploys.create(NEW).id, { code: 'x', message: '' });
  });
  const all = store.deploys.list({ flow: 'boiler', limit: 1_000 });
  assert.equal(all.items.length, REPOSITORY_LIMITS.deploys_per_flow);
  assert.equal(all.items[0]!.id, first.id + REPOSITORY_LIMITS.deploys_per_flow + 5);
  assert.equal(all.next, String(all.items.at(-1)!.id));
  assert.deepEqual(store.deploys.list({ state: 'queued' }).items, [first], 'what is under way stays');
  assert.throws(() => store.deploys.list({ after: '-1' }), { code: 'cursor-invalid' });
  assert.throws(() => store.deploys.create({ ...NEW, flow: 'pump' }), { code: 'not-found' });
  assert.throws(() => store.deploys.create({ ...NEW, version: 9 }), { code: 'not-found' });
  store.close();
});

test('a report that is too long is left out; the deploy is not lost for it', () => {
  const store = flow();
  const { id } = store.deploys.create({ ...NEW, kind: 'stop', version: null });
  store.deploys.start(id);
  const { report } = store.deploys.commit(id, 'boiler', null, 'stopped', 'x'.repeat(REPOSITORY_LIMITS.json_bytes));
  assert.deepEqual(report, { left_out_bytes: REPOSITORY_LIMITS.json_bytes + 2 });
  store.close();
});
