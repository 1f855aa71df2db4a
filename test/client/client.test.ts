/** The client against servers that do what a gateway should, and what it should not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { type AnswerOf, API_LIMITS, type Routes } from '#api';
import { ApiProblem, BadCall, Client, type ClientLimits } from '#client';
import { GatewayError } from '#diagnostic';
import { BOILER, startGateway } from '../support/fake-gateway.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});
const QUICK = { backoff_ms: 5, backoff_ms_max: 20 };

type Say = (request: IncomingMessage, response: ServerResponse, body: string) => void;
async function serve(say: Say, limits: Partial<ClientLimits> = {}): Promise<Client> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    say(request, response, body);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return new Client({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    token: 'fw_secret',
    limits: { ...QUICK, ...limits },
  });
}
const json = (response: ServerResponse, value: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json', etag: '"3"' }).end(JSON.stringify(value));
const invalid = { name: 'GatewayError', code: 'answer-invalid' };
const SETTINGS = { overload: 'hold', test_before_deploy: false, probation_ms: 1 };
const FLOW = {
  id: 'boiler',
  name: 'Boiler',
  state: 'running',
  problem: null,
  desired: 'running',
  deployed_version: 1,
  latest_version: 1,
  draft_differs: false,
  settings: SETTINGS,
  created_by: 'ann',
  created_at: '2026-01-01T00:00:00Z',
};

test('a call says method, path, query, body and headers of its route', async () => {
  const heard: unknown[] = [];
  const client = await serve(({ method, url, headers }, response, body) => {
    heard.push([method, url, headers.authorization, headers['if-match'], headers['content-type'], body]);
    json(
      response,
      url!.includes('draft') ? { document: 1, tests: [], revision: 3, updated_by: 'a', updated_at: 't' } : FLOW,
    );
  });
  await client.call('getFlow', { params: { flow: 'boiler' } });
  const saved = await client.callFull('saveDraft', {
    params: { flow: 'boiler' },
    body: { document: { a: 1 } },
    ifMatch: '"2"',
  });
  assert.deepEqual([saved.etag, saved.status, saved.answer.revision], ['"3"', 200, 3]);
  assert.deepEqual(heard, [
    ['GET', '/api/v1/flows/boiler', 'Bearer fw_secret', undefined, undefined, ''],
    ['PUT', '/api/v1/flows/boiler/draft', 'Bearer fw_secret', '"2"', 'application/json', '{"document":{"a":1}}'],
  ]);
});

test('nothing leads out of its place in the path, and nothing is sent', async () => {
  let calls = 0;
  const client = await serve((_, response) => {
    calls += 1;
    json(response, {});
  });
  for (const flow of ['..', '.', '', 'a/b', 'Ä', 'a?b'])
    await assert.rejects(client.call('getFlow', { params: { flow } }), BadCall, flow);
  for (const deploy of ['..', '.']) await assert.rejects(client.call('getDeploy', { params: { deploy } }), BadCall);
  assert.equal(calls, 0);
  await assert.rejects(client.call('getDeploy', { params: { deploy: 'a/../b?c' } }), invalid);
  assert.equal(calls, 1);
});

test('keys that a newer gateway added do no harm, also in strict shapes', async () => {
  const client = await serve((_, response) =>
    json(response, { ...FLOW, colour: 1, settings: { ...SETTINGS, more: 2 } }),
  );
  assert.deepEqual(await client.call('getFlow', { params: { flow: 'boiler' } }), FLOW);
});

test('a wrong server is a clear error: other shapes, no JSON, pages, nothing', async () => {
  const answers: Say[] = [
    (_, response) => json(response, { ...FLOW, state: 'dancing' }),
    (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    (_, response) => void response.writeHead(502).end('<h1>Bad gateway</h1>'),
    (_, response) => json(response, { error: 'no problem details' }, 500),
    (_, response) => void response.end(),
    (_, response) => json(response, null),
  ];
  for (const say of answers) {
    const client = await serve(say);
    await assert.rejects(client.call('getFlow', { params: { flow: 'boiler' } }), invalid);
  }
  const first = await serve(answers[0]!);
  await assert.rejects(first.call('getFlow', { params: { flow: 'boiler' } }), /state: /);
});

test('problems carry code, status, place and diagnostics', async () => {
  const diagnostic = { code: 'cycle', severity: 'error', message: 'm', where: '$', hint: 'h' };
  const problem = {
    type: 't',
    title: 'T',
    status: 422,
    detail: 'D',
    code: 'flow-invalid',
    where: '$.a',
    diagnostics: [diagnostic],
  };
  const client = await serve((_, response) => json(response, problem, 422));
  await assert.rejects(client.call('createVersion', { params: { flow: 'boiler' } }), error => {
    assert.ok(error instanceof ApiProblem);
    assert.deepEqual([error.code, error.status, error.message, error.where], ['flow-invalid', 422, 'D', '$.a']);
    assert.deepEqual(error.diagnostics, [diagnostic]);
    return true;
  });
});

test('bytes come as they are; more than the limit is refused, and so is JSON beyond its limit', async () => {
  const say: Say = ({ url }, response) =>
    url!.endsWith('artifact')
      ? void response.end(Buffer.alloc(1_000, 7))
      : json(response, { ...FLOW, name: 'x'.repeat(2_000) });
  const params = { flow: 'boiler' };
  assert.deepEqual(await (await serve(say)).call('getArtifact', { params }), new Uint8Array(1_000).fill(7));
  const small = await serve(say, { download_bytes: 999, answer_bytes: 999 });
  await assert.rejects(small.call('getArtifact', { params }), invalid);
  await assert.rejects(small.call('getFlow', { params }), invalid);
});

test('nobody there is said at once; a redirect is not followed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const client = new Client({ url: `http://127.0.0.1:${port}`, limits: { backoff_ms: 60_000 } });
  await assert.rejects(client.call('getStatus'), { code: 'gateway-unreachable' });
  await assert.rejects(client.events('events').next(), { code: 'gateway-unreachable' });
  let stolen = false;
  const thief = await serve((_, response) => {
    stolen = true;
    json(response, FLOW);
  });
  const redirecting = await serve(
    (_, response) => void response.writeHead(307, { location: `${thief.url}/api/v1/flows/boiler` }).end(),
  );
  await assert.rejects(redirecting.call('getFlow', { params: { flow: 'boiler' } }), GatewayError);
  assert.equal(stolen, false);
});

test('a deploy whose connection is lost is sent again with its key; what has no key is not', async () => {
  const keys: string[] = [];
  const bodies: string[] = [];
  let creates = 0;
  const gateway = await startGateway();
  after(() => gateway.close());
  const flow = gateway.world.create('boiler', 'Boiler', BOILER);
  const version = gateway.world.version(flow, '');
  const client = await serve((request, response, body) => {
    if (request.url!.endsWith('/flows')) creates += 1;
    else {
      keys.push(request.headers['idempotency-key'] as string);
      bodies.push(body);
    }
    if (creates > 0 || keys.length < 3) request.socket.destroy();
    else json(response, gateway.world.deploy(flow, 'deploy', version.number, keys[0]!), 202);
  });
  const deploy = await client.call('deployFlow', { params: { flow: 'boiler' }, body: { version: 1 } });
  assert.equal(deploy.flow, 'boiler');
  assert.equal(keys.length, 3);
  assert.match(keys[0]!, /^[0-9a-f]{32}$/);
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(new Set(bodies), new Set(['{"version":1}']));
  await assert.rejects(client.call('createFlow', { body: { name: 'x' } }), { code: 'gateway-unreachable' });
  assert.equal(creates, 1);
});

test('an answer that breaks off in the middle counts as lost', async () => {
  let calls = 0;
  const client = await serve((_, response) => {
    calls += 1;
    const whole = JSON.stringify(FLOW);
    response.writeHead(200, { 'content-length': String(whole.length) });
    if (calls > 1) return void response.end(whole);
    response.write(whole.slice(0, 20), () => response.destroy());
  });
  assert.equal((await client.call('getFlow', { params: { flow: 'boiler' } })).id, 'boiler');
  assert.equal(calls, 2);
});

test('retries end after so many, and with the signal', async () => {
  let calls = 0;
  const client = await serve(
    request => {
      calls += 1;
      request.socket.destroy();
    },
    { retries: 2 },
  );
  await assert.rejects(client.call('startFlow', { params: { flow: 'boiler' } }), { code: 'gateway-unreachable' });
  assert.equal(calls, 3);
  const slow = await serve(request => void request.socket.destroy(), { backoff_ms: 60_000, backoff_ms_max: 60_000 });
  const reason = new Error('enough');
  const control = new AbortController();
  const call = slow.call('startFlow', { params: { flow: 'boiler' }, signal: control.signal });
  setTimeout(() => control.abort(reason), 20);
  await assert.rejects(call, reason);
});

type LiveEvent = AnswerOf<Routes['events']>;
const changed = (id: string): LiveEvent => ({ type: 'changed', what: 'flow', flow: null, id });

test('events go on over lost connections, from the id that was last', async () => {
  const asked: (string | undefined)[] = [];
  const client = await serve((request, response) => {
    asked.push(request.headers['last-event-id'] as string | undefined);
    if (asked.length === 2) return void request.socket.destroy();
    if (asked.length === 3) return json(response, { type: '', title: '', status: 503, detail: '', code: 'busy' }, 503);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = `: hello\n\nid: e${asked.length}\nretry: 1\ndata: ${JSON.stringify(changed(String(asked.length)))}\n\n`;
    response.write(event.slice(0, 25));
    setImmediate(() => response.end(event.slice(25)));
  });
  const seen: (string | null)[] = [];
  const connection: boolean[] = [];
  const until = (event: LiveEvent): boolean => event.type === 'changed' && event.id === '5';
  for await (const event of client.events('events', { until, onConnection: up => void connection.push(up) }))
    if (event.type === 'changed') seen.push(event.id);
  assert.deepEqual(seen, ['1', '4', '5']);
  assert.deepEqual(asked, [undefined, 'e1', 'e1', 'e1', 'e4']);
  assert.deepEqual(connection, [false, true, false, true]);
});

test('a stream that is refused, or says other things, is an error; an abort ends it quietly', async () => {
  const refusing = await serve((_, response) =>
    json(response, { type: '', title: '', status: 404, detail: 'none', code: 'not-found' }, 404),
  );
  await assert.rejects(refusing.events('events').next(), { name: 'ApiProblem', status: 404 });
  const lying = await serve((_, response) => void response.end('data: {"type":"dance"}\n\n'));
  await assert.rejects(lying.events('events').next(), invalid);
  const control = new AbortController();
  const open = await serve((_, response) => void response.write(`data: ${JSON.stringify(changed('1'))}\n\n`));
  let count = 0;
  for await (const _ of open.events('events', { signal: control.signal })) {
    count += 1;
    control.abort();
  }
  assert.equal(count, 1);
});

test('a deploy is followed to its end', async () => {
  const gateway = await startGateway();
  after(() => gateway.close());
  const flow = gateway.world.create('boiler', 'Boiler', BOILER);
  gateway.world.version(flow, '');
  const client = new Client({ url: gateway.url });
  const begun = await client.call('deployFlow', { params: { flow: 'boiler' } });
  const states: string[] = [];
  for await (const { state } of client.followDeploy(begun.id)) states.push(state);
  assert.equal(states.at(-1), 'done');
  assert.ok(states.slice(0, -1).every(one => one === 'running'));
});

test('a login by password makes the calls after it by cookie and CSRF token', async () => {
  const gateway = await startGateway({ auth: true });
  after(() => gateway.close());
  const client = new Client({ url: gateway.url });
  await assert.rejects(client.call('listFlows'), { name: 'ApiProblem', status: 401 });
  await assert.rejects(client.login('ann', 'wrong'), { name: 'ApiProblem', status: 401 });
  assert.equal((await client.login('ann', 'correct horse')).user, 'ann');
  const { token } = await client.call('createToken', { body: { name: 'test' } });
  const other = new Client({ url: gateway.url, token });
  assert.equal((await other.call('getSession')).user, 'ann');
  assert.deepEqual((await other.call('listFlows', { query: { limit: API_LIMITS.page } })).items, []);
});
