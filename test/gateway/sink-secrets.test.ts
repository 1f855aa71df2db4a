/** Secrets in the props of sinks: the other side gets them, nothing else does. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GatewayError } from '#diagnostic';
import { fillProps } from '../../src/gateway/sink-secrets.ts';
import { counter, lineArtifact, quiet, startLine } from '../support/line.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-sink-secrets-'));
after(() => rmSync(root, { recursive: true, force: true }));
const SECRET = 'hunter2/and more?';
const resolve = (text: string): string => (text === '${secret:token}' ? SECRET : text);

function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else if (statSync(path).isFile()) yield path;
  }
}

test('a secret reaches the other side, and neither artifact, state, status nor log', async t => {
  const headers: (string | undefined)[] = [];
  let status = 503;
  const server = createServer((request, response) => {
    headers.push(request.headers.authorization);
    response.writeHead(status, { location: `/?${encodeURIComponent(SECRET)}` }).end();
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const props = { url, headers: { authorization: 'Bearer ${secret:token}' } };
  const artifact = await lineArtifact(counter(), 'one', { fused: true, sink: { kind: 'http', props } });
  const directory = mkdtempSync(join(root, 'flow-'));
  const state = join(directory, 'state');
  const line = await startLine(artifact, directory, { state, resolve, durable: true });
  await line.send([quiet(1), quiet(2)]);
  await line.until(() => line.gateway.sinks()[0]!.retries > 0);
  const { lastError } = line.gateway.sinks()[0]!;
  assert.match(lastError!, /503 to \/\?\*\*\*/, 'masked also where it is escaped');
  status = 400;
  await line.until(() => line.gateway.deadLetters().length > 0);
  status = 200;
  await line.until(() => line.gateway.stats().records === 2 && line.gateway.sinks()[0]!.pending === 0);
  const seen = JSON.stringify([artifact.plan, line.gateway.sinks(), line.log, line.gateway.deadLetters()]);
  await line.gateway.stop();
  assert.deepEqual([...new Set(headers)], [`Bearer ${SECRET}`]);
  assert.match(JSON.stringify(artifact.plan), /Bearer \$\{secret:token\}/);
  const { code } = artifact;
  assert.ok(code.kind === 'fused');
  const kept = [...filesIn(state)].map(path => readFileSync(path));
  assert.ok(kept.length > 3);
  for (const form of [SECRET, encodeURIComponent(SECRET)])
    for (const bytes of [Buffer.from(seen), code.wasm, ...kept]) assert.ok(!Buffer.from(bytes).includes(form));
});

test('a sink that cannot be opened does not tell the secret', async () => {
  for (const props of [
    { url: 'not a url with ${secret:token}' },
    { url: 'http://127.0.0.1:1/', headers: { a: '${secret:token}\nb' } },
  ]) {
    const artifact = await lineArtifact(counter(), 'one', { sink: { kind: 'http', props } });
    const directory = mkdtempSync(join(root, 'flow-'));
    await assert.rejects(startLine(artifact, directory, { resolve }), error => {
      assert.ok(error instanceof GatewayError && error.code === 'sink-props-invalid', String(error));
      assert.ok(!error.message.includes(SECRET) && error.cause === undefined, error.message);
      return true;
    });
  }
});

test('a secret that is missing is named, and the flow does not start', async () => {
  const artifact = await lineArtifact(counter(), 'one', { sink: { kind: 'file', props: { path: '${secret:x}' } } });
  const missing = (): string => {
    throw new GatewayError('secret-missing', 'x');
  };
  const directory = mkdtempSync(join(root, 'flow-'));
  await assert.rejects(startLine(artifact, directory, { resolve: missing }), { code: 'secret-missing' });
  await assert.rejects(startLine(artifact, directory), { code: 'secret-missing' }, 'also where nobody keeps secrets');
  assert.deepEqual(
    readdirSync(directory).filter(name => name.includes('secret')),
    [],
  );
});

test('other placeholders stay; what is filled in is not filled in again; short values are not masked', () => {
  const values: Record<string, string> = { '${a}': '${b}', '${b}': 'B', '${c}': 'cde' };
  const props = { x: '${a}-${d}-{e}-$f', list: ['${b}${c}'], n: 1 };
  const filled = fillProps(JSON.stringify(props), text => values[text] ?? text);
  assert.deepEqual(filled.props, { x: '${b}-${d}-{e}-$f', list: ['Bcde'], n: 1 });
  assert.equal(filled.mask('B cde ${b}'), 'B cde ***');
});

test('of values that hold each other the longer goes first', () => {
  const values: Record<string, string> = { '${a}': 'secret', '${b}': 'secret-and-more' };
  const { mask, maskError } = fillProps('{"x":"${a}","y":"${b}"}', text => values[text] ?? text);
  assert.equal(mask('secret-and-more secret'), '*** ***');
  const error = maskError(new GatewayError('http-failed', 'http://u:secret@h', 'no secret here', new Error('secret')));
  assert.equal(error.message, 'The HTTP endpoint did not take the message. http://u:***@h: no *** here');
  assert.deepEqual([error.code, error.where, error.cause], ['http-failed', 'http://u:***@h', undefined]);
});
