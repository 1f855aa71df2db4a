/** `top` in a pseudo terminal: it is drawn, keys work, and the terminal is given back however it ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { BOILER } from '../support/fake-gateway.ts';
import { Remote } from '../support/remote.ts';
import { ENTERED, LEFT, noTerminal, Terminal } from '../support/terminal.ts';

const skip = noTerminal;

let remote: Remote;
before(async () => {
  remote = await Remote.start();
  for (const [id, state] of [
    ['alpha', 'running'],
    ['beta', 'stopped'],
  ] as const) {
    const flow = remote.gateway.world.create(id, id, BOILER);
    remote.gateway.world.version(flow, '');
    Object.assign(flow, { deployed: 1, state });
  }
});
after(() => remote.close());

test('flows are shown; enter goes into one, keys sort, filter and pause; q ends', { skip }, async () => {
  const top = new Terminal(remote.env, 'top', '--interval', '100');
  await top.until('the list', () => /alpha.*beta/s.test(top.picture));
  assert.ok(top.out.includes(ENTERED));
  assert.match(top.picture, /enter open/);
  top.press('/bet\r');
  await top.until('the filter', () => top.picture.includes('only /bet') && !top.picture.includes('alpha'));
  top.press('\u001b');
  await top.until('all of them', () => top.picture.includes('alpha') && !top.picture.includes('only /'));
  top.press('\u001b[B\r');
  await top.until('the flow', () => /tag_input.*hot +filter/s.test(top.picture));
  assert.match(top.picture, /version 1.*line1\/hot = 21/s);
  top.press('s');
  await top.until('the sort', () => top.picture.includes('in/s▾'));
  top.press('\u001b[D');
  await top.until('the list again', () => /alpha.*beta/s.test(top.picture));
  top.press('p');
  await top.until('the pause', () => top.picture.includes('PAUSED'));
  top.press('q');
  await top.isRestored(0);
});

test('the picture follows the size of the terminal', { skip }, async () => {
  const top = new Terminal(remote.env, 'top', 'alpha', '--interval', '100');
  await top.until('the flow', () => top.picture.includes('tag_input'));
  const tty = spawnSync('readlink', [`/proc/${/pid (\d+)/.exec(top.out)![1]}/fd/0`], {
    encoding: 'utf8',
  }).stdout.trim();
  spawnSync('stty', ['-F', tty, 'cols', '50', 'rows', '12']);
  top.kill('SIGWINCH');
  await top.until('fewer lines', () => top.picture.split('\n').length === 12);
  top.press('q');
  await top.isRestored(0);
});

for (const [name, end, code] of [
  ['Ctrl-C', (top: Terminal) => top.press('\u0003'), 0],
  ['SIGTERM', (top: Terminal) => top.kill('SIGTERM'), 143],
  ['SIGHUP', (top: Terminal) => top.kill('SIGHUP'), 143],
] as const)
  test(`the terminal is given back after ${name}`, { skip }, async () => {
    const top = new Terminal(remote.env, 'top', '--interval', '100');
    await top.until('the list', () => top.picture.includes('alpha'));
    end(top);
    await top.isRestored(code);
  });

test('a flow that is not there is said on the first screen', { skip }, async () => {
  const top = new Terminal(remote.env, 'top', 'nobody');
  await top.isRestored(2);
  assert.match(top.out.slice(top.out.lastIndexOf(LEFT)), /there is no flow nobody/);
});
