import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LiveEventDto } from '#api';
import { Latest, listenHttp, SILENT } from '#server';
import { as, fakeApp, fakeServer, STATUS } from './fakes.ts';
import { HEAD, Raw } from './raw.ts';

test('close: what is in hand finishes, event streams end, idle connections go, nothing new is taken', async () => {
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { app, server } = await fakeServer({
    getStatus: async () => {
      asked.resolve();
      await answer.promise;
      return STATUS;
    },
    events: async () => new Latest<LiveEventDto>(),
  });
  const idle = new Raw(server);
  idle.socket.write(`GET /healthz HTTP/1.1\r\n${HEAD}\r\n`);
  await idle.until(/ok\n/);
  const events = await fetch(`${server.url}/api/v1/events`, { headers: as('viewer') });
  const slow = new Raw(server);
  slow.socket.write(`GET /api/v1/status HTTP/1.1\r\n${HEAD}\r\n`);
  await asked.promise;
  assert.equal(app.load().streams, 1);
  const closing = server.close(10_000);
  await idle.closed;
  assert.doesNotMatch(await events.text(), /id: end/);
  const late = new Raw(server);
  await late.closed;
  assert.equal(late.text, '');
  answer.resolve();
  await closing;
  await slow.closed;
  assert.match(slow.text, /^HTTP\/1\.1 200 .*"uptime_s":1/s);
  assert.equal(app.load().streams, 0);
});

test('close: after the time that is given what is left is cut', async () => {
  const { server } = await fakeServer({ getStatus: () => new Promise(() => undefined) });
  const raw = new Raw(server);
  raw.socket.write(`GET /api/v1/status HTTP/1.1\r\n${HEAD}\r\n`);
  while (server.connections === 0) await new Promise(resolve => setTimeout(resolve, 2));
  await server.close(30);
  await raw.closed;
  assert.equal(raw.text, '');
});

test('a port that is taken is a failure that says so', async () => {
  const { app, server } = await fakeServer();
  await assert.rejects(listenHttp(app, { host: '127.0.0.1', port: server.port, log: SILENT }), {
    code: 'listen-failed',
  });
  await server.close(1_000);
});

test('addresses that a trusted proxy names are believed, of others not', async () => {
  const seen: string[] = [];
  const app = await fakeApp({
    logout: async ({ address }) => void seen.push(address),
  });
  const ask = async (trusted_proxies: readonly string[], forwarded: string): Promise<string | null> => {
    const server = await listenHttp(app, { host: '127.0.0.1', port: 0, log: SILENT, trusted_proxies });
    const headers = { 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' };
    const response = await fetch(`${server.url}/api/v1/session`, { method: 'DELETE', headers });
    await server.close(1_000);
    return response.headers.get('strict-transport-security');
  };
  assert.equal(await ask([], '203.0.113.7'), null);
  assert.match((await ask(['127.0.0.0/8', '10.0.0.1'], '198.51.100.1, 203.0.113.7, 10.0.0.1'))!, /^max-age=/);
  await ask(['127.0.0.1'], 'nonsense');
  assert.deepEqual(seen, ['127.0.0.1', '203.0.113.7', '127.0.0.1']);
});

test('TLS: HSTS, and new files at a reload; bad ones leave the former', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'fusewire-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const make = (name: string): void => {
    const words = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    ];
    execFileSync('openssl', [...words, '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)], {
      stdio: 'pipe',
    });
  };
  make('first');
  make('second');
  const use = (name: string): void => {
    cpSync(join(folder, `${name}.key`), join(folder, 'key.pem'));
    cpSync(join(folder, `${name}.pem`), join(folder, 'cert.pem'));
  };
  use('first');
  const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const server = await listenHttp(await fakeApp(), { host: '127.0.0.1', port: 0, log: SILENT, tls });
  assert.match(server.url, /^https:/);
  const get = (): Promise<{ name: string; hsts: unknown }> =>
    new Promise((resolve, reject) => {
      httpsRequest(`${server.url}/healthz`, { rejectUnauthorized: false, agent: false }, response => {
        const { subject } = (
          response.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
        ).getPeerCertificate();
        resolve({ name: subject.CN, hsts: response.headers['strict-transport-security'] });
        response.resume();
      })
        .on('error', reject)
        .end();
    });
  assert.deepEqual(await get(), { name: 'first', hsts: 'max-age=31536000' });
  use('second');
  process.emit('SIGHUP');
  assert.equal((await get()).name, 'second');
  writeFileSync(tls.key, readFileSync(join(folder, 'first.key')));
  assert.throws(() => server.reloadTls(), { code: 'tls-invalid' });
  process.emit('SIGHUP');
  assert.equal((await get()).name, 'second');
  await server.close(1_000);
  await assert.rejects(
    listenHttp(await fakeApp(), { host: '127.0.0.1', port: 0, log: SILENT, tls: { ...tls, cert: 'none' } }),
    { code: 'tls-invalid' },
  );
});
