/** What only a terminal gets: colours, the line of progress, questions. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BOILER } from '../support/fake-gateway.ts';
import { Remote } from '../support/remote.ts';
import { noTerminal, Terminal } from '../support/terminal.ts';

let remote: Remote;
before(async () => {
  remote = await Remote.start();
  remote.gateway.world.create('boiler', 'Boiler', BOILER);
});
after(() => remote.close());

test('a deploy is one line of progress that goes away, then the receipt', { skip: noTerminal }, async () => {
  const deploy = new Terminal(remote.env, 'flow', 'deploy', 'boiler');
  await deploy.ended;
  assert.match(deploy.out, /code 0/);
  const pictures = deploy.out.split('\r\u001b[K');
  assert.ok(pictures.some(one => /^deploy boiler: check .*15 ms/.test(one)));
  assert.match(pictures.at(-1)!, /^boiler: version 1 runs, after \d+ ms\r\n {2}fused/);
});

test('a diff is coloured, but for those who do not want it', { skip: noTerminal }, async () => {
  const { world } = remote.gateway;
  world.save(world.flow('boiler'), { ...BOILER, wires: BOILER.wires.slice(1) });
  const coloured = new Terminal(remote.env, 'flow', 'diff', 'boiler', '1');
  const flag = new Terminal(remote.env, 'flow', 'diff', 'boiler', '1', '--no-color');
  const variable = new Terminal({ ...remote.env, NO_COLOR: '1' }, 'flow', 'diff', 'boiler', '1');
  await Promise.all([coloured.ended, flag.ended, variable.ended]);
  assert.ok(coloured.out.includes('\u001b[31m- wire in.out → hot.in\u001b[0m'), coloured.out);
  for (const { out } of [flag, variable]) {
    assert.match(out, /- wire in\.out → hot\.in/);
    assert.ok(!out.includes('\u001b'));
  }
});

test('deleting asks for the id', { skip: noTerminal }, async () => {
  const { world } = remote.gateway;
  world.create('old', 'Old', BOILER);
  for (const [answer, code, there] of [
    ['no', 2, true],
    ['old', 0, false],
  ] as const) {
    const rm = new Terminal(remote.env, 'flow', 'rm', 'old');
    await rm.until('the question', () => rm.out.includes('Type its id: '));
    rm.press(`${answer}\r`);
    await rm.ended;
    assert.match(rm.out, new RegExp(`code ${code}`));
    assert.equal(world.flows.has('old'), there);
  }
});

test('a password is asked for without being shown', { skip: noTerminal }, async () => {
  const strict = await Remote.start({ auth: true });
  after(() => strict.close());
  const login = new Terminal(remote.env, 'login', strict.gateway.url);
  await login.until('the first question', () => login.out.includes('user: '));
  login.press('ann\r');
  await login.until('the second question', () => login.out.includes('password: '));
  login.press('correct hore\u007f\u007frse\r');
  await login.ended;
  assert.match(login.out, /logged in to \S+ as ann/);
  assert.doesNotMatch(login.out, /correct/);
  assert.match(login.out, /[^-]icanon/);
  await remote.run(['logout']);
});
