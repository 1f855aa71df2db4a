/** The API of a whole gateway, with its storage, its library and its flows, from its own document. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '#config';
import { createLog, LogRing, startGateway } from '#server';
import { fuzzApi } from './fuzz.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1e9);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const ROOT = join(import.meta.dirname, '../..');
const data = mkdtempSync(join(tmpdir(), 'fusewire-fuzz-'));
after(() => rmSync(data, { recursive: true, force: true }));

test(`a whole gateway: no 5xx, no hang; FUZZ_SEED=${SEED}`, { timeout: 240_000 }, async () => {
  const loaded = loadConfig({ env: {}, flags: {} });
  assert.ok('config' in loaded);
  const { config } = loaded;
  const ring = new LogRing();
  const log = createLog({ level: 'info', format: 'json', ring, onLine: () => undefined });
  const server = await startGateway({
    config: {
      ...config,
      data_directory: data,
      http: { ...config.http, listen: '127.0.0.1:0' },
      ingest: { ...config.ingest, listen: ['tcp://127.0.0.1:0'] },
    },
    built_ins: join(ROOT, 'nodes'),
    studio: join(ROOT, 'none'),
    log,
    ring,
  });
  try {
    // A trace waits for records, of which there are none: the longest wait is a minute.
    const setup = { url: server.url, token: null, seed: SEED, requests: REQUESTS, without: ['traceFlow'] };
    const { failures, succeeded } = await fuzzApi({ ...setup, deadline_ms: 30_000 });
    const bugs = ring.list().filter(line => line.text.includes('internal error'));
    assert.deepEqual([failures, bugs.map(line => line.text)], [[], []]);
    for (const name of ['createFlow', 'getFlow', 'saveDraft', 'listNodes', 'getNode', 'getStatus', 'events'])
      assert.ok(succeeded.includes(name), `${name} succeeded among ${succeeded}`);
  } finally {
    await server.stop();
  }
});
