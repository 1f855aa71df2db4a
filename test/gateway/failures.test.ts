import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dialPush, openSink } from '#connectors';
import type { GatewayError } from '#diagnostic';
import { unfuse } from '#fusion';
import { fusedFlow, GatewayFlow, type LoadedFlow, loadFlow, readRecording, unfusedFlow } from '#gateway';
import { FlowRunner } from '#runtime';
import { lineOf, PASS, watNode } from '../support/nodes.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODES = join(ROOT, 'nodes');
const folder = mkdtempSync(join(tmpdir(), 'fusewire-failures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function load(props: object, nodes = NODES): Promise<LoadedFlow> {
  const file = join(folder, 'flow.json');
  const wire = (source_node: string, target_node: string): object => ({
    source_node,
    source_port: 'out',
    target_node,
    target_port: 'in',
  });
  const document = {
    format: 'fusewire.flow/1',
    name: 'failing',
    nodes: [
      { id: 'in', node_type: 'tag_input' },
      { id: 'scaled', node_type: 'scale', props },
      { id: 'out', node_type: 'file_sink', props: { path: 'out.jsonl' } },
    ],
    wires: [wire('in', 'scaled'), wire('scaled', 'out')],
  };
  writeFileSync(file, JSON.stringify(document));
  const loaded = await loadFlow(file, nodes);
  assert.ok(loaded.document, JSON.stringify(loaded.diagnostics));
  return loaded;
}

test('a flow or node file that is not there is a file-not-found', async () => {
  await assert.rejects(() => loadFlow(join(folder, 'no.json'), NODES), { code: 'file-not-found' });
  await load({ factor: 2 });
  await assert.rejects(() => loadFlow(join(folder, 'flow.json'), NODES, [join(folder, 'no.wasm')]), {
    code: 'file-not-found',
  });
});

test('the command line ends with code 3 and one line that names the failure', () => {
  const inspect = (file: string): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, ['--conditions=fusewire-source', join(ROOT, 'src/cli/main.ts'), 'inspect', file], {
      encoding: 'utf8',
    });
  const plain = join(folder, 'plain.wasm');
  writeFileSync(plain, watNode({ handle: PASS }));
  for (const [file, code] of [
    [plain, 'artifact-invalid'],
    [join(folder, 'flow.json'), 'artifact-invalid'],
    [join(folder, 'no.wasm'), 'file-not-found'],
  ] as const) {
    const { status, stderr } = inspect(file);
    assert.equal(status, 3);
    assert.match(String(stderr), new RegExp(`^error\\[${code}\\]: .*\\n$`));
  }
});

test('a node file that goes away before fusion is a fusion-failed', async () => {
  const nodes = join(folder, 'nodes');
  cpSync(NODES, nodes, { recursive: true });
  const flow = await load({ factor: 2 }, nodes);
  rmSync(nodes, { recursive: true });
  await assert.rejects(() => fusedFlow(flow, { clock: 'arrival', cache: join(folder, 'cache') }), {
    code: 'fusion-failed',
  });
});

test('a node that refuses its props is a configure-failed with its own words', async () => {
  const flow = await load({ min: 5, max: 1 });
  const artifact = unfusedFlow(flow, 'arrival');
  assert.ok('plan' in artifact);
  const gateway = new GatewayFlow(flow, artifact, { listen: [], directory: folder }, { onLog: () => undefined });
  await assert.rejects(
    () => gateway.start(),
    (error: GatewayError) => {
      assert.deepEqual([error.code, error.where], ['configure-failed', 'scaled']);
      assert.match(error.message, /min is greater than max/);
      return true;
    },
  );
});

