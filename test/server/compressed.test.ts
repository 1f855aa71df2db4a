import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { SERVER_LIMITS } from '#server';
import { as, ask, fakeApp } from './fakes.ts';

test('long answers go compressed to who takes them so; short ones and those with an ETag as they are', async () => {
  const long = 'x'.repeat(SERVER_LIMITS.plain_chars);
  const flow = { id: 'boiler', name: long };
  const handlers = {
    getFlow: () => flow as never,
    getDraft: () => ({ answer: flow, etag: 3 }) as never,
    listFlows: () => ({ items: [], next: null }) as never,
  };
  const own = await fakeApp(handlers, { checkAnswers: false });
  const get = (path: string, accept: string): Promise<Response> =>
    ask(own, 'GET', `/api/v1/flows${path}`, { headers: { ...as('admin'), 'accept-encoding': accept } });
  const packed = await get('/boiler', 'br, gzip;q=0.5');
  assert.equal(packed.headers.get('content-encoding'), 'gzip');
  assert.equal(packed.headers.get('vary'), 'accept-encoding');
  assert.deepEqual(JSON.parse(gunzipSync(await packed.bytes()).toString()), flow);
  for (const [path, accept] of [
    ['/boiler', 'identity'],
    ['/boiler', 'gzip;q=0'],
    ['/boiler/draft', 'gzip'],
    ['', 'gzip'],
  ] as const) {
    const plain = await get(path, accept);
    assert.equal(plain.headers.get('content-encoding'), null, `${path} ${accept}`);
    assert.ok(await plain.json());
  }
});
