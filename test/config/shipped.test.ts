/** What is generated from the schema, and what is shipped to install: docs/configuration.md, deploy/. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { CONFIG_KEYS, type ConfigKey, keyTable, loadConfig } from '#config';
import { needs } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');
const BLESS = process.env['BLESS'] === '1';
const DATA = '/var/lib/fusewire';
const folder = mkdtempSync(join(tmpdir(), 'fusewire-shipped-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Rewrites it with BLESS=1. */
function same(path: string, text: string): void {
  const file = join(ROOT, path);
  if (BLESS) writeFileSync(file, text);
  assert.equal(readFileSync(file, 'utf8'), text, `${path} is not fresh: BLESS=1 FILTER=${path} npm test`);
}

test('docs/configuration.md has the table of the schema', () => {
  const path = 'docs/configuration.md';
  const [begin, end] = ['<!-- keys -->\n', '\n<!-- /keys -->'];
  const text = readFileSync(join(ROOT, path), 'utf8');
  const [before, rest] = text.split(begin) as [string, string];
  same(path, `${before}${begin}${keyTable()}${end}${rest.split(end)[1]}`);
});

/** Every key with its default, commented out; the data directory is where the service keeps it. */
function example(): string {
  const lines = [
    '# Fusewire: every key with its default. Units are the last word of a name.',
    '# What each means and what outweighs what: docs/configuration.md. Check it: fusewire config check FILE',
  ];
  let open: readonly string[] = [];
  for (const key of CONFIG_KEYS) {
    const group = key.path.slice(0, -1);
    if (group.length === 0) lines.push('');
    for (let depth = 0; depth < group.length; depth += 1)
      if (open[depth] !== group[depth] || open.length <= depth) {
        if (depth === 0) lines.push('');
        lines.push(`${'  '.repeat(depth)}${group[depth]}:`);
        open = group.slice(0, depth + 1);
      }
    open = group;
    const indent = '  '.repeat(group.length);
    lines.push(`${indent}# ${key.description}${valuesOf(key)}.`);
    lines.push(`${indent}${key.name === 'data_directory' ? '' : '#'}${key.path.at(-1)}: ${shownDefault(key)}`);
  }
  return `${lines.join('\n')}\n`;
}

const shownDefault = (key: ConfigKey): string =>
  key.name === 'data_directory'
    ? DATA
    : typeof key.default === 'string'
      ? key.default
      : JSON.stringify(key.default).replaceAll('","', '", "');
const valuesOf = ({ kind, min, max, choices }: ConfigKey): string =>
  kind === 'number' ? ` (${min} to ${max})` : choices ? ` (${choices.join(', ')})` : '';

test('deploy/fusewire.yaml has every key, commented; as it is and with all of them it is sound and changes nothing', () => {
  same('deploy/fusewire.yaml', example());
  const text = readFileSync(join(ROOT, 'deploy/fusewire.yaml'), 'utf8');
  const load = (name: string, content: string): unknown => {
    const file = join(folder, name);
    writeFileSync(file, content);
    const loaded = loadConfig({ file, env: {}, flags: {} });
    assert.ok('config' in loaded && loaded.warnings.length === 0, JSON.stringify(loaded));
    return { ...loaded.config, data_directory: '' };
  };
  const defaults = load('empty.yaml', '');
  assert.deepEqual(load('as-it-is.yaml', text), defaults);
  const all = text.replaceAll(/^( *)#(?! )/gm, '$1');
  assert.deepEqual(load('all.yaml', all), defaults);
  for (const key of CONFIG_KEYS) assert.match(all, new RegExp(`^ *${key.path.at(-1)}: `, 'm'));
});

const unit = readFileSync(join(ROOT, 'deploy/fusewire.service'), 'utf8');
const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? assert.fail(name);

test('the service fits the configuration and the launcher', () => {
  const config = loadConfig({ file: join(ROOT, 'deploy/fusewire.yaml'), env: {}, flags: {} });
  assert.ok('config' in config);
  assert.equal(config.config.data_directory, DATA);
  assert.equal(`/var/lib/${setting('StateDirectory')}`, DATA);
  const stop = CONFIG_KEYS.find(key => key.name === 'stop_ms')!;
  assert.ok(Number.parseInt(setting('TimeoutStopSec'), 10) * 1_000 > Number(stop.default) * 2);
  const [program, command, flag, file] = setting('ExecStart').split(' ');
  assert.ok(existsSync(join(ROOT, program!.replace('/opt/fusewire/', ''))));
  assert.deepEqual([command, flag, dirname(file!)], ['serve', '--config', `/etc/${setting('ConfigurationDirectory')}`]);
  // V8 could not compile.
  assert.equal(setting('MemoryDenyWriteExecute'), 'no');
  assert.match(readFileSync(join(ROOT, 'deploy/sysusers.conf'), 'utf8'), new RegExp(`^u ${setting('User')} `));
});

test('systemd takes the service, and finds it well shut in', needs('systemd-analyze', 'systemd'), () => {
  const file = join(folder, 'fusewire.service');
  // What it starts must be there for systemd to say nothing.
  writeFileSync(file, unit.replaceAll('/opt/fusewire', ROOT));
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    return stdout + stderr;
  };
  assert.equal(run('verify', '--man=no'), '');
  // Tenths; 10 is a service without any of it.
  run('security', '--offline=true', '--threshold=20');
});
