/** Traces of a flow in service: who watches sees the way of a record and last values; a restart puts out the same again. */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EGRESS_KIND, TRACE, TRACE_LIMITS } from '#abi';
import { type EgressRecord, type FlowArtifact, type Trace, TraceCollector } from '#engine';
import { counter, lineArtifact, quiet, startLine } from '../support/line.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-traces-'));
after(() => rmSync(root, { recursive: true, force: true }));

const artifact = await lineArtifact(counter(), 'counter', { fused: true });
const BYTES = quiet(1).length;

test('what is sampled comes out hop by hop, once; last values stay', async t => {
  const directory = mkdtempSync(join(root, 'line-'));
  const traces: Trace[] = [];
  const collector = new TraceCollector(trace => traces.push(trace));
  const line = await startLine(
    artifact,
    directory,
    {},
    { onTrace: (record, version) => collector.take(record, version) },
  );
  t.after(() => line.gateway.stop());
  await line.send([quiet(1), quiet(2)]);
  await line.until(() => line.outputs().length === 2);
  assert.deepEqual([traces.length, collector.lastValues().length], [0, 0]);
  line.gateway.sample();
  await line.send([quiet(3), quiet(4)]);
  await line.send([quiet(5)]);
  await line.until(() => line.outputs().length === 5 && traces.length > 0);
  assert.equal(traces.length, 1);
  const [{ what, record, timestamp_us, hops, truncated, error }] = traces as [Trace];
  assert.deepEqual([what, record, timestamp_us, truncated, error], ['record', 3, 1, 0, null]);
  assert.deepEqual(
    hops.map(hop => [hop.node, hop.port, hop.bytes, hop.refused]),
    [
      [null, 'in', BYTES, false],
      ['first', 'out', BYTES, false],
      ['victim', 'out', BYTES + 4, false],
      ['last', 'sink', BYTES + 4, false],
    ],
  );
  assert.deepEqual(Buffer.from(hops[0]!.body), Buffer.from(quiet(3)));
  assert.equal(Buffer.from(hops[3]!.body).readUInt32LE(), 3);
  const last = collector.lastValues();
  assert.deepEqual(
    last.map(({ node, port, seen }) => [node, port, seen]),
    [
      ['first', 'out', 1],
      ['victim', 'out', 1],
      ['last', 'sink', 1],
    ],
  );
});

test('egress has the same numbers again after a restart: the journal knows what was traced', async t => {
  const directory = mkdtempSync(join(root, 'line-'));
  const numbers = async (state: string, work: (line: Awaited<ReturnType<typeof startLine>>) => Promise<void>) => {
    const seen: string[] = [];
    const onTrace = ({ sequence, node, detail, record }: EgressRecord): void =>
      void seen.push([sequence, node, detail, record].join());
    const line = await startLine(artifact, directory, { state, durable: true }, { onTrace });
    t.after(() => line.gateway.stop());
    await work(line);
    return seen;
  };
  const state = join(directory, 'state');
  const killed = join(directory, 'killed');
  const first = await numbers(state, async line => {
    for (const seq of [1, 2, 3]) {
      line.gateway.sample();
      await line.send([quiet(seq), quiet(seq)]);
    }
    await line.until(() => line.outputs().length === 6);
    cpSync(state, killed, { recursive: true, filter: path => !/sock$|part$/.test(path) });
  });
  assert.ok(first.length >= 5);
  const again = await numbers(killed, async line => {
    await line.until(() => line.outputs().length === 12);
  });
  assert.deepEqual(again, first);
  assert.ok(readFileSync(join(directory, 'out.bin')).length > 0);
});

test('a collector that comes in the middle, or sees the version change, makes no half traces', () => {
  const traces: Trace[] = [];
  const collector = new TraceCollector(trace => traces.push(trace));
  const hop = (node: number, detail: number, text = ''): EgressRecord => ({
    kind: EGRESS_KIND.trace,
    detail,
    node,
    sequence: 0,
    record: 1,
    now_us: 2,
    timestamp_us: 3,
    body: Buffer.concat([new Uint8Array(Uint32Array.of(text.length).buffer), Buffer.from(text)]),
  });
  const other: FlowArtifact = { ...artifact };
  const [begins, ends] = [hop(0xffff, 1, 'x'), hop(0xffff, TRACE.end)];
  for (const record of [hop(0, 0, 'a'), ends, begins, hop(0, 0, 'b')]) collector.take(record, artifact);
  collector.take(ends, other);
  assert.equal(traces.length, 0);
  for (const record of [begins, hop(1, TRACE.refused, 'why'), ends]) collector.take(record, other);
  assert.deepEqual(
    traces.map(({ error, hops }) => [error, hops.length]),
    [['why', 2]],
  );
  collector.take(begins, other);
  for (let i = 0; i < 10_000; i += 1) collector.take(hop(0, 0, 'c'), other);
  collector.take(ends, other);
  assert.ok(traces[1]!.hops.length <= TRACE_LIMITS.hops + 1);
  assert.deepEqual(
    collector.lastValues().map(({ node, body, seen }) => [node, Buffer.from(body).toString(), seen]),
    [['first', 'c', 10_001]],
  );
});
