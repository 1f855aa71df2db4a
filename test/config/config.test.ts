/** Precedence, origins, places, secrets, and what is made of the schema: variables, JSON Schema. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import {
  CONFIG_KEYS,
  type ConfigSources,
  configJsonSchema,
  effectiveKeys,
  hostPort,
  type LoadedConfig,
  loadConfig,
  secretsKeyFile,
} from '#config';
import { isLoopback } from '#connectors';
import { GatewayError } from '#diagnostic';
import { schemaProblems } from '#flow';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (text: string): string => {
  const file = join(folder, 'fusewire.yaml');
  writeFileSync(file, text);
  return file;
};
const empty = join(folder, 'empty.yaml');
writeFileSync(empty, '{}');

function load(sources: Partial<ConfigSources>): LoadedConfig {
  const loaded = loadConfig({ env: {}, flags: {}, file: empty, ...sources });
  assert.ok(!('diagnostics' in loaded), JSON.stringify(loaded));
  return loaded;
}

test('flag before environment before file before default, key by key', () => {
  const file = fileOf('stop_ms: 1\nlog:\n  level: warn\n  format: pretty\nlimits: { flows: 3 }\n');
  const env = { FUSEWIRE_STOP_MS: '2', FUSEWIRE_LOG_LEVEL: 'debug' };
  const { config, origins } = load({ file, env, flags: { stop_ms: '3' } });
  assert.equal(config.stop_ms, 3);
  assert.deepEqual(config.log, { level: 'debug', format: 'pretty' });
  assert.equal(config.limits.flows, 3);
  assert.equal(config.limits.live_clients, 64);
  assert.deepEqual(
    ['stop_ms', 'log.level', 'log.format', 'limits.flows', 'limits.live_clients'].map(key => origins[key]!.from),
    ['flag', 'environment', 'file', 'file', 'default'],
  );
  assert.deepEqual(origins['limits.flows']!.place, { source: file, line: 5, column: 18 });
});

test('lists and tables are replaced as a whole; in variables they are comma-separated', () => {
  const file = fileOf('ingest: { listen: ["tcp://127.0.0.1:1"] }\ntelemetry: { headers: { a: "1", b: "2" } }\n');
  const env = {
    FUSEWIRE_INGEST_LISTEN: ' tcp://127.0.0.1:2, ipc://x ,',
    FUSEWIRE_TELEMETRY_HEADERS: 'c=x=y , d=',
    FUSEWIRE_HTTP_TRUSTED_PROXIES: ',',
  };
  const { config } = load({ file, env });
  assert.deepEqual(config.ingest.listen, ['tcp://127.0.0.1:2', 'ipc://x']);
  assert.deepEqual({ ...config.telemetry.headers }, { c: 'x=y', d: '' });
  assert.deepEqual(config.http.trusted_proxies, []);
  assert.deepEqual(load({ flags: { 'ingest.listen': ['ipc://a,b', 'ipc://c'] } }).config.ingest.listen, [
    'ipc://a,b',
    'ipc://c',
  ]);
});

test('an empty variable counts as not set', () => {
  const { config, origins } = load({ file: fileOf('stop_ms: 7\n'), env: { FUSEWIRE_STOP_MS: '' } });
  assert.equal(config.stop_ms, 7);
  assert.equal(origins['stop_ms']!.from, 'file');
});

test('paths of a file start at its folder, others at the working directory; all are absolute', () => {
  mkdirSync(join(folder, 'etc'), { recursive: true });
  const file = join(folder, 'etc/fusewire.yaml');
  writeFileSync(file, 'data_directory: ../data\nhttp: { tls: { cert_file: a.pem, key_file: /b.pem } }\n');
  const { config } = load({ file });
  assert.equal(config.data_directory, join(folder, 'data'));
  assert.deepEqual(config.http.tls, { cert_file: join(folder, 'etc/a.pem'), key_file: '/b.pem' });
  assert.equal(secretsKeyFile(config), join(folder, 'data/secrets.key'));
  assert.equal(load({ flags: { data_directory: 'x' } }).config.data_directory, resolve('x'));
  assert.equal(load({}).config.data_directory, resolve('data'));
  assert.equal(secretsKeyFile(load({ env: { FUSEWIRE_SECRETS_KEY_FILE: '/k' } }).config), '/k');
});

test('the file: named by hand, by FUSEWIRE_CONFIG, or none; one that is named must be there', () => {
  const file = fileOf('stop_ms: 7\n');
  assert.equal(load({ file }).file, file);
  assert.equal(load({ file: undefined, env: { FUSEWIRE_CONFIG: file } }).config.stop_ms, 7);
  const missing = join(folder, 'missing.yaml');
  for (const sources of [{ file: missing }, { file: undefined, env: { FUSEWIRE_CONFIG: missing } }])
    assert.throws(
      () => load(sources),
      (error: unknown) => error instanceof GatewayError && error.code === 'file-not-found',
    );
});

test('what is wrong is reported of all sources, also where another outweighs it', () => {
  const loaded = loadConfig({
    file: fileOf('stop_ms: x\nnonsense: 1\n'),
    env: { FUSEWIRE_STOP_MS: 'y' },
    flags: { stop_ms: 5 },
  });
  assert.ok('diagnostics' in loaded);
  assert.deepEqual(
    loaded.diagnostics.map(one => one.place?.source.replace(`${folder}/`, '')),
    ['environment', 'fusewire.yaml', 'fusewire.yaml'],
  );
});

test('secrets are not shown', () => {
  const loaded = load({ env: { FUSEWIRE_TELEMETRY_HEADERS: 'authorization=Bearer hunter2' } });
  const shown = effectiveKeys(loaded);
  assert.doesNotMatch(JSON.stringify(shown), /hunter2/);
  assert.deepEqual(shown.find(one => one.key === 'telemetry.headers')!.value, { authorization: '***' });
});

test('every key has a description, a default that fits, and a variable of its own', () => {
  assert.equal(new Set(CONFIG_KEYS.map(key => key.variable)).size, CONFIG_KEYS.length);
  for (const { name, description, schema, default: fallback, variable } of CONFIG_KEYS) {
    assert.match(description, /^[A-Zjp].*[^.]$/, name);
    assert.ok(schema.safeParse(fallback).success, name);
    assert.match(variable, /^FUSEWIRE_[A-Z_]+$/);
  }
});

test('what config schema prints is a JSON Schema', () => {
  assert.deepEqual(schemaProblems(configJsonSchema() as Record<string, unknown>), []);
});

test('which addresses only this machine reaches', () => {
  const inside = ['127.0.0.1', '127.9.9.9', '[::1]', 'localhost', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]'];
  const outside = [
    '0.0.0.0',
    '[::]',
    '10.0.0.1',
    '[::2]',
    '[::11]',
    '[fe80::1]',
    'example.org',
    '128.0.0.1',
    '127.1',
    '0',
  ];
  outside.push('[::ffff:10.0.0.1]', '127.0.0.1.example.org', 'localhost.example.org', '[1::]', '[::1:0]');
  const reached = (host: string): boolean => isLoopback(hostPort(`${host}:80`).host);
  assert.deepEqual(
    inside.filter(host => !reached(host)),
    [],
  );
  assert.deepEqual(outside.filter(reached), []);
});
