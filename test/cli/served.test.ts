/** The commands against `fusewire serve`, the whole of it: what a plant's people do from the first start on. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DeployDto, FlowDto, GatewayStatusDto, TracedRecordDto, VersionDto } from '#api';
import { BOILER, boilerAt } from '../support/fake-gateway.ts';
import { Served } from '../support/served.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-served-'));
after(() => rmSync(root, { recursive: true, force: true }));
let gateway: Served;
before(async () => (gateway = await Served.start(join(root, 'open'))));
after(() => gateway.stop());
const run = (...args: string[]) => gateway.run(args);

test('a flow is applied, deployed, changed, rolled back; what was running says so', async () => {
  const file = gateway.file('flow.json', BOILER);
  const first = await run('flow', 'apply', file, '--deploy', '-m', 'first');
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /^created boiler-alarms\n.*version 1 runs, after .*boundary calls removed/s);
  assert.match((await run('flow', 'apply', file, '--deploy')).out, /version 1 runs already\n$/);
  gateway.file('flow.json', boilerAt(90));
  const second = await gateway.json<{ flow: FlowDto; version: VersionDto; deploy: DeployDto }>(
    ...['flow', 'apply', file, '--deploy', '-m', 'hotter'],
  );
  assert.deepEqual([second.deploy.state, second.flow.deployed_version, second.version.message], ['done', 2, 'hotter']);
  assert.equal(second.deploy.nodes.find(one => one.node === 'in')!.fate, 'kept');
  const diff = await run('flow', 'diff', 'boiler-alarms', '1', '2');
  assert.match(diff.out, /^~ node hot\n.*value\n +- 80\n +\+ 90\n$/s);
  const back = await run('flow', 'rollback', 'boiler-alarms');
  assert.match(back.out, /version 1 runs again/);
  assert.match((await run('flow', 'history', 'boiler-alarms')).out, /^ +1 +deployed .* first$/m);
  const wrong = gateway.file('wrong.json', { ...BOILER, wires: BOILER.wires.slice(1) });
  const refused = await run('flow', 'apply', wrong, '--deploy');
  assert.deepEqual([refused.code, /wrong\.json: \$.*error\[/.test(refused.err)], [1, true], refused.err);
});

test('updates are seen: status, tags, drivers, traces, top', async () => {
  let driver = 0;
  const started = (pid: number): void => {
    driver = pid;
  };
  const drive = gateway.run(['simulate', '--to', gateway.ingest, '--rate', '200', '--quiet'], { started });
  try {
    await gateway.until(async () => (await gateway.json<GatewayStatusDto>('status')).flows[0]!.records > 50);
    const [status, tags, drivers, trace, top] = await Promise.all([
      run('status'),
      run('tags', 'line1/+/temp', '-n', '3'),
      run('drivers'),
      gateway.json<{ records: TracedRecordDto[] }>('trace', 'boiler-alarms', '--match', 'line1/+/temp'),
      run('top', 'boiler-alarms', '-n', '1', '--interval', '200'),
    ]);
    assert.match(status.out, /^boiler-alarms +running +1 /m);
    assert.match(tags.out, /^line1\/cell\d+\/temp +\S+ °C +0 .* boiler-alarms$/m);
    assert.match(drivers.out, /^ +\d+ +127\.0\.0\.1:\d+ /m);
    assert.equal(trace.records[0]!.hops[0]!.node, null);
    assert.match(top.out, /^in +tag_input .*^hot +filter .*^out +file/ms);
    const tree = await run('trace', 'boiler-alarms', '--match', 'line1/+/temp');
    assert.match(
      tree.out,
      /^record .*\n {2}in +line1\/\S+ = \S+ °C\n {4}in\.out +line1\/.*\n {6}hot\.(true|false) +line1/,
    );
  } finally {
    process.kill(driver, 'SIGTERM');
    await drive;
  }
});

test('a recording of what runs is run again, and ends as it was recorded', async () => {
  const file = join(gateway.home, 'boiler.rec');
  const recorded = await gateway.json<{ file: string; bytes: number }>('flow', 'record', 'boiler-alarms', '-o', file);
  assert.deepEqual([recorded.file, recorded.bytes], [file, readFileSync(file).length]);
  const again = await run('replay', file);
  assert.equal(again.code, 0, again.err);
});

test('export and import, stop and rm, and the log of who did it', async () => {
  const bundle = join(gateway.home, 'boiler.bundle.json');
  assert.equal((await run('flow', 'export', 'boiler-alarms', '1', '-o', bundle)).code, 0);
  assert.equal((await run('flow', 'import', bundle, '--id', 'again')).code, 0);
  assert.equal((await run('flow', 'export', 'boiler-alarms', '--wasm', '-o', 'flow.wasm')).code, 0);
  const graph = await run('inspect', join(gateway.home, 'flow.wasm'), '--document');
  assert.deepEqual(JSON.parse(graph.out).wires, BOILER.wires);
  const running = await run('flow', 'rm', 'boiler-alarms', '-y');
  assert.deepEqual([running.code, /error\[in-use\]/.test(running.err)], [3, true]);
  for (const words of [
    ['pause', 'boiler-alarms'],
    ['resume', 'boiler-alarms'],
    ['stop', 'boiler-alarms'],
    ['rm', 'boiler-alarms', '-y'],
    ['rm', 'again', '-y'],
  ]) {
    const { code, err } = await run('flow', ...words);
    assert.equal(code, 0, `${words.join(' ')}: ${err}`);
  }
  assert.deepEqual(await gateway.json('flow', 'ls'), { items: [], next: null });
  assert.match((await run('audit', '-n', '500')).out, /deployFlow +boiler-alarms/);
  const node = await run('node', 'pull', 'filter', '-o', 'filter.wasm');
  assert.equal(node.code, 0, node.err);
  const file = join(gateway.home, 'filter.wasm');
  assert.deepEqual(readFileSync(file), readFileSync(join(import.meta.dirname, '../../nodes/filter/dist/filter.wasm')));
  assert.match((await run('node', 'push', file)).out, /was in the library already/);
});

test('with logins: the first admin by the token in the log, then a token of one’s own, roles, secrets', async () => {
  const strict = await Served.start(join(root, 'strict'), { FUSEWIRE_AUTH_ENABLED: 'true' });
  after(() => strict.stop());
  const refused = await strict.run(['flow', 'ls']);
  assert.deepEqual([refused.code, /hint: log in with: fusewire login/.test(refused.err)], [3, true], refused.err);
  const early = await strict.run(['login', '--user', 'ann', '--password-stdin'], { input: 'x' });
  assert.match(early.err, /make the first with fusewire setup/);
  const token = /--token (\S+?)["\s]/.exec(strict.log)![1]!;
  const input = 'correct horse battery staple';
  const setup = await strict.run(['setup', '--token', token, '--user', 'ann', '--password-stdin'], { input });
  assert.match(setup.out, /^logged in to \S+ as ann \(admin\); stored in /, setup.err);
  assert.equal((await strict.run(['setup', '--token', token, '--user', 'eve', '--password-stdin'], { input })).code, 2);
  const bob = { input: 'another long password of bob' };
  assert.equal((await strict.run(['user', 'add', 'bob', 'viewer', '--password-stdin'], bob)).code, 0);
  assert.equal((await strict.run(['secret', 'set', 'mqtt'], { input: 'hush' })).code, 0);
  const login = await strict.run(['login', '--user', 'bob', '--password-stdin'], bob);
  assert.equal(login.code, 0, login.err);
  const forbidden = await strict.run(['flow', 'new', 'Mine']);
  assert.deepEqual(
    [forbidden.code, /hint: see what you may with: fusewire whoami/.test(forbidden.err)],
    [3, true],
    forbidden.err,
  );
  assert.match((await strict.run(['token', 'ls'])).out, /bob/);
  assert.equal((await strict.run(['logout'])).code, 0);
  assert.equal((await strict.run(['flow', 'ls'])).code, 3);
});
