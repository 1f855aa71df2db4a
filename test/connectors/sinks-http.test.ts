import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Owner, openProbe, sleep, until } from './sinks-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-sinks-http-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const spoolFolder = (): string => mkdtempSync(join(folder, 'spool-'));
const place = (spool: string | null = null) => ({ directory: folder, spool });

interface Request {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly at_ms: number;
}
type Answer = (request: Request, response: ServerResponse, index: number) => void;

/** Keeps what it was asked; `answer` says what becomes of it. */
class Endpoint {
  readonly requests: Request[] = [];
  readonly delivered: string[] = [];
  answer: Answer = (_request, response) => response.end();
  url = '';

  static async start(owner: Owner, answer?: Answer): Promise<Endpoint> {
    const endpoint = new Endpoint();
    if (answer) endpoint.answer = answer;
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const asked = { body: String(Buffer.concat(chunks)), headers: request.headers, at_ms: performance.now() };
      endpoint.requests.push(asked);
      endpoint.answer(asked, response, endpoint.requests.length - 1);
      if (response.statusCode === 200) endpoint.delivered.push(asked.body);
    }).listen(0, '127.0.0.1');
    owner.after(() => server.close());
    owner.after(() => server.closeAllConnections());
    await once(server, 'listening');
    endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return endpoint;
  }
}
const AWAY: Answer = (_request, response) => response.writeHead(503).end();
const HERE: Answer = (_request, response) => response.end();

test('Retry-After is waited for, and what is sent again has the same id', async t => {
  const server = await Endpoint.start(t, (_request, response, index) => {
    if (index === 0) response.writeHead(429, { 'retry-after': '1' }).end();
    else if (index === 1) response.writeHead(503, { 'retry-after': new Date(Date.now() + 900).toUTCString() }).end();
    else response.end();
  });
  const { sink, put } = await openProbe(t, 'http', { url: server.url, format: 'csv' }, place());
  await put('one', 7);
  await put('two', 8);
  await sink.flush();
  const ids = server.requests.map(({ headers }) => headers['idempotency-key']);
  assert.deepEqual(ids, ['flow/7', 'flow/7', 'flow/7', 'flow/8']);
  assert.ok(server.requests[1]!.at_ms - server.requests[0]!.at_ms >= 995);
  assert.deepEqual(server.delivered, ['one', 'two']);
  assert.equal(server.requests[0]!.headers['content-type'], 'text/csv');
});

test('4xx fail at once and hold up nothing; 408, 425, 429, redirects and broken connections are tried again', async t => {
  const statuses = [301, 408, 425, 429, 500, 400, 401, 404, 422];
  const tried = new Map<string, number>();
  const server = await Endpoint.start(t, ({ body }, response) => {
    tried.set(body, (tried.get(body) ?? 0) + 1);
    const status = Number(body);
    if (status >= 400 && ![408, 425, 429, 500].includes(status)) response.writeHead(status).end();
    else if (tried.get(body) === 1 && body === 'broken') response.destroy();
    else if (tried.get(body) === 1 && status > 0) response.writeHead(status, { location: '/elsewhere' }).end();
    else response.end();
  });
  const { sink, put, failed } = await openProbe(t, 'http', { url: server.url }, place());
  const sent = [...statuses.map(String), 'broken', 'last'];
  for (const [index, body] of sent.entries()) await put(body, index);
  await sink.flush();
  assert.equal(sink.settled, sent.length);
  assert.deepEqual(
    failed.map(one => [one.body, one.sequence]),
    [
      ['400', 5],
      ['401', 6],
      ['404', 7],
      ['422', 8],
    ],
  );
  assert.ok(failed.every(({ error }) => error.code === 'http-failed'));
  assert.deepEqual([...tried.values()], [2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 1]);
  assert.deepEqual([...new Set(server.delivered)].slice(-2), ['broken', 'last']);
});

test('without a spool nothing is given up: the queue fills, write says no, and all arrives in the end', async t => {
  const server = await Endpoint.start(t, AWAY);
  const { sink, problems, failed } = await openProbe(t, 'http', { url: server.url }, place());
  const body = Buffer.alloc(1024 * 1024, 'x');
  let taken = 0;
  while (taken < 100 && sink.write(body, taken)) taken += 1;
  assert.ok(taken >= 7 && taken <= 9, `${taken}`);
  // More attempts than there would be patience for.
  await until('it keeps trying', () => server.requests.length >= 4);
  assert.equal(sink.settled, 0);
  assert.equal(sink.state.online, false);
  server.answer = HERE;
  await sink.flush();
  assert.equal(sink.settled, taken);
  assert.equal(server.delivered.length, taken);
  assert.ok(problems.length >= 3 && failed.length === 0 && sink.state.online);
});

