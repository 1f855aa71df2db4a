import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenHttp, SERVER_LIMITS, SILENT } from '#server';
import { as, fakeApp, fakeServer, STATUS } from './fakes.ts';
import { HEAD, Raw } from './raw.ts';

test('pipelined requests are answered in order, slow ones first', async () => {
  let first = true;
  const { server } = await fakeServer({
    getStatus: async () => {
      const wait = first;
      first = false;
      if (wait) await new Promise(resolve => setTimeout(resolve, 30));
      return { ...STATUS, version: wait ? 'slow' : 'fast' };
    },
  });
  const raw = new Raw(server);
  raw.socket.write(
    `GET /api/v1/status HTTP/1.1\r\n${HEAD}\r\n`.repeat(3) +
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  await raw.closed;
  assert.deepEqual(
    [...raw.text.matchAll(/"version":"(\w+)"|\r\n(ok)\n/g)].map(match => match[1] ?? match[2]),
    ['slow', 'fast', 'fast', 'ok'],
  );
  await server.close(1_000);
});

test('a huge body is refused before it is sent, with and without a length', async () => {
  const { app, server } = await fakeServer();
  const put = `PUT /api/v1/flows/boiler/draft HTTP/1.1\r\n${HEAD}If-Match: *\r\nContent-Type: application/json\r\n`;
  const announced = new Raw(server);
  announced.socket.write(`${put}Content-Length: 99999999999\r\n\r\n{`);
  await announced.until(/^HTTP\/1\.1 413 .*"code":"body-too-large"/s);
  announced.socket.destroy();
  const chunked = new Raw(server);
  chunked.socket.write(`${put}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  let sent = 0;
  while (!/413/.test(chunked.text) && !chunked.socket.destroyed && sent < 400) {
    sent += 1;
    if (!chunked.socket.write(chunk)) await new Promise(resolve => chunked.socket.once('drain', resolve));
    await new Promise(resolve => setImmediate(resolve));
  }
  await chunked.until(/^HTTP\/1\.1 413 .*"code":"body-too-large"/s);
  chunked.socket.destroy();
  assert.equal(app.load().bodies_bytes, 0);
  await server.close(1_000);
});

test('a body in chunks without a length is read like any other', async () => {
  const seen: unknown[] = [];
  const { server } = await fakeServer({
    createToken: async ({ body }) => {
      seen.push(body);
      return { token: 't', id: 'i', expires_at: null };
    },
  });
  const raw = new Raw(server);
  raw.socket.write(
    `POST /api/v1/tokens HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`,
  );
  for (const part of ['{"na', 'me":"o', 'ne"}', '']) {
    raw.socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    await new Promise(resolve => setTimeout(resolve, 3));
  }
  await raw.closed;
  assert.match(raw.text, /^HTTP\/1\.1 201 /);
  assert.deepEqual(seen, [{ name: 'one', expires_in_days: 90 }]);
  await server.close(1_000);
});

test('a client that goes in the middle of its body leaves nothing behind, and is not answered as a bug', async () => {
  let called = 0;
  const { app, server } = await fakeServer({
    createToken: async () => {
      called += 1;
      return { token: 't', id: 'i', expires_at: null };
    },
  });
  const raw = new Raw(server);
  raw.socket.write(
    `POST /api/v1/tokens HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"name": "`,
  );
  while (app.load().bodies_bytes === 0) await new Promise(resolve => setTimeout(resolve, 2));
  raw.socket.destroy();
  while (app.load().bodies_bytes > 0) await new Promise(resolve => setTimeout(resolve, 2));
  assert.equal(called, 0);
  const ok = await fetch(`${server.url}/metrics`, { headers: as('viewer') });
  assert.doesNotMatch(await ok.text(), /status="500"/);
  await server.close(1_000);
});

test('who sends headers or a body too slowly is cut off', async () => {
  const app = await fakeApp();
  const limits = { headers_ms: 40, request_ms: 80, check_ms: 10 };
  const server = await listenHttp(app, { host: '127.0.0.1', port: 0, log: SILENT, limits });
  const head = new Raw(server);
  head.socket.write('GET /healthz HTTP/1.1\r\nHost: loc');
  await head.closed;
  assert.match(head.text, /^HTTP\/1\.1 408 /);
  const body = new Raw(server);
  body.socket.write(
    `POST /api/v1/tokens HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  );
  await body.closed;
  while (app.load().bodies_bytes > 0) await new Promise(resolve => setTimeout(resolve, 2));
  await server.close(1_000);
});

test('headers beyond the limit, what is no HTTP, and odd targets are refused; nothing falls over', async () => {
  const { server } = await fakeServer();
  const answered = async (text: string): Promise<string> => {
    const raw = new Raw(server);
    raw.socket.write(text);
    await raw.until(/\r\n\r\n/);
    raw.socket.destroy();
    return raw.text.slice(9, 12);
  };
  assert.equal(await answered(`GET / HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(SERVER_LIMITS.header_bytes)}\r\n\r\n`), '431');
  assert.equal(await answered('\x16\x03\x01 TLS to a plain port\r\n\r\n'), '400');
  assert.equal(await answered('GET / HTTP/1.1\r\n\r\n'), '400');
  assert.equal(await answered('GET http://[::bad/ HTTP/1.1\r\nHost: x\r\n\r\n'), '400');
  assert.equal(await answered('GET /\\..\\x HTTP/1.1\r\nHost: x\r\n\r\n'), '400');
  assert.equal(await answered('GET / HTTP/1.1\r\nHost: a b\r\n\r\n'), '400');
  assert.equal(await answered(`GET /api/v1/flows/../../../etc/passwd HTTP/1.1\r\n${HEAD}\r\n`), '404');
  const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  assert.equal(
    await answered(`GET /healthz HTTP/1.1\r\n${HEAD}${upgrade}\r\n`),
    '200',
    'offers of HTTP/2 are passed over',
  );
  assert.equal(await answered(`GET /healthz HTTP/1.1\r\n${HEAD}\r\n`), '200');
  await server.close(1_000);
});

test('a reader that does not read holds a download back; one that breaks off in the middle is cut, not ended', async () => {
  let made = 0;
  let failing = false;
  const { server } = await fakeServer({
    getArtifact: async () => ({
      bytes: (async function* () {
        for (let i = 0; i < 10_000; i += 1) {
          if (failing && i === 3) throw new Error('the disk is gone');
          made += 1;
          yield new Uint8Array(64 * 1024);
        }
      })(),
    }),
  });
  const get = `GET /api/v1/flows/boiler/artifact HTTP/1.1\r\n${HEAD}\r\n`;
  const slow = new Raw(server);
  await new Promise(resolve => slow.socket.once('connect', resolve));
  slow.socket.pause();
  slow.socket.write(get);
  let before = -1;
  while (made === 0 || made !== before) {
    before = made;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  assert.ok(made < 1_000, `${made} chunks of 64 KiB were made for one who does not read`);
  slow.socket.destroy();
  failing = true;
  const broken = await fetch(`${server.url}/api/v1/flows/boiler/artifact`, { headers: as('viewer') });
  await assert.rejects(broken.arrayBuffer());
  await server.close(1_000);
});
