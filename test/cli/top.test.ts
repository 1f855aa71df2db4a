/** `top` in a pseudo terminal: it is drawn, keys work, and the terminal is given back however it ends. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { BOILER } from '../support/fake-gateway.ts';
import { MAIN, Remote } from '../support/remote.ts';

const LONGEST_MS = 20_000;
// The script of util-linux gives a command a terminal, and passes on what comes on standard input.
const skip = spawnSync('script', ['--version']).stdout?.includes('util-linux') ? false : 'no script of util-linux here';
const ENTERED = '\u001b[?1049h';
const LEFT = '\u001b[?1049l';

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

class Terminal {
  out = '';
  readonly #script: ChildProcess;
  readonly ended: Promise<void>;

  constructor(...args: string[]) {
    const words = [process.execPath, ...MAIN, ...args].map(word => `'${word}'`).join(' ');
    const command = `stty cols 100 rows 24; sh -c 'echo pid $$; exec "$@"' - ${words}; echo code $?; stty -a`;
    const env = { ...remote.env, TERM: 'xterm', SHELL: '/bin/sh' };
    this.#script = spawn('script', ['-qefc', command, '/dev/null'], { env });
    this.#script.stdout!.on('data', chunk => (this.out += String(chunk)));
    this.ended = new Promise(resolve => this.#script.once('close', () => resolve()));
  }

  press(keys: string): void {
    this.#script.stdin!.write(keys);
  }

  /** The last picture that was drawn whole. */
  get picture(): string {
    return this.out.split('\u001b[H').findLast(one => one.includes('\u001b[J')) ?? '';
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const began = performance.now();
    while (!condition()) {
      if (performance.now() - began > LONGEST_MS) {
        this.kill('SIGKILL');
        this.#script.kill();
        throw new Error(`${what} does not come about: ${JSON.stringify(this.out.slice(-3_000))}`);
      }
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  kill(signal: NodeJS.Signals): void {
    const pid = /pid (\d+)/.exec(this.out)?.[1];
    if (pid) process.kill(Number(pid), signal);
  }

  /** Ended, the first screen is back, the cursor is seen, and lines are lines again. */
  async isRestored(code: number): Promise<void> {
    await this.ended;
    assert.ok(this.out.lastIndexOf(LEFT) > this.out.lastIndexOf(ENTERED), 'the first screen is back');
    assert.ok(this.out.lastIndexOf('\u001b[?25h') > this.out.lastIndexOf('\u001b[?25l'), 'the cursor is back');
    assert.match(this.out, new RegExp(`code ${code}\\b`));
    assert.match(this.out, /[^-]icanon/);
    assert.match(this.out, /[^-]echo\b/);
  }
}

test('flows are shown; enter goes into one, keys sort, filter and pause; q ends', { skip }, async () => {
  const top = new Terminal('top', '--interval', '100');
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
  const top = new Terminal('top', 'alpha', '--interval', '100');
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
    const top = new Terminal('top', '--interval', '100');
    await top.until('the list', () => top.picture.includes('alpha'));
    end(top);
    await top.isRestored(code);
  });

test('a flow that is not there is said on the first screen', { skip }, async () => {
  const top = new Terminal('top', 'nobody');
  await top.isRestored(2);
  assert.match(top.out.slice(top.out.lastIndexOf(LEFT)), /there is no flow nobody/);
});

test('a password is asked for without being shown', { skip }, async () => {
  const strict = await Remote.start({ auth: true });
  after(() => strict.close());
  const login = new Terminal('login', strict.gateway.url);
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
