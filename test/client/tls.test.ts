/** Certificates of one's own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from '#client';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-tls-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const NEW = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
const NAMES = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', 'key.pem', '-out', 'cert.pem'];
const made = spawnSync('openssl', [...NEW.split(' '), ...NAMES], { cwd: folder });
const skip = made.status === 0 ? false : 'no openssl here';

test('a certificate is believed when it is signed as said, or when anything is believed', { skip }, async () => {
  const [key, cert] = ['key.pem', 'cert.pem'].map(name => readFileSync(join(folder, name), 'utf8'));
  const bodies: string[] = [];
  const server = createServer({ key, cert }, async (request, response) => {
    for await (const chunk of request) bodies.push(String(chunk));
    if (request.method === 'DELETE') return response.writeHead(204).end();
    if (request.url!.includes('events'))
      return response.end('data: {"type":"changed","what":"flow","flow":null,"id":"1"}\n\n');
    response.writeHead(201).end(JSON.stringify({ token: 't', id: '1', expires_at: null }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (client: Client): Promise<{ token: string }> => client.call('createToken', { body: { name: 'ü' } });
  await assert.rejects(call(new Client({ url })), { code: 'gateway-unreachable' });
  await assert.rejects(
    call(new Client({ url, ca: readFileSync(join(folder, 'cert.pem'), 'utf8').replace(/A/g, 'B') })),
  );
  const trusting = new Client({ url, ca: cert! });
  for (const client of [trusting, new Client({ url, insecure: true })]) assert.equal((await call(client)).token, 't');
  assert.equal(await trusting.call('logout'), undefined);
  for await (const event of trusting.events('events', { until: () => true })) assert.equal(event.type, 'changed');
  assert.deepEqual(bodies, ['{"name":"ü"}', '{"name":"ü"}']);
});
