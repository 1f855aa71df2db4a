/** Many flows on one ingest: each gets its own, and none stands in the others' way. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { encodeTagUpdate } from '#abi';
import { dialPush, type PushConnection } from '#connectors';
import type { GatewayFlowOptions } from '#gateway';
import { Ingest } from '#ingest';
import { frames } from '../support/generate.ts';
import { counter, type Line, lineArtifact, startLine } from '../support/line.ts';
import { watNode } from '../support/nodes.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-shared-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'flow-'));
const TRAP = '(unreachable)';

interface Driver {
  readonly push: PushConnection;
  send(messages: readonly Uint8Array[]): Promise<void>;
}

async function open(t: TestContext): Promise<{ ingest: Ingest; tcp: Driver; ipc: Driver }> {
  const ingest = new Ingest({ onProblem: error => assert.fail(error) });
  const urls = [
    await ingest.listen('tcp://127.0.0.1:0'),
    await ingest.listen(`ipc://${join(mkdtempSync(join(root, 's-')), 'i')}`),
  ];
  const drivers = await Promise.all(
    urls.map(async url => {
      const push = await dialPush(url);
      return { push, send: (messages: readonly Uint8Array[]) => push.write(frames(messages, push.ipc)) };
    }),
  );
  t.after(async () => {
    for (const { push } of drivers) await push.close();
    await ingest.close();
  });
  return { ingest, tcp: drivers[0]!, ipc: drivers[1]! };
}

interface Joining extends Partial<GatewayFlowOptions> {
  readonly tags: readonly string[];
  /** Runs on messages longer than 40 bytes. */
  readonly body?: string;
  readonly fuel?: number;
}

/** A flow on the ingest, with a folder of its own. */
async function startOn(ingest: Ingest, id: string, { tags, body, fuel, ...options }: Joining): Promise<Line> {
  const directory = folder();
  const artifact = await lineArtifact(counter(body), `counter of ${id}`, { tags, ...(fuel && { fuel }) });
  return startLine(artifact, directory, { ingest, id, state: join(directory, 'state'), ...options });
}
async function joined(t: TestContext, ingest: Ingest, id: string, joining: Joining): Promise<Line> {
  const line = await startOn(ingest, id, joining);
  t.after(() => line.gateway.stop());
  return line;
}

const update = (tag: string, seq: number): Uint8Array => encodeTagUpdate({ tag, timestamp: 1, seq });
const seqs = (line: Line): number[] => line.outputs().map(one => one.seq);
const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

test('each flow gets what its sources match, over tcp and ipc at once', async t => {
  const { ingest, tcp, ipc } = await open(t);
  const a = await joined(t, ingest, 'a', { tags: ['a/#'] });
  const b = await joined(t, ingest, 'b', { tags: ['+/b'] });
  const all = await joined(t, ingest, 'all', { tags: ['#', '$x'] });
  await tcp.send([update('a/b', 1), update('a/c', 2), update('d/b', 3), update('$x', 4), Buffer.from([7])]);
  await all.until(() => all.outputs().length === 4);
  await ipc.send([update('a', 11), update('d/b', 12), update('e', 13)]);
  await all.until(() => all.outputs().length === 7 && a.outputs().length === 3 && b.outputs().length === 3);
  assert.deepEqual(
    [seqs(a), seqs(b), seqs(all)],
    [
      [1, 2, 11],
      [1, 3, 12],
      [1, 2, 3, 4, 11, 12, 13],
    ],
  );
  const { received, malformed, unmatched, drivers, flows } = ingest.stats();
  assert.deepEqual([received, malformed, unmatched, drivers, flows], [7, 1, 0, 2, 3]);
  assert.equal(a.gateway.stats().malformed, 0);
  assert.deepEqual(
    ingest.tags({ match: '+/b' }).tags.map(({ tag, count, flows }) => [tag, count, flows]),
    [
      ['a/b', 1, ['a', 'b', 'all']],
      ['d/b', 2, ['b', 'all']],
    ],
  );
});

