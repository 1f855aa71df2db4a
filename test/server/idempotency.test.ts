import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeployDto, Problem } from '#api';
import { GatewayError } from '#diagnostic';
import { as, ask, fakeApp, send } from './fakes.ts';

const DEPLOYS = '/api/v1/flows/boiler/deploys';
const deploy = (id: string): DeployDto => ({
  id,
  flow: 'boiler',
  version: 1,
  kind: 'deploy',
  state: 'queued',
  stage: null,
  stages: [],
  by: 'admin',
  started_at: '2026-01-01T00:00:00Z',
  ended_at: null,
  receipt: null,
  nodes: [],
  pause_ms: null,
  diagnostics: [],
  error: null,
});

test('the same key gets the answer of the first time; the thing is done once', async () => {
  let times = 0;
  const app = await fakeApp({ deployFlow: async () => deploy(`d${++times}`) });
  const once = await send(app, 'POST', DEPLOYS, { version: 1 }, { 'idempotency-key': 'one' });
  assert.deepEqual([once.status, once.headers.get('idempotency-replayed')], [202, null]);
  const again = await send(app, 'POST', DEPLOYS, { version: 1 }, { 'idempotency-key': 'one' });
  assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [202, 'true']);
  assert.deepEqual(await again.json(), await once.json());
  assert.equal(times, 1);
  await send(app, 'POST', DEPLOYS, { version: 1 }, { 'idempotency-key': 'two' });
  await send(app, 'POST', DEPLOYS, { version: 1 });
  assert.equal(times, 3);
});

test('a key is its sender’s and its route’s; with another body it is refused', async () => {
  let times = 0;
  const app = await fakeApp({
    deployFlow: async () => deploy(`d${++times}`),
    rollbackFlow: async () => deploy(`r${++times}`),
  });
  const key = { 'idempotency-key': 'one' };
  await send(app, 'POST', DEPLOYS, { version: 1 }, key);
  const other = await send(app, 'POST', DEPLOYS, { version: 2 }, key);
  assert.deepEqual([other.status, ((await other.json()) as Problem).code], [422, 'idempotency-mismatch']);
  await ask(app, 'POST', DEPLOYS, { headers: { ...as('operator'), ...key } });
  await send(app, 'POST', '/api/v1/flows/boiler/rollback', undefined, key);
  assert.equal(times, 3);
});

test('while the first is under way the second is told so; what failed may be tried again', async () => {
  let release = (): void => undefined;
  let fails = true;
  const app = await fakeApp({
    deployFlow: async () => {
      await new Promise<void>(resolve => {
        release = resolve;
      });
      if (fails) throw new GatewayError('not-found', 'boiler');
      return deploy('d1');
    },
  });
  const go = (): Promise<Response> => send(app, 'POST', DEPLOYS, {}, { 'idempotency-key': 'one' });
  const first = go();
  await new Promise(resolve => setImmediate(resolve));
  const second = await go();
  assert.deepEqual([second.status, ((await second.json()) as Problem).code], [409, 'idempotency-busy']);
  assert.equal(second.headers.get('retry-after'), '1');
  release();
  assert.equal((await first).status, 404);
  fails = false;
  const third = go();
  await new Promise(resolve => setImmediate(resolve));
  release();
  assert.equal((await third).status, 202);
});

test('a key that is none is refused', async () => {
  const app = await fakeApp();
  for (const key of ['a b', 'k'.repeat(256), '\u00e4'])
    assert.equal((await send(app, 'POST', DEPLOYS, {}, { 'idempotency-key': key })).status, 400);
});
