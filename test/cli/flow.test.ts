/** `fusewire flow …` against a gateway. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DeployDto, DiffDto, DraftDto, FlowDto, VersionDto } from '#api';
import { BOILER, boilerAt } from '../support/fake-gateway.ts';
import { Remote } from '../support/remote.ts';

let remote: Remote;
before(async () => (remote = await Remote.start()));
after(() => remote.close());
const run = (...args: string[]) => remote.run(args);
const WRONG = { ...BOILER, name: 'Wrong', wires: [...BOILER.wires, { ...BOILER.wires[0], target_node: 'cold' }] };

test('apply makes the flow, the draft and a version, deploys it, and says what was done', async () => {
  const file = remote.file('flow.json', BOILER);
  const first = await run('flow', 'apply', file, '--deploy', '-m', 'first');
  assert.deepEqual([first.code], [0], first.err);
  assert.match(first.out, /^created boiler-alarms\n.*made version 1\n/s);
  assert.match(first.err, /check 15 ms\n.*take-over 15 ms\n/s);
  assert.match(
    first.out,
    /version 1 runs, after \d+ ms\n {2}fused {3}3 nodes of 3 modules.*17 boundary calls removed/s,
  );
  assert.match(first.out, /^node +state +because\nin +new +it was not in the old version$/m);
  const again = await run('flow', 'apply', file, '--deploy');
  assert.deepEqual([again.code, again.err.includes('error[')], [0, false]);
  assert.equal(again.out, 'boiler-alarms: version 1 is the same\nboiler-alarms: version 1 runs already\n');
  remote.file('flow.json', boilerAt(90));
  const applied = await remote.json<{ flow: FlowDto; version: VersionDto; deploy: DeployDto }>(
    ...['flow', 'apply', file, '--deploy', '-m', 'hotter'],
  );
  assert.deepEqual(
    [applied.flow.deployed_version, applied.version.message, applied.deploy.state],
    [2, 'hotter', 'done'],
  );
  assert.ok(applied.deploy.nodes.every(one => one.fate === 'kept'));
});

test('apply takes Protobuf and golden tests, and an id of one’s own; without --deploy nothing runs', async () => {
  const json = remote.file('pb.json', BOILER);
  const pb = join(remote.home, 'flow.pb');
  assert.equal((await run('convert', json, pb)).code, 0);
  const golden = remote.file('hot.test.yaml', 'input: []');
  const { code, out, err } = await run('flow', 'apply', pb, '--id', 'from-pb', '--test', golden);
  assert.deepEqual([code, /made version 1/.test(out)], [0, true], err);
  const { items } = await remote.json<{ items: FlowDto[] }>('flow', 'ls');
  assert.equal(items.find(one => one.id === 'from-pb')!.state, 'stopped');
  const draft = await remote.json<DraftDto>('flow', 'show', 'from-pb', '1');
  assert.deepEqual(draft.tests, [{ name: 'hot', text: 'input: []' }]);
});

test('a wrong document: findings with file and place, exit 1, and nothing is changed', async () => {
  const file = remote.file('wrong.json', WRONG);
  const fresh = await run('flow', 'apply', file, '--deploy');
  assert.equal(fresh.code, 1);
  assert.match(fresh.err, /wrong\.json: \$\.wires\[2\].*error\[unknown-node\].*cold.*\n {2}hint: /);
  assert.equal(remote.gateway.world.flows.has('wrong'), false);
  remote.gateway.world.create('known', 'Known', BOILER);
  const known = await run('flow', 'apply', file, '--id', 'known');
  assert.deepEqual([known.code, remote.gateway.world.flow('known').draft.document], [1, BOILER]);
  const broken = await run('flow', 'apply', remote.file('broken.json', '{"a": 1,'), '--id', 'known');
  assert.deepEqual([broken.code, /broken\.json: \$.*document-invalid/.test(broken.err)], [1, true]);
  const missing = await run('flow', 'apply', join(remote.home, 'nowhere.json'));
  assert.deepEqual([missing.code, /error\[file-not-found\]/.test(missing.err)], [3, true]);
  remote.gateway.world.create('idle', 'Idle', {
    ...BOILER,
    nodes: [...BOILER.nodes, { ...BOILER.nodes[1]!, id: 'idle' }],
    wires: [...BOILER.wires, { ...BOILER.wires[0]!, target_node: 'idle' }],
  });
  const both = await Promise.all([run('flow', 'check', 'idle'), run('flow', 'check', 'known', file, '--json')]);
  assert.deepEqual([both[0].code, both[1].code], [0, 1]);
  assert.match(both[0].err, /^idle: \$\.nodes\[3\]: warning\[unconnected-output\].*\n0 errors, 1 warning\n$/s);
  assert.equal(JSON.parse(both[1].out).diagnostics[0].code, 'unknown-node');
});

test('a deploy that fails says in which stage and why: exit 3, and what ran runs on', async () => {
  remote.gateway.world.create('failing', 'Failing', BOILER);
  remote.gateway.world.failIn = 'load';
  const { code, out, err } = await run('flow', 'deploy', 'failing');
  remote.gateway.world.failIn = null;
  assert.deepEqual([code, out], [3, '']);
  assert.match(err, /error\[configure-failed\]: .*no such unit \(in load\)\n {2}what ran before runs on/);
  const { out: history } = await run('flow', 'history', 'failing', '--deploys');
  assert.match(history, /failed in load/);
});

test('deploy, stop, start, pause, resume, rollback: as jobs that are waited for, or not', async () => {
  const { world } = remote.gateway;
  const flow = world.create('life', 'Life', BOILER);
  assert.equal((await run('flow', 'deploy', 'life', '-m', 'one')).code, 0);
  world.save(flow, boilerAt(95));
  const second = await run('flow', 'deploy', 'life');
  assert.match(second.out, /life: version 2 runs.*paused {2}for 3\.2 ms/s);
  for (const [word, state, said] of [
    ['pause', 'paused', 'is paused'],
    ['resume', 'running', 'runs on'],
    ['stop', 'stopped', 'is stopped'],
    ['start', 'running', 'runs'],
  ] as const) {
    const { code, out } = await run('flow', word, 'life');
    assert.deepEqual([code, out, flow.state], [0, `life: version 2 ${said}\n`, state]);
  }
  const back = await run('flow', 'rollback', 'life');
  assert.deepEqual([back.code, flow.deployed], [0, 1], back.err);
  const begun = await run('flow', 'rollback', 'life', '2', '--no-wait');
  assert.match(begun.out, /^rollback \S+ of life has begun\n$/);
  const nothing = await run('flow', 'deploy', 'life', '9');
  assert.deepEqual([nothing.code, nothing.err], [2, 'error[not-found]: there is no version 9\n']);
  const never = await run('flow', 'start', 'known-to-nobody');
  assert.equal(never.code, 2);
  const keys = [...world.byKey.keys()];
  assert.ok(keys.length >= 7 && keys.every(key => /^[0-9a-f]{32}$/.test(key)));
});

test('diff says what differs between the deployed version and the draft, or any two', async () => {
  const { world } = remote.gateway;
  const flow = world.create('differing', 'Differing', BOILER);
  assert.equal((await run('flow', 'deploy', 'differing')).code, 0);
  assert.equal((await run('flow', 'diff', 'differing')).out, 'no difference\n');
  const extra = { id: 'cool', node_type: 'filter', props: { op: '<', value: 1 } };
  const changed = boilerAt(95);
  const wires = [{ ...BOILER.wires[0]!, target_node: 'cool' }, ...BOILER.wires.slice(1)];
  world.save(flow, { ...changed, nodes: [...changed.nodes, extra], wires });
  const { out } = await run('flow', 'diff', 'differing');
  assert.match(
    out,
    /^\+ node cool\n~ node hot\n {4}props\n {6}- \{"op":">","value":80\}\n {6}\+ \{"op":">","value":95\}\n/,
  );
  assert.match(out, /- wire in\.out → hot\.in\n\+ wire in\.out → cool\.in\n$/);
  const json = await remote.json<DiffDto>('flow', 'diff', 'differing', 'draft', '1');
  assert.deepEqual([json.nodes_added, json.nodes_removed], [[], ['cool']]);
  assert.equal((await run('flow', 'diff', 'differing', 'yesterday')).code, 2);
});

test('new, clone, settings, rm', async () => {
  const made = await run('flow', 'new', 'Press 1', '--id', 'press');
  assert.deepEqual([made.code, made.out], [0, 'flow press is there, with a draft; nothing runs yet\n']);
  const twice = await run('flow', 'new', 'Press 1', '--id', 'press');
  assert.deepEqual([twice.code, twice.err], [3, 'error[conflict]: there is a flow press already\n']);
  assert.equal((await remote.json<FlowDto>('flow', 'clone', 'press', 'Press 2')).id, 'press-2');
  const settings = await run('flow', 'settings', 'press', '--overload', 'spill', '--test-before-deploy', 'on');
  assert.match(settings.out, /^overload +spill\ntest before deploy +on\nprobation +10 s\n/);
  assert.equal((await run('flow', 'settings', 'press', '--overload', 'burn')).code, 2);
  const unasked = await run('flow', 'rm', 'press');
  assert.deepEqual([unasked.code, unasked.err], [2, 'there is no terminal to ask at: give --yes\n']);
  assert.deepEqual(await run('flow', 'rm', 'press', '-y'), { code: 0, out: 'press is deleted\n', err: '' });
  assert.equal(remote.gateway.world.flows.has('press'), false);
  const running = await run('flow', 'rm', 'boiler-alarms', '-y');
  assert.deepEqual([running.code, running.err], [3, 'error[flow-busy]: boiler-alarms is running: stop it first\n']);
});

test('export and import: bundles and modules, files and pipes', async () => {
  remote.gateway.world.create('porter', 'Porter', BOILER);
  const file = join(remote.home, 'porter.bundle.json');
  assert.equal((await run('flow', 'export', 'porter')).code, 0);
  const piped = await run('flow', 'export', 'porter', 'draft', '-o', '-');
  assert.equal(piped.out, readFileSync(file, 'utf8'));
  const into = await run('flow', 'import', file, '--id', 'porter-2');
  assert.deepEqual([into.code, into.out], [0, 'made porter-2\n']);
  assert.deepEqual(remote.gateway.world.flow('porter-2').draft.document, BOILER);
  assert.match((await run('flow', 'import', file, '--into', 'porter')).out, /^replaced the draft of porter\n$/);
  const wasm = await run('flow', 'export', 'porter', '--wasm', '-o', 'fused.wasm');
  assert.deepEqual([wasm.code, existsSync(join(remote.home, 'fused.wasm'))], [0, true]);
  const unwritable = await run('flow', 'export', 'porter', '-o', join(remote.home, 'no/such/folder'));
  assert.deepEqual([unwritable.code, /error\[file-unwritable\]/.test(unwritable.err)], [3, true]);
});

test('record: a new recording, into the file one wants, under its own name, or into a pipe', async () => {
  remote.gateway.world.create('taped', 'Taped', BOILER);
  const named = await run('flow', 'record', 'taped', '-o', 'mine.rec');
  assert.deepEqual([named.code, named.out, named.err], [0, 'mine.rec: 1 B\n', '']);
  assert.deepEqual([...readFileSync(join(remote.home, 'mine.rec'))], [1]);
  const json = await run('flow', 'record', 'taped', '--json');
  assert.deepEqual(JSON.parse(json.out), { name: 'now.rec', file: 'now.rec', bytes: 1 });
  assert.equal((await run('flow', 'record', 'taped', '-o', '-')).out, '\u0001');
  const nobody = await run('flow', 'record', 'nobody');
  assert.deepEqual([nobody.code, /error\[not-found\]/.test(nobody.err)], [2, true]);
});

test('test and try run on the gateway: exit 1 when a test fails', async () => {
  const tests = [
    { name: 'good', text: 'fine' },
    { name: 'bad', text: 'wrong' },
  ];
  remote.gateway.world.create('tested', 'Tested', BOILER, tests);
  const { code, out } = await run('flow', 'test', 'tested');
  assert.equal(code, 1);
  assert.match(out, /^✓ good\n✗ bad\n {4}out\[0\]: differs\n {6}expected {2}1\n {6}actual {4}2\n1 passed, 1 failed\n$/);
  const tried = await run('flow', 'try', 'tested', '-M', 'line1/a/temp=95', '--message', 'line1/b/temp=7');
  assert.equal(tried.code, 0, tried.err);
  assert.match(
    tried.out,
    /^record 0, .*\n {2}in {12}line1\/a\/temp = 95 °C\n {4}in\.out {6}line1.*\n {6}hot\.true {2}line1/,
  );
  assert.match(tried.out, /out put out 2\n.*hot says \(info\): tried tested\n$/s);
  const lines = remote.file('messages.jsonl', '{"tag":"a","value":1}\n\n{"tag":"b","value":2}\n');
  const report = await remote.json<{ records: unknown[]; fused: boolean }>(
    ...['flow', 'try', 'tested', '--messages', lines, '--fused'],
  );
  assert.deepEqual([report.records.length, report.fused], [2, true]);
  assert.equal((await run('flow', 'try', 'tested')).code, 2);
  assert.equal((await run('flow', 'try', 'tested', '-M', 'no-value')).code, 2);
});

test('somebody else’s draft is not overwritten', async () => {
  const { world } = remote.gateway;
  const flow = world.create('shared', 'Shared', BOILER);
  remote.gateway.afterwards('getDraft', () => world.save(flow, boilerAt(1)));
  const { code, err } = await run('flow', 'apply', remote.file('shared.json', boilerAt(99)), '--id', 'shared');
  assert.deepEqual([code, /error\[draft-changed\].*\n {2}hint: .*flow diff/.test(err)], [3, true], err);
  assert.deepEqual(flow.draft.document, boilerAt(1));
});