test('flows come and go under load, and the others miss nothing', async t => {
  const { ingest, tcp, ipc } = await open(t);
  const even = await joined(t, ingest, 'even', { tags: ['even/+'] });
  const all = await joined(t, ingest, 'all', { tags: ['#'] });
  let done = false;
  const coming = (async () => {
    for (let i = 0; !done; i += 1) {
      const guest = await startOn(ingest, `guest${i}`, { tags: i % 2 ? ['#'] : ['odd/#'] });
      await new Promise(resolve => setTimeout(resolve, 20));
      await guest.gateway.stop();
      assert.deepEqual(
        seqs(guest),
        [...seqs(guest)].sort((x, y) => x - y),
      );
    }
  })();
  const count = 60_000;
  for (const [driver, from] of [
    [tcp, 1],
    [ipc, count + 1],
  ] as const) {
    for (let at = from; at < from + count; at += 500) {
      await driver.send(range(at, at + 499).map(seq => update(seq % 2 ? 'odd/x' : 'even/x', seq)));
      await new Promise(resolve => setImmediate(resolve));
    }
  }
  await all.until(() => all.outputs().length === 2 * count && even.outputs().length === count);
  done = true;
  await coming;
  const tcpFirst = (numbers: number[]): number[] => [
    ...numbers.filter(seq => seq <= count),
    ...numbers.filter(seq => seq > count),
  ];
  assert.deepEqual(tcpFirst(seqs(all)), range(1, 2 * count));
  assert.deepEqual(tcpFirst(seqs(even)), range(2, 2 * count, 2));
});

for (const policy of ['drop', 'spill'] as const) {
  test(`a paused flow does not stop the others: ${policy}`, async t => {
    const { ingest, tcp } = await open(t);
    const paused = await joined(t, ingest, 'paused', { tags: ['#'], quarantine: policy });
    const other = await joined(t, ingest, 'other', { tags: ['#'] });
    await tcp.send([update('a', 1)]);
    await paused.until(() => paused.outputs().length === 1);
    await paused.gateway.pause();
    assert.equal(paused.gateway.stats().state, 'paused');
    await tcp.send(range(2, 500).map(seq => update('a', seq)));
    await other.until(() => other.outputs().length === 500);
    const { ingress_dropped, spilled_bytes } = paused.gateway.stats();
    assert.deepEqual([ingress_dropped, spilled_bytes > 0], policy === 'drop' ? [499, false] : [0, true]);
    await paused.gateway.release();
    await tcp.send([update('a', 501)]);
    await paused.until(() => seqs(paused).includes(501));
    assert.deepEqual(seqs(paused), policy === 'drop' ? [1, 501] : range(1, 501));
  });
}

test('a paused flow that holds its drivers holds those that it needs, and no others', async t => {
  const { ingest, tcp, ipc } = await open(t);
  const paused = await joined(t, ingest, 'paused', { tags: ['a'], quarantine: 'hold' });
  const other = await joined(t, ingest, 'other', { tags: ['#'] });
  await paused.gateway.pause();
  await tcp.send([update('a', 1)]);
  await other.until(() => ingest.drivers().some(one => one.held_by.includes('paused')));
  await tcp.send([update('b', 2)]);
  await ipc.send([update('b', 11)]);
  await other.until(() => other.outputs().length === 2);
  assert.deepEqual(seqs(other), [1, 11]);
  await paused.gateway.release();
  await other.until(() => other.outputs().length === 3 && paused.outputs().length === 1);
  assert.deepEqual([seqs(other), seqs(paused)], [[1, 11, 2], [1]]);
  assert.ok(ingest.drivers().every(one => one.held_by.length === 0));
});

test('a flow that stalls gives way to the others after a while: what it does not take is dropped and counted', async t => {
  const { ingest, tcp } = await open(t);
  // Hangs in the first long message for longer than the test takes.
  const stalled = await joined(t, ingest, 'stalled', {
    tags: ['#'],
    body: '(loop $again (br $again))',
    fuel: 10_000_000_000,
    quarantine: 'drop',
    stall_ms: 50,
    watchdog_ms: 60_000,
    stop_ms: 50,
  });
  const other = await joined(t, ingest, 'other', { tags: ['long'] });
  const padding = Buffer.concat([Buffer.of(0xa2, 0x06, 0x80, 0x40), Buffer.alloc(8_192)]);
  const long = (seq: number): Uint8Array => Buffer.concat([update('long', seq), padding]);
  const count = 1_500;
  for (let seq = 1; seq <= count; seq += 1) await tcp.send([long(seq)]);
  await other.until(() => other.gateway.stats().records === count);
  assert.ok(stalled.gateway.stats().stalled);
  const { records, ingress_dropped } = stalled.gateway.stats();
  assert.ok(records === 1 && ingress_dropped > 0 && ingress_dropped < count);
});

