import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeTagUpdate, FRAMING } from '#abi';
import { dialPush } from '#connectors';
import type { GatewayError } from '#diagnostic';
import { Ingest } from '#ingest';
import { frames } from '../support/generate.ts';
import { FakeDriver, updatesIn } from '../support/ingest.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusewire-ingest-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const take = (): boolean => true;

test('more flows than there may be are an ingest-full; one that is there may change its patterns', () => {
  const ingest = new Ingest({ onProblem: assert.fail }, { limits: { subscribers: 2 } });
  ingest.subscribe({ id: 'a', patterns: ['#'], take });
  ingest.subscribe({ id: 'b', patterns: ['#'], take });
  assert.throws(() => ingest.subscribe({ id: 'c', patterns: ['#'], take }), { code: 'ingest-full' });
  ingest.subscribe({ id: 'a', patterns: ['a'], take });
  ingest.unsubscribe('b');
  ingest.subscribe({ id: 'c', patterns: ['#'], take });
  assert.equal(ingest.stats().flows, 2);
});

test('more drivers than there may be are turned away, and their places are taken by others later', async () => {
  const problems: GatewayError[] = [];
  const ingest = new Ingest({ onProblem: error => problems.push(error) }, { limits: { drivers: 1 } });
  const url = await ingest.listen(`ipc://${join(folder, 'drivers')}`);
  const first = await dialPush(url);
  await until(() => ingest.connections === 1);
  const second = await dialPush(url);
  await until(() => problems.length === 1);
  assert.equal(problems[0]!.code, 'peer-rejected');
  assert.match(problems[0]!.message, /as many drivers/);
  await first.close();
  await second.close();
  await until(() => ingest.connections === 0);
  const third = await dialPush(url);
  await until(() => ingest.connections === 1);
  await third.close();
  await ingest.close();
  await assert.rejects(ingest.listen('tcp://127.0.0.1:0'), { code: 'listen-failed' });
});

test('drivers beyond the slots of a flow share its last one', () => {
  const ingest = new Ingest({ onProblem: assert.fail });
  const slots: number[] = [];
  ingest.subscribe({ id: 'a', patterns: null, take: driver => slots.push(driver) > 0 });
  for (let i = 0; i < 66; i += 1) new FakeDriver(ingest).send([encodeTagUpdate({ tag: 'a', timestamp: 1 })]);
  assert.deepEqual(slots.slice(61), [61, 62, 63, 63, 63]);
});

test('tags that are not seen any more make room for others, which keep what is known of them', t => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const limits = { tags: 4, tag_idle_us: 10_000_000, sweep_us: 1_000_000 };
  const ingest = new Ingest({ onProblem: assert.fail }, { limits });
  const driver = new FakeDriver(ingest);
  const got: string[] = [];
  const flow = (_driver: number, _framing: number, span: Uint8Array): boolean =>
    got.push(...updatesIn(span, FRAMING.sp_tcp).map(one => one.tag)) > 0;
  ingest.subscribe({ id: 'a', patterns: ['+/x'], take: flow });
  const send = (...tags: string[]): void => driver.send(tags.map(tag => encodeTagUpdate({ tag, timestamp: 1 })));
  send('1/x', '2/x', '3/x', '4/x', '5/x');
  assert.equal(ingest.stats().unremembered, 1);
  now = 8_000;
  send('2/x', '4/x');
  now = 16_000;
  // There is room only when this has found none.
  send('6/x');
  send('6/x', '7/x', '2/x', '6/x');
  const { tags } = ingest.tags();
  assert.deepEqual(
    tags.map(({ tag, count, flows }) => [tag, count, flows]),
    [
      ['2/x', 3, ['a']],
      ['4/x', 2, ['a']],
      ['6/x', 2, ['a']],
      ['7/x', 1, ['a']],
    ],
  );
  assert.deepEqual(
    got.map(tag => tag[0]),
    [...'12345', ...'24', '6', ...'6726'],
  );
});

test('an ingest that is stopped while a driver sends ends, and a message over the limit ends only its connection', async () => {
  const problems: GatewayError[] = [];
  const ingest = new Ingest({ onProblem: error => problems.push(error) }, { message_bytes_max: 100 });
  const url = await ingest.listen('tcp://127.0.0.1:0');
  let messages = 0;
  ingest.subscribe({
    id: 'a',
    patterns: null,
    take(_driver, framing, span) {
      messages += updatesIn(span, framing).length;
      return true;
    },
  });
  const [good, bad] = [await dialPush(url), await dialPush(url)];
  await bad.write(frames([encodeTagUpdate({ tag: 'x'.repeat(200), timestamp: 1 })]));
  await until(() => problems.length === 1);
  assert.equal(problems[0]!.code, 'message-too-long');
  await good.write(frames([encodeTagUpdate({ tag: 'x', timestamp: 1 })]));
  await until(() => messages === 1);
  await ingest.close();
  assert.equal(ingest.connections, 0);
});
