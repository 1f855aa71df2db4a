/** Completion, in a real bash; the other shells' scripts by their own eyes, where those shells are. */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { BOILER } from '../support/fake-gateway.ts';
import { MAIN, Remote } from '../support/remote.ts';
import { needs } from '../support/tools.ts';

const BASH = needs('bash', 'bash');
let remote: Remote;
let script: string;
let launcher: string;
before(async () => {
  remote = await Remote.start();
  for (const id of ['boiler', 'boiler-2', 'press']) remote.gateway.world.create(id, id, BOILER);
  const { code, out, err } = await remote.run(['completion', 'bash']);
  assert.equal(code, 0, err);
  script = remote.file('completion.bash', out);
  const words = [process.execPath, ...MAIN].map(word => `'${word}'`).join(' ');
  launcher = remote.file('fusewire', `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(launcher, 0o755);
});
after(() => remote.close());

/** What bash offers for a line that was typed so far. */
async function offered(line: string, env: Record<string, string> = {}): Promise<string[]> {
  const typed = line.replace(/^fusewire/, launcher);
  const program = 'source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _fusewire; printf "%s\\n" "${COMPREPLY[@]}"';
  const args = ['--norc', '-c', program, 'bash', script, typed];
  const { stdout } = await promisify(execFile)('bash', args, {
    env: { ...remote.env, FUSEWIRE_COMPLETION_MS: '20000', ...env },
    cwd: remote.home,
  });
  return stdout.split('\n').filter(Boolean).sort();
}

test('commands, options, values, flows, nodes and files', BASH, async () => {
  remote.file('flow.json', '{}');
  const expected: [string, string[]][] = [
    ['fusewire fl', ['flow']],
    ['fusewire flow s', ['settings', 'show', 'start', 'stop']],
    ['fusewire flow show ', ['boiler', 'boiler-2', 'press']],
    ['fusewire flow show --url http://127.0.0.1:1 --json p', ['press']],
    ['fusewire flow show boiler --d', ['--document']],
    ['fusewire flow settings boiler --overload ', ['drop', 'hold', 'spill']],
    ['fusewire dlq ls --flow bo', ['boiler', 'boiler-2']],
    ['fusewire node show fi', ['file_sink', 'filter']],
    ['fusewire flow apply flow.j', ['flow.json']],
    ['fusewire user add bob op', ['operator']],
    ['fusewire completion ', ['bash', 'fish', 'zsh']],
    ['fusewire flow show boiler ', []],
    ['fusewire nonsense ', []],
  ];
  const found = await Promise.all(expected.map(([line]) => offered(line)));
  expected.forEach(([line, words], i) => {
    assert.deepEqual(found[i], words, line);
  });
  assert.ok((await offered('fusewire ')).includes('status'));
});

test('a gateway that does not answer holds nobody up', BASH, async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  after(() => void silent.close());
  const url = `http://127.0.0.1:${(silent.address() as { port: number }).port}`;
  assert.deepEqual(await offered('fusewire flow show ', { FUSEWIRE_URL: url, FUSEWIRE_COMPLETION_MS: '50' }), []);
  assert.deepEqual(await offered('fusewire flow show ', { FUSEWIRE_URL: 'nonsense' }), []);
});

test('Tab, in a bash at a terminal', {
  ...BASH,
  ...needs('script', 'bsdutils'),
}, async () => {
  const env = {
    ...remote.env,
    FUSEWIRE_COMPLETION_MS: '20000',
    PATH: `${remote.home}:${remote.env['PATH']}`,
    TERM: 'dumb',
    PS1: '> ',
    SHELL: '/bin/sh',
  };
  const command = `stty cols 100; exec bash --norc -i`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, cwd: remote.home });
  let out = '';
  child.stdout.on('data', chunk => (out += String(chunk)));
  const until = async (text: string): Promise<void> => {
    for (const began = performance.now(); !out.includes(text); ) {
      assert.ok(performance.now() - began < 20_000, `${text} does not come: ${out}`);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  };
  child.stdin.write(`source ${script}; echo rea''dy\n`);
  await until('ready');
  child.stdin.write('fusewire flo\t');
  await until('fusewire flow ');
  child.stdin.write('histo\tpr\t');
  await until('fusewire flow history press ');
  child.stdin.write('--js\t\n');
  await until('"next": null');
  child.stdin.write('exit\n');
  await new Promise(resolve => child.once('close', resolve));
});

for (const shell of ['bash', 'zsh', 'fish'])
  test(`the script for ${shell} is one that ${shell} reads`, needs(shell, shell), async () => {
    const { out } = await remote.run(['completion', shell]);
    const file = remote.file(`check.${shell}`, out);
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });

test('without a shell, or with an unknown one, it is a usage error', async () => {
  const [none, odd] = await Promise.all([remote.run(['completion']), remote.run(['completion', 'tcsh'])]);
  assert.deepEqual([none.code, odd.code], [2, 2]);
  assert.match(none.err, /which shell/);
});
