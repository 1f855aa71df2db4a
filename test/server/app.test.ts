import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '#api';
import { GatewayError } from '#diagnostic';
import { createLog, formOf, LogRing, loopbackHosts, SERVER_LIMITS, WithCookies } from '#server';
import { as, ask, fakeApp, PEER, send } from './fakes.ts';

const app = await fakeApp();
const DRAFT = '/api/v1/flows/boiler/draft';

/** What was refused, and as what. */
async function problem(response: Response, status: number, code: string): Promise<Problem> {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  const found = JSON.parse(text) as Problem;
  assert.equal(found.code, code);
  assert.equal(found.status, status);
  assert.equal(found.type, `/docs#${code}`);
  return found;
}

test('every wrong place of a request is named at once', async () => {
  const body = { records: 0, within_ms: 'soon', more: 1 };
  const found = await problem(await send(app, 'POST', '/api/v1/flows/boiler/traces', body), 400, 'request-invalid');
  assert.deepEqual(found.diagnostics!.map(one => one.where).sort(), ['$', '$.records', '$.within_ms']);
  for (const one of found.diagnostics!) assert.ok(one.hint.length > 3 && one.message.length > 3);
  const query = await problem(await send(app, 'GET', '/api/v1/flows?limit=ten'), 400, 'request-invalid');
  assert.equal(query.where, 'query.limit');
  const path = await problem(await send(app, 'GET', '/api/v1/flows/Boiler%2F..'), 400, 'request-invalid');
  assert.equal(path.where, 'path.flow');
  await problem(await send(app, 'GET', '/api/v1/flows?limit=1&limit=2'), 400, 'request-invalid');
});

test('JSON that is broken, deep, vast or reaches into prototypes is refused', async () => {
  const deep = '['.repeat(SERVER_LIMITS.json_depth + 1) + ']'.repeat(SERVER_LIMITS.json_depth + 1);
  const vast = `[${'0,'.repeat(SERVER_LIMITS.json_values)}0]`;
  const wrong = [
    '{"document": ',
    `{"document": ${deep}}`,
    `{"document": ${vast}}`,
    '{"document": {"__proto__": {"admin": true}}}',
    '{"document": [{"constructor": {"prototype": {}}}]}',
    '{"__proto__": {}, "document": {}}',
    '\ufeff{"document": {}}',
    '',
    '[]',
    'null',
  ];
  for (const body of wrong)
    await problem(
      await send(app, 'PUT', DRAFT, body, { 'if-match': '*', 'content-type': 'application/json' }),
      400,
      'request-invalid',
    );
  const bytes = { method: 'PUT', headers: { ...as('admin'), 'if-match': '*', 'content-type': 'application/json' } };
  await problem(
    await ask(app, 'PUT', DRAFT, { ...bytes, body: new Uint8Array([0x22, 0xff, 0x22]) }),
    400,
    'request-invalid',
  );
  assert.equal(({} as { admin?: boolean }).admin, undefined);
  const fine = { document: { constructor: { name: 'x' }, text: '"__proto__": [[[[{{{' } };
  assert.equal((await send(app, 'PUT', DRAFT, fine, { 'if-match': '*' })).status, 200);
});

test('media types: what the route does not take is 415, before the body is read', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1', ''])
    await problem(
      await send(app, 'PUT', DRAFT, '{}', { 'if-match': '*', 'content-type': type }),
      415,
      'media-type-unsupported',
    );
  const packed = { 'if-match': '*', 'content-encoding': 'gzip' };
  await problem(await send(app, 'PUT', DRAFT, '{}', packed), 415, 'media-type-unsupported');
  const kept = { 'if-match': '*', 'content-type': 'Application/JSON; charset="UTF-8"' };
  assert.equal((await send(app, 'PUT', DRAFT, '{"document":1}', kept)).status, 200);
  await problem(await send(app, 'POST', '/api/v1/nodes', '{}'), 415, 'media-type-unsupported');
});

