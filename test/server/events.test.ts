import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API_LIMITS, type LiveEventDto, type Problem } from '#api';
import { GatewayError } from '#diagnostic';
import { Latest } from '#server';
import { as, ask, FakeAccess, fakeApp, fakeServer, send } from './fakes.ts';

const EVENTS = '/api/v1/events';
const changed = (id: string): LiveEventDto => ({ type: 'changed', what: 'flow', flow: null, id });

/** Blocks of a stream as they come. */
function blocks(response: Response): { next(): Promise<string | null>; cancel(): Promise<void> } {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next() {
      while (!text.includes('\n\n')) {
        const { done, value } = await reader.read();
        if (done) return null;
        text += value;
      }
      const at = text.indexOf('\n\n');
      const block = text.slice(0, at);
      text = text.slice(at + 2);
      return block;
    },
    cancel: () => reader.cancel(),
  };
}
const rest = async (stream: ReturnType<typeof blocks>): Promise<string[]> => {
  const all: string[] = [];
  for (let block = await stream.next(); block !== null; block = await stream.next()) all.push(block);
  return all;
};

test('events are numbered; one who has seen the end is not sent it again', async () => {
  const app = await fakeApp({
    events: async () =>
      (async function* () {
        yield changed('one');
        yield changed('two\nlines');
      })(),
  });
  const response = await send(app, 'GET', EVENTS);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const stream = blocks(response);
  assert.match((await stream.next())!, /^retry: \d+$/);
  assert.deepEqual(await rest(stream), [
    `id: 1\ndata: ${JSON.stringify(changed('one'))}`,
    `id: 2\ndata: ${JSON.stringify(changed('two\nlines'))}`,
    'id: end',
  ]);
  assert.equal(app.load().streams, 0);
  assert.equal((await send(app, 'GET', EVENTS, undefined, { 'last-event-id': 'end' })).status, 204);
  const other = await send(app, 'GET', EVENTS, undefined, { 'last-event-id': 'whatever 17' });
  assert.equal(other.status, 200);
  await other.body!.cancel();
});

test('silence has a heartbeat; who may listen no more is let go', async () => {
  const access = new FakeAccess();
  const news = new Latest<LiveEventDto>();
  const app = await fakeApp({ events: async () => news }, { access, heartbeat_ms: 5 });
  const stream = blocks(await ask(app, 'GET', EVENTS, { headers: as('viewer') }));
  await stream.next();
  assert.equal(await stream.next(), ': alive');
  news.put('a', changed('a'));
  let block = await stream.next();
  while (block === ': alive') block = await stream.next();
  assert.match(block!, /^id: 1\n/);
  access.revoked.add('viewer');
  const last = await rest(stream);
  assert.deepEqual(
    last.filter(one => one !== ': alive'),
    [],
    'without an end: browsers try again, and are refused',
  );
  assert.equal(app.load().streams, 0);
});

test('who may listen no more is let go, also where something is said without end', async () => {
  const access = new FakeAccess();
  const news = new Latest<LiveEventDto>();
  const app = await fakeApp({ events: async () => news }, { access, heartbeat_ms: 50 });
  const stream = blocks(await ask(app, 'GET', EVENTS, { headers: as('viewer') }));
  const talk = setInterval(() => news.put('a', changed('a')), 2);
  try {
    await stream.next();
    assert.match((await stream.next())!, /^id: 1\n/);
    access.revoked.add('viewer');
    await rest(stream);
  } finally {
    clearInterval(talk);
  }
  assert.equal(app.load().streams, 0);
});

