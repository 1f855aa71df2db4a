/** The life of a flow over HTTP, from its first draft to its end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEPLOY_STAGES, type DeployDto } from '#api';
import { ApiProblem } from '#client';
import { fails, lineTo, of, Plant, SUM, scale } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-life-'));
const plant = await Plant.start(root);
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});

const call: typeof plant.client.call = (...args) => plant.client.call(...args);

const NEW = { description: `Made at ${new Date().toISOString()}.` };

test('from the first draft to a version that runs', async () => {
  const made = await call('createFlow', { body: { name: 'Boiler Line 1' } });
  assert.deepEqual(
    [made.id, made.state, made.desired, made.deployed_version, made.latest_version, made.draft_differs],
    ['boiler-line-1', 'stopped', 'stopped', null, null, true],
  );
  assert.equal((await call('createFlow', { body: { name: 'Boiler Line 1' } })).id, 'boiler-line-1-2');
  await assert.rejects(call('createFlow', { body: { id: 'boiler-line-1', name: 'x' } }), fails('exists'));
  const flow = of('boiler-line-1');
  await plant.save('boiler-line-1', lineTo('boiler.jsonl', { tags: ['boiler/#'], nodes: [SUM], ...NEW }));
  assert.deepEqual(await call('checkDraft', flow), { ok: true, diagnostics: [] });
  const first = await call('createVersion', { ...flow, body: { message: 'first' } });
  assert.deepEqual([first.number, first.message, first.author, first.deployed], [1, 'first', 'local', false]);
  assert.equal((await call('createVersion', flow)).number, 1, 'the same draft makes no new version');

  const begun = await call('deployFlow', flow);
  const seen: DeployDto[] = [];
  const isOver = (one: DeployDto): boolean => one.state === 'done' || one.state === 'failed';
  const following = { params: { deploy: begun.id }, until: isOver };
  for await (const one of plant.client.events('deployEvents', following)) seen.push(one);
  const deploy = seen.at(-1)!;
  assert.deepEqual([deploy.state, deploy.error, deploy.version, deploy.by], ['done', null, 1, 'local']);
  const stages = deploy.stages.map(one => one.stage);
  assert.deepEqual(stages, DEPLOY_STAGES.slice(0, -1), 'nothing ran that could be taken over');
  assert.ok(deploy.stages.every(one => one.ms !== null && one.ms >= 0));
  const { receipt } = deploy;
  assert.deepEqual([receipt!.instances, receipt!.cached], [3, false]);
  assert.ok(receipt!.modules_in === 3 && receipt!.boundary_calls_removed > 0 && receipt!.bytes_out > 0);
  assert.deepEqual(await call('getDeploy', { params: { deploy: deploy.id } }), deploy);
  await plant.send([update('boiler/a', 1), update('other', 5), update('boiler/a', 2)]);
  await until(() => plant.lines('boiler.jsonl').length === 2);
  assert.deepEqual(plant.values('boiler.jsonl'), [1, 3]);
});

test('another version takes over with the state; the one before comes back', async () => {
  const flow = of('boiler-line-1');
  await plant.save('boiler-line-1', lineTo('boiler.jsonl', { tags: ['boiler/#'], nodes: [SUM, scale(10)], ...NEW }));
  assert.equal((await plant.flow('boiler-line-1')).draft_differs, true);
  const diff = await call('diffFlow', flow);
  assert.deepEqual(
    [diff.nodes_added, diff.nodes_removed, diff.wires_added, diff.wires_removed, diff.same],
    [['scale'], [], ['sum.out → scale.in', 'scale.out → out.in'], ['sum.out → out.in'], false],
  );
  const plan = await call('planDeploy', flow);
  const fates = (nodes: typeof plan.nodes) => Object.fromEntries(nodes.map(one => [one.node, one.fate]));
  assert.deepEqual(fates(plan.nodes), { in: 'kept', sum: 'kept', out: 'kept', scale: 'new' });
  const second = await plant.deploy('boiler-line-1');
  assert.deepEqual([second.version, second.stages.map(one => one.stage)], [2, [...DEPLOY_STAGES]]);
  assert.deepEqual(fates(second.nodes), fates(plan.nodes));
  assert.ok(second.pause_ms !== null && second.pause_ms >= 0);
  await plant.send([update('boiler/a', 3)]);
  await until(() => plant.lines('boiler.jsonl').length === 3);
  assert.deepEqual(plant.values('boiler.jsonl'), [1, 3, 60], 'the sum went on');

  const back = await plant.ended(await call('rollbackFlow', flow));
  assert.deepEqual([back.kind, back.state, back.version], ['rollback', 'done', 1]);
  assert.equal(back.receipt!.cached, true);
  await plant.send([update('boiler/a', 4)]);
  await until(() => plant.lines('boiler.jsonl').length === 4);
  assert.deepEqual(plant.values('boiler.jsonl').slice(3), [10]);
});

test('versions stay; a draft goes back to one; a flow goes, and all that was of it', async () => {
  const flow = of('boiler-line-1');
  const versions = await call('listVersions', flow);
  assert.deepEqual(
    versions.items.map(one => [one.number, one.deployed]),
    [
      [2, false],
      [1, true],
    ],
  );
  assert.deepEqual((await call('getVersion', { params: { flow: 'boiler-line-1', version: 2 } })).number, 2);
  await assert.rejects(call('getVersion', { params: { flow: 'boiler-line-1', version: 3 } }), fails('not-found'));
  const reverted = await plant.client.callFull('revertDraft', { ...flow, body: { version: 1 } });
  assert.equal((await call('diffFlow', { ...flow, query: { from: 1, to: 'draft' } })).same, true);
  assert.equal(reverted.etag, `"${reverted.answer.revision}"`);

  await assert.rejects(call('removeFlow', flow), fails('in-use'));
  await plant.act('stop', 'boiler-line-1');
  assert.deepEqual([(await plant.flow('boiler-line-1')).state], ['stopped']);
  await call('removeFlow', flow);
  await assert.rejects(call('getFlow', flow), fails('not-found'));
  await plant.run('boiler-line-1', lineTo('again.jsonl', { tags: ['boiler/#'], nodes: [SUM] }));
  await plant.send([update('boiler/a', 7)]);
  await until(() => plant.lines('again.jsonl').length === 1);
  assert.deepEqual(plant.values('again.jsonl'), [7], 'a flow of the same id begins anew');
  await plant.act('stop', 'boiler-line-1');
});

test('two editors do not overwrite each other', async () => {
  await plant.create('shared', lineTo('shared.jsonl'));
  const [ann, bob] = await Promise.all([
    plant.client.callFull('getDraft', of('shared')),
    plant.client.callFull('getDraft', of('shared')),
  ]);
  const save = (path: string, ifMatch: string) =>
    plant.client.callFull('saveDraft', { ...of('shared'), body: { document: lineTo(path) }, ifMatch });
  const saved = await save('ann.jsonl', ann.etag!);
  await assert.rejects(save('bob.jsonl', bob.etag!), fails('conflict'));
  await assert.rejects(
    call('createVersion', { ...of('shared'), ifMatch: bob.etag! }),
    fails('conflict'),
    'of a draft that was looked at before',
  );
  assert.equal((await save('bob.jsonl', saved.etag!)).answer.revision, 3);
  const both = await Promise.allSettled(['a.jsonl', 'b.jsonl'].map(path => save(path, '"3"')));
  assert.deepEqual(both.map(one => one.status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(
    fetch(`${plant.server.url}/api/v1/flows/shared/draft`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ document: {} }),
    }).then(async response => {
      throw new ApiProblem((await response.json()) as never);
    }),
    fails('precondition-missing'),
  );
});

test('a draft may be unfinished; to deploy it is refused, with what is wrong at which node and wire', async () => {
  const broken = lineTo('x.jsonl', { nodes: [{ id: 'hot', node_type: 'scale', props: { factor: 'ten' } }] });
  broken.wires.push({ source_node: 'hot', source_port: 'nowhere', target_node: 'out', target_port: 'in' });
  await plant.create('unfinished', broken);
  const report = await call('checkDraft', of('unfinished'));
  const places = report.diagnostics.map(one => one.where);
  assert.equal(report.ok, false);
  assert.ok(places.some(where => where.startsWith('$.nodes[1]')) && places.some(one => one.startsWith('$.wires[2]')));
  for (const name of ['deployFlow', 'createVersion'] as const)
    await assert.rejects(
      call(name, of('unfinished')),
      error => fails('flow-refused')(error) && (error as ApiProblem).diagnostics.length === report.diagnostics.length,
    );
  const { deployed_version, state, latest_version } = await plant.flow('unfinished');
  assert.deepEqual([deployed_version, state, latest_version], [null, 'stopped', null]);
  const other = await call('checkDraft', { ...of('unfinished'), body: { document: lineTo('x.jsonl') } });
  assert.equal(other.ok, true, 'a document in the body is checked instead');
  await plant.save('unfinished', 'not even an object' as never);
  assert.equal((await call('checkDraft', of('unfinished'))).ok, false);
  await assert.rejects(call('diffFlow', { ...of('unfinished'), query: { from: 'draft' } }), fails('flow-refused'));
});

test('pause, resume, stop and start keep the state; jobs of one flow come one after the other', async () => {
  await plant.run('steps', lineTo('steps.jsonl', { tags: ['steps'], nodes: [SUM] }));
  const sent = async (value: number, count: number): Promise<void> => {
    await plant.send([update('steps', value)]);
    await until(() => plant.lines('steps.jsonl').length === count);
  };
  await sent(1, 1);
  await plant.act('pause', 'steps');
  assert.deepEqual([(await plant.flow('steps')).state, (await plant.flow('steps')).desired], ['paused', 'paused']);
  await plant.send([update('steps', 2)]);
  const paused = await plant.deploy('steps');
  assert.deepEqual(
    [paused.state, (await plant.flow('steps')).state],
    ['done', 'paused'],
    'a deploy does not end a pause',
  );
  assert.equal((await plant.flow('steps')).desired, 'paused');
  await plant.act('resume', 'steps');
  await until(() => plant.lines('steps.jsonl').length === 2);
  await plant.act('pause', 'steps');
  await plant.act('start', 'steps');
  assert.deepEqual([(await plant.flow('steps')).state, (await plant.flow('steps')).desired], ['running', 'running']);
  await plant.act('stop', 'steps');
  assert.equal((await plant.ended(await call('pauseFlow', of('steps')))).error!.code, 'not-running');
  assert.equal((await plant.ended(await call('resumeFlow', of('steps')))).error!.code, 'not-running');
  await plant.act('stop', 'steps');
  await plant.act('start', 'steps');
  await plant.act('start', 'steps');
  await sent(4, 3);
  assert.deepEqual(plant.values('steps.jsonl'), [1, 3, 7]);
  const kinds = ['stop', 'start', 'pause', 'stop', 'start', 'resume', 'pause', 'resume', 'stop', 'start'] as const;
  const begun = await Promise.all(kinds.map(kind => call(`${kind}Flow`, of('steps'))));
  const ended = await Promise.all(begun.map(one => plant.ended(one)));
  assert.ok(
    ended.every(one => one.state === 'done' || one.error!.code === 'not-running'),
    JSON.stringify(ended),
  );
  const last = ended.toSorted((a, b) => Number(a.id) - Number(b.id)).findLast(one => one.state === 'done')!;
  const desired = { stop: 'stopped', pause: 'paused' }[last.kind as string] ?? 'running';
  const flow = await plant.flow('steps');
  assert.deepEqual([flow.desired, flow.state], [desired, desired]);
  assert.deepEqual((await call('listDeploys', { query: { flow: 'steps', limit: 3 } })).items.length, 3);
  await plant.act('stop', 'steps');
  await plant.create('never', lineTo('never.jsonl'));
  await assert.rejects(call('startFlow', of('never')), fails('not-deployed'));
  await assert.rejects(call('rollbackFlow', of('never')), fails('not-found'));
});

test('a deploy with a key is done once', async () => {
  await plant.create('once', lineTo('once.jsonl', { tags: ['once'] }));
  const deploy = (idempotencyKey: string, body = {}) => call('deployFlow', { ...of('once'), idempotencyKey, body });
  const first = await deploy('one');
  await plant.ended(first);
  assert.equal((await deploy('one')).id, first.id);
  await assert.rejects(deploy('one', { version: 1 }), fails('idempotency-mismatch'));
  assert.notEqual((await plant.ended(await deploy('two'))).id, first.id);
  assert.equal((await call('listDeploys', { query: { flow: 'once' } })).items.length, 2);
  await plant.act('stop', 'once');
});

test('settings: what is left out stays; a clone has the draft and the settings, and runs beside', async () => {
  await plant.create('settled', lineTo('settled.jsonl', { tags: ['settled'] }));
  const changed = await call('changeFlow', { ...of('settled'), body: { overload: 'drop', probation_ms: 5 } });
  assert.deepEqual(changed.settings, { overload: 'drop', test_before_deploy: false, probation_ms: 5 });
  await assert.rejects(
    call('changeFlow', { ...of('settled'), body: { overload: 'maybe' as never } }),
    fails('request-invalid'),
  );
  const clone = await call('cloneFlow', { ...of('settled'), body: { name: 'Settled too' } });
  assert.deepEqual([clone.id, clone.settings], ['settled-too', changed.settings]);
  await assert.rejects(call('cloneFlow', { ...of('settled'), body: { id: 'settled', name: 'x' } }), fails('exists'));
  const { document } = await call('getDraft', of('settled-too'));
  assert.equal((document as { name: string }).name, 'Settled too');
  await plant.deploy('settled-too');
  await plant.send([update('settled', 1)]);
  await until(() => plant.lines('settled.jsonl').length === 1);
  const { items } = await call('listFlows', { query: { limit: 500 } });
  assert.ok(items.some(one => one.id === 'settled' && one.state === 'stopped'));
  await plant.act('stop', 'settled-too');
});