test('a version that takes over gets what it wants from its first moment, and the old one what it wants until its last', async t => {
  const { ingest, tcp } = await open(t);
  const line = await joined(t, ingest, 'line', { tags: ['a'] });
  const both = await lineArtifact(counter(), 'next', { tags: ['a', 'b'] });
  await tcp.send([update('a', 1), update('b', 2)]);
  await line.until(() => line.outputs().length === 1);
  const sending = (async () => {
    for (let seq = 3; seq <= 3_000; seq += 1) await tcp.send([update('a', seq)]);
  })();
  await line.gateway.deploy(both);
  await sending;
  await tcp.send([update('b', 3_001)]);
  await line.until(() => seqs(line).includes(3_001));
  assert.deepEqual(seqs(line), [1, ...range(3, 3_001)]);
  const refusing = watNode({
    handle: '',
    parts: `(func (export "fusewire:node/node@1.0.0#configure") (param i32 i32) (result i32) (unreachable))`,
  });
  await assert.rejects(line.gateway.deploy(await lineArtifact(refusing, 'refusing', { tags: ['c'] })));
  await tcp.send([update('c', 3_002), update('b', 3_003)]);
  await line.until(() => seqs(line).includes(3_003));
  assert.ok(!seqs(line).includes(3_002));
});

test('a flow that goes down leaves the ingest to the others', async t => {
  const { ingest, tcp } = await open(t);
  const down = Promise.withResolvers<void>();
  const greedy = await lineArtifact(counter('(drop (memory.grow (i32.const 1)))', 40), 'greedy', {
    memory_bytes: 1_048_576,
  });
  const line = await startLine(greedy, folder(), { ingest, id: 'greedy' }, { onDown: () => down.resolve() });
  t.after(() => line.gateway.stop());
  const other = await joined(t, ingest, 'other', { tags: ['#'] });
  const long = `long/${'x'.repeat(40)}`;
  await tcp.send(range(1, 30).map(seq => update(long, seq)));
  await down.promise;
  await tcp.send(range(31, 60).map(seq => update(long, seq)));
  await other.until(() => other.outputs().length === 60);
  assert.equal(ingest.stats().flows, 1);
});

test('paused: nothing runs, not even a version that takes over then, until it is resumed', async t => {
  const directory = folder();
  const line = await startLine(await lineArtifact(counter(TRAP)), directory, {
    faults_max: 1,
    quarantine_ms: 200,
    quarantine_ms_max: 200,
  });
  t.after(() => line.gateway.stop());
  await line.send([update('a', 1)]);
  await line.until(() => line.outputs().length === 1);
  await line.gateway.pause();
  await line.gateway.pause();
  await line.send([update('a', 2)]);
  await line.gateway.deploy(await lineArtifact(counter(), 'next'));
  assert.equal(line.gateway.stats().state, 'paused');
  await line.gateway.release();
  await line.until(() => line.outputs().length === 2);
  assert.deepEqual(line.outputs(), [
    { count: 1, seq: 1 },
    { count: 2, seq: 2 },
  ]);
  assert.equal(line.gateway.stats().state, 'running');
});

test('a flow in quarantine that is paused stays so when its time is over', async t => {
  const aside = Promise.withResolvers<void>();
  const options = { faults_max: 1, quarantine_ms: 50, quarantine_ms_max: 50 };
  const line = await startLine(await lineArtifact(counter(TRAP)), folder(), options, {
    onQuarantined: () => aside.resolve(),
  });
  t.after(() => line.gateway.stop());
  await line.send(range(1, 3).map(seq => update(`trigger/${'x'.repeat(40)}`, seq)));
  await aside.promise;
  await line.gateway.pause();
  await new Promise(resolve => setTimeout(resolve, 150));
  assert.equal(line.gateway.stats().state, 'paused');
  await line.gateway.release();
  await line.until(() => line.gateway.stats().state !== 'paused');
});