test('closed without a spool: what cannot be delivered in time is reported, each', async t => {
  const server = await Endpoint.start(t, AWAY);
  const { sink, put, failed } = await openProbe(t, 'http', { url: server.url }, place());
  for (let i = 0; i < 100; i += 1) await put(`body ${i}`, i);
  await sink.close();
  assert.deepEqual(
    failed.map(one => `${one.body} ${one.sequence}`),
    Array.from({ length: 100 }, (_, i) => `body ${i} ${i}`),
  );
  assert.match(failed[0]!.error.message, /503/);
  assert.equal(sink.settled, 100);
  assert.ok(!sink.write(Buffer.from('late'), 100));
});

test('closed with a spool: all is on disk, and delivered by the next, the ids as they were', async t => {
  const server = await Endpoint.start(t, AWAY);
  const spool = spoolFolder();
  for (let round = 0; round < 3; round += 1) {
    const { sink, put, failed } = await openProbe(t, 'http', { url: server.url }, place(spool));
    // Some go to memory first, with one in flight, the others to the disk.
    for (let i = 0; i < 50; i += 1) {
      await put(`body ${round * 50 + i}`, round * 50 + i);
      if (round > 0 && i % 10 === 0) await sleep(5);
    }
    await sink.close();
    assert.equal(sink.settled, round * 50 + 50);
    assert.deepEqual(failed, []);
  }
  server.answer = HERE;
  const { sink } = await openProbe(t, 'http', { url: server.url }, place(spool));
  assert.equal(sink.state.spooled, 150);
  await until('all is delivered', () => sink.state.spooled === 0);
  const bodies = Array.from({ length: 150 }, (_, i) => `body ${i}`);
  assert.deepEqual([...new Set(server.delivered)], bodies);
  assert.ok(server.requests.every(({ body, headers }) => headers['idempotency-key'] === `flow/${body.split(' ')[1]}`));
});

test('two sinks on one spool are a storage-failed; after the first is closed it is free', async t => {
  const server = await Endpoint.start(t, AWAY);
  const spool = spoolFolder();
  const { sink } = await openProbe(t, 'http', { url: server.url }, place(spool));
  await assert.rejects(() => openProbe(t, 'http', { url: server.url }, place(spool)), { code: 'storage-failed' });
  await sink.close();
  await openProbe(t, 'http', { url: server.url }, place(spool));
});

test('a spool at its limit holds the flow, and goes on when there is room', async t => {
  const server = await Endpoint.start(t, AWAY);
  const props = { url: server.url, store_bytes: 1024 * 1024 };
  const { sink, put, problems } = await openProbe(t, 'http', props, place(spoolFolder()));
  await put('first', 0);
  await until('it knows', () => !sink.state.online);
  const body = 'x'.repeat(10_000);
  let taken = 1;
  while (taken < 10_000 && sink.write(Buffer.from(`${taken} ${body}`), taken)) taken += 1;
  assert.ok(taken > 80 && taken < 120, `${taken}`);
  assert.ok(sink.state.spooled_bytes <= 1024 * 1024);
  server.answer = HERE;
  for (let i = taken; i < 400; i += 1) await put(`${i} ${body}`, i);
  await until('all is delivered', () => sink.state.spooled + sink.state.pending === 0);
  const order = [...new Set(server.delivered.map(text => text.split(' ')[0]))];
  assert.deepEqual(order, ['first', ...Array.from({ length: 399 }, (_, i) => String(i + 1))]);
  assert.equal(sink.state.dropped, 0);
  assert.ok(problems.every(({ code }) => code !== 'outputs-dropped'));
});

