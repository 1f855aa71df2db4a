import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSink, type Sink } from '#connectors';
import { needs } from '../support/tools.ts';
import { freePort, reachable } from './sinks-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-sinks-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const failures: Error[] = [];
const open = (kind: string, props: Record<string, unknown>): Promise<Sink> =>
  openSink(kind, {
    node: 'sink',
    id_prefix: 'flow',
    spool: null,
    props,
    directory: folder,
    events: { onDrain: () => undefined, onProblem: () => undefined, onFailed: error => failures.push(error) },
  });

test('file: appends, makes folders, begins a new file at rotate_bytes and keeps the last ones', async () => {
  const sink = await open('file', { path: 'deep/er/log.txt', rotate_bytes: 100, keep: 2 });
  for (let i = 0; i < 40; i += 1) {
    assert.ok(sink.write(Buffer.from(`line ${String(i).padStart(4, '0')}\n`), i));
    await sink.flush();
  }
  await sink.close();
  const path = join(folder, 'deep/er/log.txt');
  assert.ok(readFileSync(path, 'utf8').endsWith('line 0039\n'));
  assert.ok(existsSync(`${path}.1`) && existsSync(`${path}.2`) && !existsSync(`${path}.3`));
  const again = await open('file', { path: 'deep/er/log.txt' });
  again.write(Buffer.from('more\n'), 40);
  await again.close();
  assert.ok(readFileSync(path, 'utf8').endsWith('line 0039\nmore\n'));
});

test('file: a path that cannot be written is a file-unwritable', async () => {
  writeFileSync(join(folder, 'plain'), '');
  await assert.rejects(() => open('file', { path: 'plain/below' }), { code: 'file-unwritable' });
});

test('http: delivers in order, tries 503 again after Retry-After, gives up on 400', async () => {
  const bodies: string[] = [];
  let calls = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    calls += 1;
    if (calls === 1) response.writeHead(503, { 'retry-after': '0' }).end();
    else if (body === 'bad') response.writeHead(400).end();
    else {
      bodies.push(body);
      response.end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const before = failures.length;
  const sink = await open('http', { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  for (const [index, body] of ['one', 'two', 'bad', 'three'].entries()) sink.write(Buffer.from(body), index);
  await sink.flush();
  await sink.close();
  server.close();
  assert.deepEqual(bodies, ['one', 'two', 'three']);
  assert.equal(sink.state.retries, 1);
  assert.equal(sink.state.failed, 1);
  assert.match(failures[before]!.message, /HTTP 400/);
});

for (const version of [4, 5]) {
  test(
    `mqtt: publishes through mosquitto, protocol ${version}`,
    needs('mosquitto || ls /usr/sbin/mosquitto', 'mosquitto'),
    async () => {
      const port = await freePort();
      const config = join(folder, `mosquitto${version}.conf`);
      writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
      const broker = spawn('mosquitto', ['-c', config], {
        env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
        stdio: 'ignore',
      });
      await reachable(port);
      const { connectAsync } = await import('mqtt');
      const reader = await connectAsync(`mqtt://127.0.0.1:${port}`);
      const heard: string[] = [];
      reader.on('message', (_topic, payload) => heard.push(String(payload)));
      await reader.subscribeAsync('plant/#', { qos: 1 });
      const sink = await open('mqtt', { url: `mqtt://127.0.0.1:${port}`, topic: 'plant/tags', qos: 1, version });
      const sent = Array.from({ length: 200 }, (_, index) => `message ${index}`);
      for (const [index, text] of sent.entries()) assert.ok(sink.write(Buffer.from(text), index));
      await sink.close();
      while (heard.length < sent.length) await new Promise(resolve => setTimeout(resolve, 5));
      await reader.endAsync();
      broker.kill();
      await once(broker, 'exit');
      assert.deepEqual(heard, sent);
      assert.equal(sink.state.written, sent.length);
    },
  );
}

test('mqtt: a broker that is not there is an mqtt-unreachable', async () => {
  await assert.rejects(async () => open('mqtt', { url: `mqtt://127.0.0.1:${await freePort()}`, topic: 't' }), {
    code: 'mqtt-unreachable',
  });
});
