import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeServer } from './fakes.ts';
import { fuzzApi } from './fuzz.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1e9);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 5_000);

test(`requests made from the document: no 5xx, no hang; FUZZ_SEED=${SEED}`, { timeout: 120_000 }, async () => {
  const { app, server } = await fakeServer();
  try {
    const report = await fuzzApi({ url: server.url, token: 'admin', seed: SEED, requests: REQUESTS });
    assert.deepEqual(report.failures, []);
    assert.equal(report.requests, REQUESTS);
    assert.ok(report.statuses['200']! > REQUESTS / 10, JSON.stringify(report.statuses));
    assert.ok(report.statuses['400']! > REQUESTS / 20, JSON.stringify(report.statuses));
    const names = Object.values((await app.openapi()).paths).flatMap(methods =>
      Object.values(methods).map(one => one.operationId),
    );
    const never = names.filter(name => !report.succeeded.includes(name));
    assert.deepEqual(never, REQUESTS >= 5_000 ? [] : never);
    assert.deepEqual(app.load(), { streams: 0, bodies_bytes: 0 });
  } finally {
    await server.close(1_000);
  }
});
