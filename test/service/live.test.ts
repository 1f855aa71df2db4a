/** What a gateway shows while it runs: status, last values, events, traces, tags. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { encodeTagUpdate } from '#abi';
import type { LiveEventDto } from '#api';
import { dialPush } from '#connectors';
import { frames } from '../support/generate.ts';
import { fails, lineTo, Plant, SUM, scale } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-live-'));
let plant: Plant;
const line = { params: { flow: 'line' } };
before(async () => {
  plant = await Plant.start(root);
  await plant.run('line', lineTo('line.jsonl', { name: 'line', tags: ['a/#'], nodes: [SUM, scale(2)] }));
});
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});
const call: typeof plant.client.call = (...args) => plant.client.call(...args);

/** Sends so many of each tag again and again. @returns what ends it, and says how many there were of each */
function pour(tags: readonly string[], each: number): () => Promise<number> {
  const stop = plant.pour(round =>
    Array.from({ length: each }, (_, i) => tags.map(tag => update(tag, round * each + i + 1))).flat(),
  );
  return async () => (await stop()) * each;
}

test('the status has every flow; a flow has rates, costs, counts of wires and last values of nodes', async () => {
  const stop = pour(['a/one', 'other'], 5);
  await until(async () => (await call('getFlowLive', line)).nodes.every(node => node.rate > 0));
  await until(async () => (await call('getFlowLive', line)).nodes.slice(0, 3).every(node => node.last.length > 0));
  const status = await call('getStatus');
  assert.deepEqual([status.ready, status.flows.map(one => one.id)], [true, ['line']]);
  assert.ok(status.ingest.rate > 0 && status.ingest.unrouted > 0 && status.ingest.connections === 1);
  const live = await call('getFlowLive', line);
  assert.ok(Math.abs(live.nodes.reduce((sum, node) => sum + node.cost_share, 0) - 1) < 1e-6);
  const update = live.nodes[2]!.last[0]!.payload.update!;
  assert.deepEqual([live.nodes[2]!.id, update.tag], ['scale', 'a/one']);
  const { p50, p99 } = live.latency_us;
  assert.ok(p50! > 0 && p50! <= p99!);
  const count = await stop();
  await until(() => plant.lines('line.jsonl').length === count);
  // It is looked at a few times a second.
  await until(async () => (await call('getFlowLive', line)).records === count);
  const { wires, sinks, records } = await call('getFlowLive', line);
  assert.deepEqual([records, wires.map(one => one.messages)], [count, [count, count, count]]);
  assert.deepEqual(
    sinks.map(one => [one.node, one.connected, one.delivered, one.problem]),
    [['out', true, count, null]],
  );
  assert.match(sinks[0]!.last, /"tag":"a\/one"/);
});

test('of several sources each counts what it lets in, not what the others do', async () => {
  const wire = (source_node: string) => ({ source_node, source_port: 'out', target_node: 'out', target_port: 'in' });
  const sources = ['few', 'many'].map(id => ({ id, node_type: 'tag_input', props: { tags: [`${id}/#`] } }));
  const { nodes, ...document } = lineTo('two.jsonl', { name: 'two' });
  const two = { params: { flow: 'two' } };
  await plant.run('two', { ...document, nodes: [...sources, nodes.at(-1)!], wires: [wire('few'), wire('many')] });
  const stop = plant.pour(round => [update('few/a', round), ...[1, 2, 3, 4].map(i => update(`many/${i}`, round))]);
  const rates = async () => (await call('getFlowLive', two)).nodes.map(node => node.rate);
  await until(async () => {
    const [few = 0, many = 0, out = 0] = await rates();
    return few > 0 && Math.abs(many / few - 4) < 0.8 && Math.abs(out / few - 5) < 1;
  });
  const rounds = await stop();
  await until(async () => (await call('getFlowLive', two)).records === rounds * 5);
  const live = await call('getFlowLive', two);
  assert.deepEqual(
    live.nodes.map(node => [node.id, node.in, node.out.length]),
    [
      ['few', rounds, 1],
      ['many', rounds * 4, 1],
      ['out', rounds * 5, live.nodes[2]!.out.length],
    ],
  );
});

