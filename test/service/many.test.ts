/** Many flows on one gateway: each gets its own, whatever happens to the others. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeTagUpdate } from '#abi';
import { dialPush } from '#connectors';
import { frames } from '../support/generate.ts';
import { lineTo, Plant, SUM, scale } from '../support/plant.ts';
import { MOODY, update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-many-'));
after(() => rmSync(root, { recursive: true, force: true }));

const FLOWS = 20;
const GROUPS = ['a/#', 'b/#', '+/all', 'a/x', '#'];
const matches = (pattern: string, tag: string): boolean =>
  new RegExp(`^${pattern.replace('+', '[^/]+').replace('/#', '(/.*)?').replace(/^#$/, '.*')}$`).test(tag);
const TAGS = ['a/x', 'a/all', 'b/y', 'b/all', 'c/z'];

test('20 flows get exactly their updates, in order, while others are swapped, stopped, removed and deployed', async t => {
  const plant = await Plant.start(root);
  t.after(() => plant.stop());
  const ids = Array.from({ length: FLOWS }, (_, i) => `flow-${i}`);
  const tagsOf = (i: number): string => GROUPS[i % GROUPS.length]!;
  const document = (i: number) => lineTo(`${i}.jsonl`, { name: `many ${i % GROUPS.length}`, tags: [tagsOf(i)] });
  await Promise.all(
    ids.map(async (id, i) => {
      await plant.create(id, document(i));
      await plant.deploy(id);
    }),
  );
  const push = await dialPush(plant.server.ingest[0]!);
  let sent = 0;
  let going = true;
  const pouring = (async () => {
    while (going) {
      const some = Array.from({ length: 50 }, () => {
        sent += 1;
        return update(TAGS[sent % TAGS.length]!, sent);
      });
      await push.write(frames(some, push.ipc));
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  })();
  // The first ten are left alone. The others are not.
  for (let round = 0; round < 2; round += 1)
    await Promise.all(
      ids.slice(10).map(async (id, i) => {
        if (i % 3 === 0) {
          await plant.act('stop', id);
          await plant.client.call('removeFlow', { params: { flow: id } });
          await plant.create(id, document(i + 10));
          await plant.deploy(id);
        } else if (i % 3 === 1) {
          await plant.act('pause', id);
          await plant.deploy(id, { version: 1 });
          await plant.act('resume', id);
        } else {
          await plant.act('stop', id);
          await plant.act('start', id);
        }
      }),
    );
  going = false;
  await pouring;
  await push.close();
  const last = sent + 1;
  const push2 = await dialPush(plant.server.ingest[0]!);
  await push2.write(
    frames(
      TAGS.map(tag => update(tag, last)),
      push2.ipc,
    ),
  );
  await push2.close();
  const wanted = (i: number): number[] => [
    ...Array.from({ length: sent }, (_, n) => n + 1).filter(n => matches(tagsOf(i), TAGS[n % TAGS.length]!)),
    ...TAGS.filter(tag => matches(tagsOf(i), tag)).map(() => last),
  ];
  for (let i = 0; i < FLOWS; i += 1) {
    const want = wanted(i);
    const ends = (): number => plant.values(`${i}.jsonl`).filter(one => one === last).length;
    await until(() => ends() === want.filter(one => one === last).length);
    const values = plant.values(`${i}.jsonl`);
    // One that was swapped or paused lacks none either; one that was stopped lacks what came meanwhile.
    if (i < 10 || (i - 10) % 3 === 1) assert.deepEqual(values, want, ids[i]!);
    const allowed = new Set(want);
    assert.ok(
      values.every((one, at) => allowed.has(one) && (at === 0 || one >= values[at - 1]!)),
      ids[i]!,
    );
  }
});

test('a sink that never takes stops no other flow, and nothing of the stalled one is lost', async t => {
  let isStuck = true;
  const bodies: string[] = [];
  const endpoint = createServer((request, response) => {
    if (isStuck) return void request.resume();
    let text = '';
    request.on('data', chunk => (text += String(chunk)));
    request.on('end', () => {
      bodies.push(text);
      response.end();
    });
  });
  await new Promise<void>(resolve => endpoint.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    endpoint.close();
    endpoint.closeAllConnections();
  });
  const plant = await Plant.start(root, { config: config => ({ ...config, stop_ms: 500 }) });
  t.after(() => plant.stop());
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  const stalled = lineTo('x', { name: 'stalled', tags: ['x'] });
  stalled.nodes[1] = { id: 'out', node_type: 'http_sink', props: { url, timeout_ms: 600_000, store_bytes: 1_048_576 } };
  await plant.run('stalled', stalled);
  await plant.run('healthy', lineTo('healthy.jsonl', { name: 'healthy', tags: ['x'], nodes: [SUM] }));
  const padding = 'p'.repeat(900);
  const records = 60_000;
  const push = await dialPush(plant.server.ingest[0]!);
  for (let from = 0; from < records; from += 1_000) {
    const some = Array.from({ length: 1_000 }, (_, i) =>
      encodeTagUpdate({
        tag: 'x',
        timestamp: from + i,
        seq: from + i,
        unit: padding,
        value: { kind: 'double', value: 1 },
      }),
    );
    await push.write(frames(some, push.ipc));
  }
  await until(() => plant.lines('healthy.jsonl').length === records);
  assert.deepEqual(plant.values('healthy.jsonl').slice(-1), [records]);
  const live = await plant.client.call('getFlowLive', { params: { flow: 'stalled' } });
  assert.equal(live.dropped, 0);
  assert.ok(live.state_stats.spilled_bytes > 0, 'what finds no room waits on disk');
  await push.close();
  isStuck = false;
  endpoint.closeAllConnections();
});

test('a hostile node beside healthy flows: it is set aside, they run on', async t => {
  const plant = await Plant.start(root);
  t.after(() => plant.stop());
  await plant.run('healthy', lineTo('healthy.jsonl', { name: 'healthy', tags: ['x', 'trap'], nodes: [SUM] }));
  await plant.upload(MOODY);
  await plant.run(
    'hostile',
    lineTo('hostile.jsonl', { tags: ['x', 'trap'], nodes: [{ id: 'm', node_type: 'moody' }, scale(1)] }),
  );
  // A hundred traps are borne before each quarantine, and each is longer: however slow the machine, one is seen.
  const count = 3_000;
  await plant.send(Array.from({ length: count }, (_, i) => update(i % 3 === 0 ? 'trap' : 'x', 1)));
  await until(async () => (await plant.flow('hostile')).state === 'quarantined');
  // A flow that should run does not.
  await until(async () => (await fetch(`${plant.server.url}/readyz`)).status === 503);
  await until(() => plant.lines('healthy.jsonl').length === count);
  assert.equal((await plant.flow('healthy')).state, 'running');
  await plant.save('hostile', lineTo('hostile.jsonl', { tags: ['x', 'trap'] }));
  await plant.deploy('hostile');
  await until(() => plant.lines('hostile.jsonl').some(one => one.tag === 'trap'));
  assert.equal((await fetch(`${plant.server.url}/readyz`)).status, 200);
});
