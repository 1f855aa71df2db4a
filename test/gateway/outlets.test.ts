/** Sinks of versions that come and go: what one was given is delivered, also when another has taken its place. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { EGRESS_KIND } from '#abi';
import type { EgressRecord, FlowArtifact } from '#engine';
import { Outlets } from '../../src/gateway/outlets.ts';
import { counter, type Line, lineArtifact, quiet, startLine } from '../support/line.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-outlets-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'flow-'));

/** Answers 503 to paths that are away, the others after a moment. */
class Endpoint {
  readonly away = new Set<string>();
  /** Path and first four bytes of each request that was taken. */
  readonly taken: { readonly path: string; readonly count: number }[] = [];
  slow_ms = 0;
  url = '';

  static async start(t: TestContext): Promise<Endpoint> {
    const endpoint = new Endpoint();
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const path = request.url!;
      if (endpoint.slow_ms > 0) await new Promise(resolve => setTimeout(resolve, endpoint.slow_ms));
      if (endpoint.away.has(path)) return void response.writeHead(503).end();
      endpoint.taken.push({ path, count: Buffer.concat(chunks).readUInt32LE(0) });
      response.end();
    }).listen(0, '127.0.0.1');
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    await once(server, 'listening');
    endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return endpoint;
  }

  at(path: string): number[] {
    return this.taken.filter(one => one.path === path).map(({ count }) => count);
  }
}

const to = (url: string, more: object = {}): Promise<FlowArtifact> =>
  lineArtifact(counter(), 'one', { sink: { kind: 'http', props: { url, ...more } } });
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const send = (line: Line, from: number, to: number): Promise<void> => line.send(numbers(from, to).map(quiet));

test('outputs for a side that is away are delivered after its sink was replaced, and do not hold up the new one', async t => {
  const endpoint = await Endpoint.start(t);
  endpoint.away.add('/old');
  const directory = folder();
  const state = join(directory, 'state');
  const line = await startLine(await to(`${endpoint.url}/old`), directory, { state });
  await send(line, 1, 20);
  await line.until(() => !line.gateway.sinks()[0]!.online && line.gateway.sinks()[0]!.spooled === 20);
  await line.gateway.deploy(await to(`${endpoint.url}/new`), { probation_ms: 0 });
  await send(line, 21, 40);
  await line.until(() => endpoint.at('/new').length === 20);
  assert.equal(line.gateway.sinks().length, 2, 'the old one still has something to deliver');
  endpoint.away.clear();
  await line.until(() => line.gateway.sinks().length === 1);
  assert.deepEqual(endpoint.at('/old'), numbers(1, 20));
  assert.deepEqual(endpoint.at('/new'), numbers(21, 40));
  await line.gateway.stop();
  const again = await startLine(await to(`${endpoint.url}/new`), directory, { state });
  assert.deepEqual(
    again.log.filter(text => text.includes('outputs wait there')),
    [],
  );
  await again.gateway.stop();
});

for (const stored of [true, false]) {
  test(`order is kept over a change of a sink's props (${stored ? 'stored' : 'in memory'})`, async t => {
    const endpoint = await Endpoint.start(t);
    endpoint.slow_ms = 10;
    const directory = folder();
    const options = stored ? { state: join(directory, 'state') } : {};
    const line = await startLine(await to(`${endpoint.url}/`), directory, options);
    await send(line, 1, 30);
    await line.until(() => line.gateway.stats().records === 30);
    await line.gateway.deploy(await to(`${endpoint.url}/`, { timeout_ms: 5_000 }), { probation_ms: 0 });
    await send(line, 31, 40);
    await line.until(() => endpoint.taken.length === 40);
    assert.deepEqual(endpoint.at('/'), numbers(1, 40));
    await line.gateway.stop();
  });
}

test('a version whose sinks cannot be opened leaves alone those that are leaving', async t => {
  const endpoint = await Endpoint.start(t);
  endpoint.away.add('/');
  const outlets = new Outlets(
    { directory: root, id_prefix: 'flow', spool: null },
    { onDrain: () => undefined, onProblem: () => undefined, onFailed: () => undefined },
  );
  const props = JSON.stringify({ url: `${endpoint.url}/` });
  const version = (...sinks: string[]): FlowArtifact =>
    ({ plan: { nodes: sinks.map((sink, i) => ({ id: `node ${i}`, sink, props })) } }) as unknown as FlowArtifact;
  const first = version('http');
  await outlets.open(first);
  const record = { kind: EGRESS_KIND.output, node: 0, sequence: 0, body: Buffer.from([7, 0, 0, 0]) };
  assert.ok(outlets.write(first, record as unknown as EgressRecord));
  outlets.close(first);
  await assert.rejects(outlets.open(version('http', 'carrier pigeon')), { code: 'sink-props-invalid' });
  assert.equal(outlets.status().length, 1);
  assert.equal(outlets.settled(1), 0, 'its output still counts');
  endpoint.away.clear();
  while (outlets.status().length > 0) await new Promise(resolve => setTimeout(resolve, 5));
  assert.deepEqual(endpoint.at('/'), [7]);
  await outlets.closeAll();
});