test('a trace of a rare tag and of a frequent one: each hop with its payload, the others unharmed and in order', async () => {
  const had = plant.lines('line.jsonl').length;
  const stop = pour(['a/frequent', 'other'], 20);
  const frequent = await call('traceFlow', { ...line, body: { match: 'a/frequent', records: 5, within_ms: 60_000 } });
  const rare = call('traceFlow', { ...line, body: { match: 'a/rare', records: 2, within_ms: 60_000 } });
  let isDone = false;
  void rare.then(() => (isDone = true));
  for (let i = 0; !isDone; i += 1) {
    await plant.send([update('a/rare', i)]);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.deepEqual([frequent.complete, frequent.records.length], [true, 5]);
  for (const { records, complete } of [frequent, await rare]) {
    assert.equal(complete, true);
    for (const record of records) {
      assert.deepEqual(
        record.hops.map(hop => [hop.node, hop.port]),
        [
          [null, 'in'],
          ['in', 'out'],
          ['sum', 'out'],
          ['scale', 'out'],
          ['out', 'sink'],
        ],
      );
      const [came, passed, sum, scaled, sink] = record.hops.map(hop => hop.payload);
      assert.deepEqual(came!.update, passed!.update);
      assert.equal(came!.update!.tag, records === frequent.records ? 'a/frequent' : 'a/rare');
      assert.equal(scaled!.update!.value, 2 * Number(sum!.update!.value));
      assert.equal(JSON.parse(sink!.text).value, scaled!.update!.value);
    }
  }
  const none = await call('traceFlow', { ...line, body: { match: 'nothing/of/this', within_ms: 20 } });
  assert.deepEqual([none.records, none.complete], [[], false]);
  await assert.rejects(call('traceFlow', { ...line, body: { match: 'a/#/b' } }), fails('pattern-invalid'));
  const count = await stop();
  const ofFrequent = () =>
    plant
      .lines('line.jsonl')
      .slice(had)
      .filter(one => one.tag === 'a/frequent');
  await until(() => ofFrequent().length === count);
  let sum = 0;
  for (const [i, { value }] of ofFrequent().entries()) {
    sum += i + 1;
    assert.equal(value, 2 * sum, 'none is missing, none comes twice, in order');
  }
});

test('events: whatever happens, at most ten of a kind in a second', async () => {
  const stop = pour(['a/one'], 20);
  const events: LiveEventDto[] = [];
  const gone = new AbortController();
  const query = { flow: 'line', logs: 'true', interval_ms: 100 } as const;
  const looked = (async () => {
    for await (const event of plant.client.events('events', { query, signal: gone.signal })) events.push(event);
  })();
  const began = performance.now();
  for (let i = 0; i < 30; i += 1) {
    await plant.create(`event-${i}`, lineTo('none.jsonl'));
    await call('changeFlow', { params: { flow: `event-${i}` }, body: { overload: 'hold' } });
    plant.server.service.news.log('info', 'something happens', 'line');
  }
  const kinds = (): Set<string> => new Set(events.map(one => one.type));
  const wanted = ['changed', 'flow', 'logs', 'status'];
  await until(() => wanted.every(kind => kinds().has(kind as never)));
  await until(() => events.filter(one => one.type === 'status').length > 5);
  const seconds = (performance.now() - began) / 1_000;
  gone.abort();
  await looked;
  await stop();
  const counts = new Map<string, number>();
  for (const event of events) {
    const kind = event.type === 'changed' ? `changed ${event.what}` : event.type;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of counts) assert.ok(count <= 10 * seconds + 1, `${count} of ${kind} in ${seconds} s`);
  const flows = events.find(one => one.type === 'status')!;
  assert.ok(flows.type === 'status' && flows.status.flows.some(one => one.rate > 0 || one.records > 0));
  await assert.rejects(async () => {
    for await (const _ of plant.client.events('events', { query: { flow: 'nobody' } })) break;
  }, fails('not-found'));
});

test('the events of a flow that is removed go on without it', async () => {
  await plant.create('leaving', lineTo('none.jsonl'));
  const gone = new AbortController();
  const seen: string[] = [];
  const looked = (async () => {
    const query = { flow: 'leaving', interval_ms: 100 } as const;
    for await (const event of plant.client.events('events', { query, signal: gone.signal })) seen.push(event.type);
  })();
  await until(() => seen.includes('flow'));
  await call('removeFlow', { params: { flow: 'leaving' } });
  const had = seen.length;
  await until(() => seen.length > had + 5);
  assert.ok(!seen.slice(had + 4).includes('flow'));
  gone.abort();
  await looked;
});

test('tags with rate, gaps, driver, and who wants them, page by page', async () => {
  const numbered = (tag: string, seq: number) =>
    encodeTagUpdate({ tag, timestamp: 1, seq, value: { kind: 'double', value: seq } });
  const push = await dialPush(plant.server.ingest[0]!);
  await push.write(
    frames(
      [1, 2, 5, 6, 9].map(seq => numbered('a/gaps', seq)),
      push.ipc,
    ),
  );
  const tagged = async () => (await call('listTags', { query: { match: 'a/gaps' } })).items[0];
  await until(async () => (await tagged())?.count === 5);
  const tag = (await tagged())!;
  assert.deepEqual([tag.gaps, tag.flows, tag.update!.update!.value], [4, ['line'], 9]);
  assert.match(tag.driver, /^127\.0\.0\.1/);
  await push.write(
    frames(
      Array.from({ length: 100 }, (_, i) => numbered('a/gaps', 10 + i)),
      push.ipc,
    ),
  );
  await until(async () => (await tagged())!.rate > 0);
  const drivers = await call('listDrivers');
  assert.ok(drivers.items.some(one => one.connected && one.gaps === 4));
  await push.close();
  const seen: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await call('listTags', { query: { limit: 1, after } });
    seen.push(...page.items.map(one => one.tag));
    if (page.next === null) break;
    after = page.next;
  }
  assert.ok(new Set(seen).size === seen.length && ['a/gaps', 'other'].every(one => seen.includes(one)), seen.join());
  const named = await call('readTags', { body: { tags: ['other', 'never/seen', 'a/gaps'] } });
  assert.deepEqual(
    named.items.map(one => [one.tag, one.flows]),
    [
      ['other', []],
      ['a/gaps', ['line']],
    ],
  );
  for (const after of ['x', '-1', '1e999'])
    await assert.rejects(call('listTags', { query: { after } }), fails('cursor-invalid'));
  await assert.rejects(call('listTags', { query: { match: '+x' } }), fails('pattern-invalid'));
});