test('a node that traps while it is configured is a flow-faulted that names it', async () => {
  const nodes: Record<string, Uint8Array> = {
    pass: watNode({ handle: PASS }),
    bad: watNode({
      handle: PASS,
      parts: `(func (export "fusewire:node/node@1.0.0#configure") (param i32 i32) (result i32) (unreachable))`,
    }),
  };
  const result = unfuse(lineOf('bad'), hash => nodes[hash]!);
  assert.ok(result.ok);
  const runner = new FlowRunner(
    { plan: result.plan, code: { kind: 'unfused', modules: result.unfused } },
    { onEgress: () => true },
  );
  await assert.rejects(
    () => runner.start(),
    (error: GatewayError) => {
      assert.equal(error.code, 'flow-faulted');
      assert.match(error.message, /"victim" in configure/);
      return true;
    },
  );
});

test('durable, or spilling, without a folder is a state-needed', async () => {
  const flow = await load({ factor: 2 });
  const artifact = unfusedFlow(flow, 'event');
  assert.ok('plan' in artifact);
  for (const options of [{ durable: true }, { quarantine: 'spill' as const }]) {
    const gateway = new GatewayFlow(
      flow,
      artifact,
      { listen: [], directory: folder, ...options },
      { onLog: () => undefined },
    );
    await assert.rejects(() => gateway.start(), { code: 'state-needed' });
  }
});

test('a folder with the state of a version whose code is gone is a state-mismatch', async () => {
  const flow = await load({ factor: 2 });
  const start = async (clock: 'event' | 'arrival'): Promise<void> => {
    const artifact = unfusedFlow(flow, clock);
    assert.ok('plan' in artifact);
    const options = { listen: [], directory: folder, state: join(folder, 'state') };
    const gateway = new GatewayFlow(flow, artifact, options, { onLog: () => undefined });
    await gateway.start();
    await gateway.stop();
  };
  await start('event');
  await start('event');
  await assert.rejects(() => start('arrival'), { code: 'state-mismatch' });
});

test('a file that is no recording, or a damaged one, is a recording-invalid', async () => {
  const file = join(folder, 'some.rec');
  writeFileSync(file, 'no recording');
  await assert.rejects(() => readRecording(file), { code: 'recording-invalid' });
  await assert.rejects(() => readRecording(join(folder, 'no.rec')), { code: 'file-not-found' });
});

test('a recording that has no end, or is too long, is refused before it fills memory', async () => {
  await assert.rejects(() => readRecording('/dev/zero'), { code: 'recording-invalid', message: /it is no recording/ });
  const file = join(folder, 'endless.rec');
  writeFileSync(file, Buffer.from('FWREC\0\0\x01\0\0\0\0\0\0\0\0', 'latin1'));
  truncateSync(file, 2 ** 40);
  await assert.rejects(() => readRecording(file), {
    code: 'recording-invalid',
    message: /it is longer than 1073741824 bytes/,
  });
});

test('a gateway that is not there is a connection-lost', async () => {
  await assert.rejects(() => dialPush('tcp://127.0.0.1:1', 10), { code: 'connection-lost' });
});

test('a sink without a place to write to, or of no known kind, is a sink-props-invalid', async () => {
  const events = { onDrain: () => undefined, onProblem: () => undefined, onFailed: () => undefined };
  for (const kind of ['file', 'http', 'mqtt', 'carrier_pigeon'])
    await assert.rejects(
      () => openSink(kind, { node: 'out', id_prefix: 'f', spool: null, props: {}, directory: folder, events }),
      {
        code: 'sink-props-invalid',
      },
    );
});

test('a message that the endpoint refuses for good is an http-failed', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(422).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const failed: Error[] = [];
  const sink = await openSink('http', {
    node: 'out',
    id_prefix: 'f',
    spool: null,
    props: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    directory: folder,
    events: { onDrain: () => undefined, onProblem: () => undefined, onFailed: error => failed.push(error) },
  });
  assert.ok(sink.write(Buffer.from('x'), 0));
  await sink.close();
  server.close();
  assert.deepEqual(
    failed.map(error => (error as GatewayError).code),
    ['http-failed'],
  );
});
