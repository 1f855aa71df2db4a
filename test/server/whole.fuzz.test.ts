/** The API of a whole gateway, with its storage, its library and its flows, from its own document. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lineTo, Plant, ROOT, SUM } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';
import { fuzzApi } from './fuzz.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1e9);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const root = mkdtempSync(join(tmpdir(), 'fusewire-fuzz-'));
after(() => rmSync(root, { recursive: true, force: true }));

test(`a whole gateway: no 5xx, no hang, and it works after; FUZZ_SEED=${SEED}`, { timeout: 240_000 }, async t => {
  const plant = await Plant.start(root);
  t.after(() => plant.stop());
  await plant.run('before', lineTo('before.jsonl', { name: 'before', tags: ['x'], nodes: [SUM] }));
  // A trace waits for records, of which there are none: the longest wait is a minute.
  const setup = { url: plant.server.url, token: null, seed: SEED, requests: REQUESTS, without: ['traceFlow'] };
  const { failures, succeeded } = await fuzzApi({ ...setup, deadline_ms: 30_000 });
  assert.deepEqual([failures, plant.log.filter(line => line.includes('internal error'))], [[], []]);
  // Which ones is up to the seed; that it gets behind the checks of requests is not.
  assert.ok(succeeded.includes('createFlow') && succeeded.length > 20, `these succeeded: ${succeeded}`);
  // What nobody used may have been deleted, or deprecated.
  for (const id of ['tag_input', 'agg', 'file_sink']) {
    const { node } = await plant.upload(readFileSync(join(ROOT, `nodes/${id}/dist/${id}.wasm`)));
    await plant.client.call('deprecateNode', { params: { hash: node.hash }, body: { deprecated: false } });
  }
  await plant.run('after-the-fuzz', lineTo('after.jsonl', { name: 'before', tags: ['x'], nodes: [SUM] }));
  await plant.send([update('x', 1), update('x', 2)]);
  await until(() => plant.lines('after.jsonl').length === 2);
  assert.deepEqual(plant.values('after.jsonl'), [1, 3]);
});
