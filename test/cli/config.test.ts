/** `fusewire config` as a process: exit codes, what people and programs see. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Diagnostic } from '#diagnostic';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const [sound, wrong] = [join(folder, 'sound.yaml'), join(folder, 'wrong.yaml')];
writeFileSync(sound, 'http:\n  listen: 127.0.0.1:9000\ntelemetry: { headers: { token: hunter2 } }\n');
writeFileSync(wrong, 'http:\n  lisen: 0.0.0.0:80\n"\\e[2J": 1\n');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
function config(args: readonly string[], env: Record<string, string> = {}): Ended {
  const main = join(ROOT, 'src/cli/main.ts');
  const flags = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning', main, 'config'];
  const { PATH = '' } = process.env;
  return spawnSync(process.execPath, [...flags, ...args], { encoding: 'utf8', cwd: folder, env: { PATH, ...env } });
}

test('check: 0 sound, 1 wrong, 2 usage, 3 cannot be read', () => {
  const ends = [
    config(['check', sound]),
    config(['check', '--config', sound]),
    config(['check'], { FUSEWIRE_CONFIG: sound }),
    config(['check'], { FUSEWIRE_LOG_LEVELL: 'info' }),
    config(['check', wrong]),
    config(['check', sound, '--listen', '0.0.0.0:80']),
    config(['check', sound, '--no-such-flag']),
    config(['check', sound, '--set', 'nothing']),
    config(['check', join(folder, 'missing.yaml')]),
  ];
  assert.deepEqual(
    ends.map(one => one.status),
    [0, 0, 0, 0, 1, 1, 2, 2, 3],
    ends.map(one => one.stderr).join('\n'),
  );
  assert.equal(ends[0]!.stdout, `${sound}: no findings\n`);
  assert.match(ends[3]!.stderr, /warning\[config-unknown-variable\].*\n {2}hint: Did you mean FUSEWIRE_LOG_LEVEL\?/);
  assert.match(ends[4]!.stderr, /wrong\.yaml:2:3: \$\.http\.lisen: error\[config-unknown-key\]/);
  assert.doesNotMatch(ends[4]!.stderr.replaceAll('\n', ''), /\p{Cc}/u, 'keys cannot steer the terminal');
  assert.match(ends[5]!.stderr, /command line: .*error\[exposed-without-auth\]/);
  assert.match(ends[8]!.stderr, /^error\[file-not-found\]/);
});

test('check --json prints the findings with their places', () => {
  const { status, stdout } = config(['check', wrong, '--json']);
  const found = JSON.parse(stdout) as Diagnostic[];
  assert.equal(status, 1);
  assert.deepEqual(found[0]!.place, { source: wrong, line: 2, column: 3 });
  assert.deepEqual(JSON.parse(config(['check', sound, '--json']).stdout), []);
});

test('show says what holds and where it comes from, without secrets', () => {
  const args = ['show', '--config', sound, '--ingest', 'ipc://a', 'ipc://b', '--set', 'stop_ms=1', '--data', 'here'];
  const { status, stdout, stderr } = config(args, { FUSEWIRE_AUTH_ENABLED: 'true' });
  assert.deepEqual([status, stderr], [0, '']);
  const rows = new Map(stdout.split('\n').map(line => [line.split(/ {2,}/)[0]!, line.split(/ {2,}/).slice(1)]));
  assert.deepEqual(rows.get('http.listen'), ['127.0.0.1:9000', `${sound}:2:11`]);
  assert.deepEqual(rows.get('ingest.listen'), ['ipc://a,ipc://b', '--ingest']);
  assert.deepEqual(rows.get('stop_ms'), ['1', '--set stop_ms']);
  assert.deepEqual(rows.get('data_directory'), [join(folder, 'here'), '--data']);
  assert.deepEqual(rows.get('auth.enabled'), ['true', 'FUSEWIRE_AUTH_ENABLED']);
  assert.deepEqual(rows.get('log.level'), ['info', 'default']);
  assert.doesNotMatch(stdout, /hunter2/);
  const json = JSON.parse(config([...args, '--json']).stdout) as { key: string; value: unknown }[];
  assert.deepEqual(json.find(one => one.key === 'telemetry.headers')!.value, { token: '***' });
  assert.equal(config(['show', '--config', wrong]).status, 1);
});

test('schema is JSON with every key', () => {
  const { status, stdout } = config(['schema']);
  assert.equal(status, 0);
  const schema = JSON.parse(stdout) as { properties: Record<string, { properties?: Record<string, unknown> }> };
  assert.ok(schema.properties['http']!.properties!['listen']);
});