test('a slow reader holds one event here, and gets the latest of each kind', async () => {
  let asked = 0;
  const news = new Latest<LiveEventDto>();
  const app = await fakeApp({
    events: async () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          asked += 1;
          return news.next();
        },
        return: () => news.return(),
      }),
    }),
  });
  const stream = blocks(await send(app, 'GET', EVENTS));
  await stream.next();
  for (let i = 0; i < 10_000; i += 1) {
    news.put(`kind ${i % 3}`, changed(String(i)));
    if (i % 100 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  assert.ok(asked < 10, `asked ${asked} times though nobody read`);
  assert.ok(news.waiting <= 3);
  const got: string[] = [];
  while (got.length < asked + 3 && news.waiting + asked > got.length) {
    const block = await Promise.race([stream.next(), new Promise<null>(resolve => setTimeout(resolve, 200, null))]);
    if (block === null) break;
    got.push(block);
  }
  for (const last of [9_999, 9_998, 9_997])
    assert.ok(
      got.some(block => block.includes(`"${last}"`)),
      `${last} came`,
    );
  await stream.cancel();
  assert.equal(app.load().streams, 0);
});

test('no more listeners than the limit; places come back', async () => {
  const open: Response[] = [];
  const app = await fakeApp({ events: async () => new Latest<LiveEventDto>() });
  for (let i = 0; i < API_LIMITS.event_streams; i += 1) open.push(await send(app, 'GET', EVENTS));
  const refused = await send(app, 'GET', EVENTS);
  assert.deepEqual([refused.status, ((await refused.json()) as Problem).code], [503, 'streams-exhausted']);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  await open.pop()!.body!.cancel();
  open.push(await send(app, 'GET', EVENTS));
  assert.equal(open.at(-1)!.status, 200);
  app.end();
  await Promise.all(open.map(one => one.text()));
  assert.equal(app.load().streams, 0);
});

test('what is refused before the first event is a problem; an error in the middle is told as an event', async () => {
  const app = await fakeApp({
    deployEvents: async () => {
      throw new GatewayError('not-found', 'deploy 9');
    },
    events: async () =>
      (async function* () {
        yield changed('one');
        throw new GatewayError('not-running', 'boiler');
      })(),
  });
  assert.equal((await send(app, 'GET', '/api/v1/deploys/9/events')).status, 404);
  const all = await rest(blocks(await send(app, 'GET', EVENTS)));
  assert.equal(all.length, 3);
  assert.match(all[2]!, /^event: problem\ndata: \{.*"code":"not-running"/);
  assert.equal(app.load().streams, 0);
});

test('when the client goes the handler is told', async () => {
  const gone: string[] = [];
  const { app, server } = await fakeServer({
    events: async ({ signal }) => {
      const news = new Latest<LiveEventDto>(0, () => gone.push('iterator'));
      signal.addEventListener('abort', () => gone.push('signal'));
      news.put('a', changed('a'));
      return news;
    },
  });
  const client = new AbortController();
  const response = await fetch(`${server.url}${EVENTS}`, { headers: as('viewer'), signal: client.signal });
  const reader = response.body!.getReader();
  await reader.read();
  client.abort();
  while (gone.length < 2) await new Promise(resolve => setTimeout(resolve, 5));
  assert.deepEqual(gone.sort(), ['iterator', 'signal']);
  assert.equal(app.load().streams, 0);
  await server.close(1_000);
});

test('Latest: keeps its distance, joins what waits, ends on both sides', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const GAP_MS = 1_000_000;
  let closed = 0;
  const news = new Latest<number>(GAP_MS, () => {
    closed += 1;
  });
  news.put('a', 1);
  news.put('b', 1);
  news.put('a', 2, (waiting, value) => waiting + value);
  assert.deepEqual(await news.next(), { done: false, value: 3 });
  let hasCome = false;
  const second = news.next().finally(() => {
    hasCome = true;
  });
  // As if less than the gap had passed. The clock itself goes on, by far less than the rest of it.
  t.mock.timers.tick(GAP_MS / 2);
  await new Promise(setImmediate);
  assert.ok(!hasCome, 'the second keeps its distance');
  t.mock.timers.tick(GAP_MS / 2);
  assert.deepEqual(await second, { done: false, value: 1 });
  news.put('c', 5);
  news.end();
  news.put('d', 6);
  assert.deepEqual(await news.next(), { done: false, value: 5 });
  assert.deepEqual(await news.next(), { done: true, value: undefined });
  const other = new Latest<number>();
  const waiting = other.next();
  await other.return();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.equal(closed, 1);
});