test('a body over the limit of its route is 413; what was read of it is given back', async () => {
  const announced = { 'content-length': String(2 * 1024 * 1024) };
  await problem(await send(app, 'POST', '/api/v1/flows/boiler/clone', '{}', announced), 413, 'body-too-large');
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: controller => {
      pulled += 1;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  const init = { headers: { ...as('admin'), 'content-type': 'application/json' }, body: endless, duplex: 'half' };
  await problem(await ask(app, 'POST', '/api/v1/flows/boiler/clone', init as RequestInit), 413, 'body-too-large');
  assert.ok(pulled < 30, `${pulled} chunks of an endless body were read`);
  assert.equal(app.load().bodies_bytes, 0);
  const small = await fakeApp({}, { body_bytes_max: 10 });
  await problem(
    await send(small, 'PUT', DRAFT, { document: 'long enough' }, { 'if-match': '*' }),
    413,
    'body-too-large',
  );
});

test('bodies of many requests together stay within the memory that is set aside', async () => {
  const chunk = new Uint8Array(16 * 1024 * 1024);
  const open: (() => void)[] = [];
  const body = (): ReadableStream<Uint8Array> => {
    let left = 6;
    return new ReadableStream<Uint8Array>({
      pull: async controller => {
        left -= 1;
        if (left > 0) return controller.enqueue(chunk);
        await new Promise<void>(resolve => open.push(resolve));
        controller.close();
      },
    });
  };
  const upload = (): Promise<Response> =>
    ask(app, 'POST', '/api/v1/flows/import', {
      headers: { ...as('admin'), 'content-type': 'application/wasm' },
      body: body(),
      duplex: 'half',
    } as RequestInit);
  const uploads = [upload(), upload(), upload(), upload()];
  const refused = await Promise.race(uploads);
  const { code } = (await refused.clone().json()) as Problem;
  assert.equal(code, 'server-busy');
  assert.equal(refused.headers.get('retry-after'), '1');
  const release = setInterval(() => open.splice(0).forEach(resolve => resolve()), 5);
  const statuses = (await Promise.all(uploads)).map(one => one.status);
  clearInterval(release);
  assert.ok(statuses.includes(201) && statuses.includes(503), String(statuses));
  assert.equal(app.load().bodies_bytes, 0);
});

test('unknown paths, other methods, HEAD and OPTIONS', async () => {
  await problem(await send(app, 'GET', '/api/v1/flows/'), 404, 'path-unknown');
  await problem(await send(app, 'GET', '/api/v2/flows'), 404, 'path-unknown');
  const wrong = await send(app, 'DELETE', '/api/v1/flows');
  assert.equal(wrong.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
  await problem(wrong, 405, 'method-not-allowed');
  const options = await ask(app, 'OPTIONS', '/api/v1/flows');
  assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, POST, HEAD, OPTIONS']);
  assert.equal(options.headers.get('access-control-allow-origin'), null);
  for (const path of ['/api/v1/flows', '/api/v1/events', '/api/v1/flows/boiler/artifact', '/metrics', '/docs']) {
    const head = await send(app, 'HEAD', path);
    assert.deepEqual([head.status, await head.text()], [200, ''], path);
  }
  assert.equal(app.load().streams, 0);
  assert.equal((await send(app, 'GET', '/')).headers.get('location'), '/docs');
});

test('two editors: the second is told that the draft has changed, and overwrites nothing', async () => {
  let revision = 7;
  const draft = { document: {}, tests: [], revision, updated_by: 'ada', updated_at: '2026-01-01T00:00:00Z' };
  const editors = await fakeApp({
    getDraft: async () => ({ answer: { ...draft, revision }, etag: revision }),
    saveDraft: async ({ ifMatch, body }) => {
      if (ifMatch !== null && ifMatch !== revision)
        throw new GatewayError('conflict', 'draft of boiler', `it is ${revision}`);
      revision += 1;
      return { answer: { ...draft, document: body.document, revision }, etag: revision };
    },
  });
  const save = (document: string, headers: Record<string, string>): Promise<Response> =>
    send(editors, 'PUT', DRAFT, { document }, headers);
  const etag = (await send(editors, 'GET', DRAFT)).headers.get('etag')!;
  assert.equal(etag, '"7"');
  const first = await save('first', { 'if-match': etag });
  assert.deepEqual([first.status, first.headers.get('etag')], [200, '"8"']);
  await problem(await save('second', { 'if-match': etag }), 412, 'conflict');
  assert.equal(revision, 8);
  await problem(await save('blind', {}), 428, 'precondition-missing');
  for (const odd of ['8', 'W/"8"', '"8", "9"', '"x"'])
    await problem(await save('odd', { 'if-match': odd }), 400, 'request-invalid');
  assert.equal((await save('whatever', { 'if-match': '*' })).status, 200);
  assert.equal((await send(editors, 'GET', DRAFT, undefined, { 'if-none-match': '"9"' })).status, 304);
});

test('a bug is 500 without its innards; the log has them under the id that is told', async () => {
  const ring = new LogRing();
  const log = createLog({ level: 'info', format: 'json', ring, onLine: () => undefined });
  const broken = await fakeApp(
    {
      getStatus: () => Promise.reject(new Error('inner workings')),
      listTags: async () => ({ items: [{ tag: 1n }], next: null }) as never,
      listFlows: async () => ({ items: 'none' }) as never,
    },
    { log },
  );
  for (const path of ['status', 'tags', 'flows']) {
    const response = await send(broken, 'GET', `/api/v1/${path}`);
    const text = await response.clone().text();
    const { where } = await problem(response, 500, 'internal');
    assert.doesNotMatch(text, /inner workings|\.ts|BigInt/);
    assert.ok(
      ring.list().some(line => line.level === 'error' && line.text.includes(where!)),
      path,
    );
  }
  assert.ok(ring.list().some(line => line.text.includes('inner workings')));
});

test('what the world did wrong has the status of the table, findings and Retry-After as the error says', async () => {
  const failing = (error: Error) => fakeApp({ getFlow: () => Promise.reject(error) });
  const get = async (error: Error): Promise<Response> => send(await failing(error), 'GET', '/api/v1/flows/boiler');
  await problem(await get(new GatewayError('not-found', 'flow boiler')), 404, 'not-found');
  await problem(await get(new GatewayError('storage-full', 'disk')), 507, 'storage-full');
  const finding = { code: 'cycle', severity: 'error', message: 'a cycle', where: '$.wires[0]', hint: 'Cut it.' };
  const refused = await get(Object.assign(new GatewayError('flow-refused', 'boiler'), { diagnostics: [finding] }));
  assert.deepEqual((await problem(refused, 422, 'flow-refused')).diagnostics, [finding]);
  const later = await get(Object.assign(new GatewayError('login-throttled', 'ada'), { retry_after_ms: 1_500 }));
  assert.equal(later.headers.get('retry-after'), '2');
  await problem(later, 429, 'login-throttled');
});

test('every answer has the headers of security, whatever it is', async () => {
  const paths = [
    '/api/v1/flows',
    '/api/v1/nothing',
    '/healthz',
    '/docs',
    '/openapi.json',
    '/api/v1/flows/boiler/artifact',
  ];
  for (const path of paths) {
    const { headers } = await send(app, 'GET', path);
    assert.match(headers.get('content-security-policy')!, /default-src 'self'.*frame-ancestors 'none'/, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    assert.equal(headers.get('access-control-allow-origin'), null, path);
  }
  assert.equal((await send(app, 'GET', '/api/v1/flows')).headers.get('cache-control'), 'no-store');
  const file = await send(app, 'GET', '/api/v1/flows/boiler/artifact');
  assert.equal(
    file.headers.get('content-disposition'),
    `attachment; filename="m_glich _x_.bin"; filename*=UTF-8''m%C3%B6glich%20%22x%22.bin`,
  );
});

test('a name that a stranger has pointed at loopback is not answered to', async () => {
  const local = await fakeApp({}, { hosts: loopbackHosts(['Gateway.Plant']) });
  const get = (host: string): Promise<Response> =>
    local.fetch(new Request('http://localhost/healthz', { headers: { host } }), PEER);
  for (const host of ['localhost', 'localhost:8480', '127.0.0.1:1', '[::1]:8480', '[::1]', 'gateway.plant:80'])
    assert.equal((await get(host)).status, 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '::1', ''])
    await problem(await get(host), 421, 'host-refused');
});

test('a body of a form comes to the handler as bytes with its boundary', async () => {
  const seen: string[] = [];
  const forms = await fakeApp({
    uploadNode: async ({ body, contentType }) => {
      const form = await formOf(body, contentType);
      seen.push(`${form!.texts.get('manifest')} ${form!.files.get('file')!.length}`);
      throw new GatewayError('not-found', 'the end');
    },
  });
  const body = new FormData();
  body.set('manifest', '{}');
  body.set('file', new Blob([new Uint8Array(9)]), 'node.wasm');
  await ask(forms, 'POST', '/api/v1/nodes', { headers: as('admin'), body });
  assert.deepEqual(seen, ['{} 9']);
  await assert.rejects(formOf(new Uint8Array(3), 'multipart/form-data; boundary=x'), { code: 'request-invalid' });
  assert.equal(await formOf(new Uint8Array(3), 'application/wasm'), null);
});

test('what a handler is given: parameters, defaults, who asks; cookies go out as it says', async () => {
  const calls: unknown[] = [];
  const seen = await fakeApp({
    deployFlow: async ({ params, body, identity, address, ifMatch }) => {
      calls.push([params, body, identity.name, address, ifMatch]);
      throw new GatewayError('not-found', 'the end');
    },
    logout: async ({ identity }) => new WithCookies(undefined, [`a=${identity.kind}; HttpOnly`, 'b=; Max-Age=0']),
  });
  await ask(seen, 'POST', '/api/v1/flows/boiler/deploys', { headers: as('operator') });
  assert.deepEqual(calls, [[{ flow: 'boiler' }, { message: '' }, 'operator', PEER.address, null]]);
  const out = await ask(seen, 'DELETE', '/api/v1/session');
  assert.deepEqual([out.status, out.headers.getSetCookie()], [204, ['a=anonymous; HttpOnly', 'b=; Max-Age=0']]);
});

test('ready or not, and why; who may not read learns only how many reasons there are', async () => {
  const reasons = ['flow boiler is down: no code'];
  const down = await fakeApp({}, { readiness: () => ({ ready: false, reasons }) });
  assert.deepEqual(await (await send(down, 'GET', '/readyz')).json(), { ready: false, reasons });
  const nobody = await ask(down, 'GET', '/readyz');
  assert.equal(nobody.status, 503);
  assert.deepEqual(await nobody.json(), { ready: false, reasons: ['1 reasons; log in to see them'] });
  assert.equal((await ask(app, 'GET', '/readyz')).status, 200);
  assert.equal(await (await ask(down, 'GET', '/healthz')).text(), 'ok\n');
});