test('a disk that fails for a while holds the flow; order is kept', async t => {
  const server = await Endpoint.start(t, AWAY);
  const spool = spoolFolder();
  const { sink, put, problems } = await openProbe(t, 'http', { url: server.url, store_bytes: 2e6 }, place(spool));
  const body = 'x'.repeat(10_000);
  await put(`0 ${body}`, 0);
  await until('it knows', () => !sink.state.online);
  // Files that are open can still be written; a new segment cannot be made.
  renameSync(spool, `${spool}-away`);
  let taken = 1;
  while (taken < 10_000 && sink.write(Buffer.from(`${taken} ${body}`), taken)) taken += 1;
  assert.ok(taken < 1_000, `${taken}`);
  await until('it is said', () => problems.some(({ code }) => code === 'storage-failed'));
  assert.ok(sink.settled < taken);
  server.answer = HERE;
  renameSync(`${spool}-away`, spool);
  for (let i = taken; i < taken + 200; i += 1) await put(`${i} ${body}`, i);
  await until('all is delivered', () => sink.state.spooled + sink.state.pending === 0);
  const order = [...new Set(server.delivered.map(text => Number(text.split(' ')[0])))];
  assert.deepEqual(
    order,
    Array.from({ length: taken + 200 }, (_, i) => i),
  );
  assert.equal(sink.settled, taken + 200);
});

test('a spool that drops the oldest says how many, and keeps the newest in order', async t => {
  const server = await Endpoint.start(t, AWAY);
  const props = { url: server.url, store_bytes: 1024 * 1024, store_full: 'drop_oldest' };
  const { sink, put, problems, failed } = await openProbe(t, 'http', props, place(spoolFolder()));
  const body = 'x'.repeat(10_000);
  await put(`0 ${body}`, 0);
  await until('it knows', () => !sink.state.online);
  for (let i = 1; i < 1_000; i += 1) {
    assert.ok(sink.write(Buffer.from(`${i} ${body}`), i));
    if (i % 50 === 0) await sleep(1);
  }
  await sink.flush();
  assert.equal(sink.settled, 1_000);
  server.answer = HERE;
  await until('all is delivered', () => sink.state.spooled + sink.state.pending === 0);
  const order = [...new Set(server.delivered.map(text => Number(text.split(' ')[0])))];
  assert.ok(order.length >= 80 && order.length <= 120, `${order.length}`);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.equal(order.at(-1), 999);
  const { dropped, written } = sink.state;
  assert.ok(dropped + written >= 1_000 && dropped + written <= 1_001, `${dropped} + ${written}`);
  assert.ok(problems.some(({ code, message }) => code === 'outputs-dropped' && /store_bytes/.test(message)));
  assert.deepEqual(failed, []);
});

test('what has waited longer than store_hours is dropped and counted', async t => {
  const server = await Endpoint.start(t, AWAY);
  const spool = spoolFolder();
  const props = { url: server.url, store_hours: 1 / 3_600 };
  const { sink, put, problems } = await openProbe(t, 'http', props, place(spool));
  for (let i = 0; i < 100; i += 1) {
    await put(`old ${i}`, i);
    if (i === 50) await until('it knows', () => !sink.state.online);
  }
  await sink.flush();
  assert.equal(sink.state.spooled, 100);
  await sleep(1_100);
  server.answer = HERE;
  // The back-off may be longer than that by now: new ones until one is in time.
  for (let i = 100; server.delivered.length === 0; i += 1) {
    await put(`new ${i}`, i);
    await sleep(50);
  }
  await until('nothing is left', () => sink.state.spooled + sink.state.pending === 0);
  assert.ok(server.delivered.every(body => body.startsWith('new')));
  assert.ok(sink.state.dropped >= 100);
  assert.ok(problems.some(({ code, message }) => code === 'outputs-dropped' && /store_hours/.test(message)));
});

test('memory stays flat while 200,000 outputs wait on disk', async t => {
  const server = await Endpoint.start(t, AWAY);
  const { sink } = await openProbe(t, 'http', { url: server.url }, place(spoolFolder()));
  const body = Buffer.alloc(200, 'x');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  };
  sink.write(body, 0);
  await until('it knows', () => !sink.state.online);
  const before = used();
  let most = 0;
  for (let i = 1; i <= 200_000; i += 1) {
    assert.ok(sink.write(body, i));
    if (i % 1_000 === 0) await new Promise(resolve => setImmediate(resolve));
    if (i % 20_000 === 0) most = Math.max(most, used());
  }
  assert.ok(sink.state.spooled > 199_000 && sink.state.spooled_bytes > 40e6);
  assert.ok(most - before < 24, `${before.toFixed(1)} MB before, ${most.toFixed(1)} MB at most`);
});
