/** The router against a naive one, and against the fused module, which has to find the same messages malformed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTagBatch, encodeTagUpdate, FRAMING, RING_LIMITS } from '#abi';
import { INGEST_LIMITS, Ingest, Router } from '#ingest';
import { echoEngines, feed } from '../support/feed.ts';
import { frames, mutated, randomMessage } from '../support/generate.ts';
import { FakeDriver, matches, randomPattern, randomTag, randomUpdates, updatesIn } from '../support/ingest.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const events = { onProblem: assert.fail };

interface Flow {
  readonly id: string;
  patterns: string[];
  /** Refuses now and then. */
  room: boolean;
  /** By driver: numbers that it got. */
  readonly got: Map<number, number[]>;
}

/** Flows whose patterns change, beside flows that stay as they are and have to get exactly what is theirs. */
function play(random: Random, rounds: number): void {
  const ingest = new Ingest(events, { limits: { chunk_bytes: 200, tags: random.pick([5, 100]) } });
  const drivers = [new FakeDriver(ingest), new FakeDriver(ingest, true), new FakeDriver(ingest)];
  const numbers = drivers.map(() => 0);
  const sent = drivers.map(() => [] as { tag: string; seq: number }[]);
  const subscribe = (flow: Flow): void =>
    ingest.subscribe({
      id: flow.id,
      patterns: flow.patterns,
      take(driver, framing, span) {
        if (!flow.room) return false;
        const updates = updatesIn(span, framing);
        assert.ok(updates.length > 0);
        for (const { tag, seq } of updates) {
          assert.ok(flow.id === 'moody' || flow.patterns.some(one => matches(one, tag)), `${flow.id} ${tag}`);
          flow.got.set(driver, [...(flow.got.get(driver) ?? []), Number(seq)]);
        }
        return true;
      },
    });
  const patterns = (): string[] => Array.from({ length: random.int(4) }, () => randomPattern(random));
  const flow = (id: string): Flow => ({ id, patterns: patterns(), room: true, got: new Map() });
  const steady = Array.from({ length: 1 + random.int(5) }, (_, i) => flow(`steady${i}`));
  let moody = flow('moody');
  for (const one of steady) subscribe(one);
  for (let round = 0; round < rounds; round += 1) {
    const driver = random.int(drivers.length);
    random.pick([
      () => {
        const messages = Array.from({ length: 1 + random.int(12) }, () =>
          randomUpdates(random, () => (numbers[driver]! += 1)),
        );
        for (const message of messages)
          for (const { tag, seq } of updatesIn(frames([message]), FRAMING.sp_tcp))
            sent[driver]!.push({ tag, seq: Number(seq) });
        drivers[driver]!.send(messages);
      },
      () => {
        const one = random.pick([...steady, moody]);
        one.room = !one.room;
        if (one.room) ingest.resume(random.chance(0.5) ? one.id : null);
      },
      () => {
        if (random.chance(0.3)) ingest.unsubscribe('moody');
        else {
          moody = { ...moody, patterns: patterns() };
          subscribe(moody);
        }
      },
    ])();
  }
  for (const one of [...steady, moody]) one.room = true;
  ingest.unsubscribe('moody');
  ingest.resume();
  assert.ok(drivers.every(one => !one.paused));
  for (const one of steady)
    sent.forEach((updates, driver) => {
      const expected = updates.filter(({ tag }) => one.patterns.some(pattern => matches(pattern, tag)));
      assert.deepEqual(
        one.got.get(driver) ?? [],
        expected.map(({ seq }) => seq),
        one.id,
      );
    });
  for (const got of moody.got.values())
    assert.deepEqual(
      got,
      [...new Set(got)].sort((a, b) => a - b),
    );
  ingest.drivers().forEach((one, driver) => {
    assert.deepEqual([one.received, one.gaps, one.resets], [sent[driver]!.length, 0, 0]);
  });
}

for (let i = 0; i < 60; i += 1) {
  const seed = SEED + i;
  test(`each flow gets its updates, once, in order (FUZZ_SEED=${seed})`, () => play(seeded(seed), 150));
}

test(`router and fused module agree on damaged messages (FUZZ_SEED=${SEED})`, async () => {
  const random = seeded(SEED);
  const time = { now: 1.77e15, seq: 0 };
  const { fused } = await echoEngines();
  let malformed = 0;
  const router = new Router(INGEST_LIMITS, () => (malformed += 1));
  // The other subscriber wants a part of each batch, so that it is taken apart.
  router.setPatterns([null, ['line1/cell1/#']]);
  router.openSender(0);
  let damaged = 0;
  for (let round = 0; round < 8_000; round += 1) {
    const bytes = mutated(random, randomMessage(random, time));
    const ipc = random.chance(0.5);
    const frame = frames([bytes], ipc);
    const expected = feed(fused, bytes);
    malformed = 0;
    assert.equal(router.route(0, frame, ipc ? 9 : 8, 1, true, 0, 2), frame.length);
    assert.equal(malformed, expected.malformed, hex(bytes));
    const routed = Array.from({ length: router.receivers }, (_, i) => router.receiver(i));
    const got = routed.includes(0) ? Uint8Array.from(router.gather(0, ipc ? 9 : 8)) : null;
    const lines = got ? feed(fused, got.subarray(ipc ? 9 : 8)) : { lines: [], malformed: 0 };
    // tag_input with "#" leaves `$…` out.
    assert.deepEqual(lines.lines, expected.lines, hex(bytes));
    assert.equal(lines.malformed, 0, hex(bytes));
    if (expected.malformed > 0) damaged += 1;
  }
  assert.ok(damaged > 1_000, `${damaged} were damaged`);
});

test(`whatever bytes are in the frames, nothing is thrown and nothing hangs (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED + 1);
  const ingest = new Ingest(events, { limits: { tags: 50, tags_bytes: 500, tag_bytes: 30 } });
  const driver = new FakeDriver(ingest);
  let bytes = 0;
  ingest.subscribe({
    id: 'all',
    patterns: null,
    take(_driver, _framing, span) {
      bytes += span.length;
      return true;
    },
  });
  ingest.subscribe({ id: 'some', patterns: ['a/#'], take: () => true });
  for (let round = 0; round < 3_000; round += 1) {
    const batch = random.chance(0.3);
    driver.send(
      Array.from({ length: 1 + random.int(20) }, () => {
        const garbage = Uint8Array.from({ length: random.int(40) }, () =>
          random.pick([0x0a, 0x28, 1, random.int(256)]),
        );
        return batch ? Buffer.concat([Buffer.of(0xfa, 0x01), garbage]) : garbage;
      }),
    );
  }
  const { received, malformed, tags } = ingest.stats();
  assert.ok(received > 0 && malformed > 0 && tags <= 50 && bytes > 0);
});

test('more tags than the table has places are routed all the same, and counted', () => {
  const ingest = new Ingest(events, { limits: { tags: 10 } });
  const driver = new FakeDriver(ingest);
  const got: string[] = [];
  ingest.subscribe({
    id: 'odd',
    patterns: ['+/odd'],
    take: (_driver, framing, span) => got.push(...updatesIn(span, framing).map(one => one.tag)) > 0,
  });
  const tags = Array.from({ length: 50 }, (_, i) => `${i}/${i % 2 ? 'odd' : 'even'}`);
  driver.send(tags.map(tag => encodeTagUpdate({ tag, timestamp: 1 })));
  assert.deepEqual(
    got,
    tags.filter((_, i) => i % 2),
  );
  const { unremembered, unmatched } = ingest.stats();
  assert.deepEqual([ingest.stats().tags, unremembered, unmatched], [10, 40, 25]);
  assert.equal(ingest.tags().total, 10);
});

test('a batch of very many short updates for several flows is given to some of them after the others', () => {
  const ingest = new Ingest(events);
  const driver = new FakeDriver(ingest);
  const counts = [0, 0, 0, 0, 0, 0];
  counts.forEach((_, i) => {
    ingest.subscribe({
      id: `${i}`,
      patterns: [i % 2 ? 'a' : 'b'],
      take(_driver, framing, span) {
        counts[i]! += updatesIn(span, framing).length;
        return true;
      },
    });
  });
  // A tag of one letter and nothing else: 6 bytes in a batch.
  const update = (tag: string): Uint8Array => Uint8Array.of(0x0a, 1, tag.charCodeAt(0));
  const many = Math.floor(RING_LIMITS.message_bytes / 6) - 1;
  driver.send([encodeTagBatch(Array.from({ length: many }, (_, i) => update(i % 2 ? 'a' : 'b')))]);
  const half = Math.floor(many / 2);
  assert.deepEqual(
    counts,
    counts.map((_, i) => (i % 2 ? half : many - half)),
  );
  assert.equal(ingest.stats().received, many);
});

test('sequence numbers are followed for each connection', () => {
  const ingest = new Ingest(events);
  const first = new FakeDriver(ingest, false, 'first');
  const second = new FakeDriver(ingest, true, 'second');
  const send = (driver: FakeDriver, ...seqs: (number | bigint)[]): void =>
    driver.send(seqs.map(seq => encodeTagUpdate({ tag: 'a', timestamp: 1, seq })));
  send(first, 5, 6, 0, 7, 10, 10, 3, 4);
  send(second, 2n ** 64n - 3n, 2n ** 64n - 2n);
  send(second, 2n ** 63n, 2n ** 63n + 5n);
  const follow = (slot: number): unknown[] => {
    const { peer, connected, received, gaps, resets } = ingest.drivers()[slot]!;
    return [peer, connected, received, gaps, resets];
  };
  assert.deepEqual(follow(0), ['first', true, 8, 2, 2]);
  assert.deepEqual(follow(1), ['second', true, 4, 4, 1]);
  first.leave();
  assert.deepEqual(follow(0), ['first', false, 8, 2, 2]);
  const third = new FakeDriver(ingest, false, 'third');
  send(third, 100);
  assert.deepEqual(follow(0), ['third', true, 1, 0, 0]);
  assert.deepEqual([ingest.stats().gaps, ingest.stats().resets, ingest.stats().drivers], [6, 3, 2]);
});

test('tags seen lately: count, driver, last update, flows', () => {
  const random = seeded(SEED + 2);
  const ingest = new Ingest(events, { limits: { chunk_bytes: 300 } });
  const drivers = [new FakeDriver(ingest), new FakeDriver(ingest)];
  const model = new Map<string, { count: number; driver: number; update: string }>();
  ingest.subscribe({ id: 'x', patterns: ['a/#'], take: () => true });
  ingest.subscribe({ id: 'y', patterns: ['+/b', '$x/#'], take: () => true });
  for (let round = 0; round < 200; round += 1) {
    const driver = random.int(2);
    const messages = Array.from({ length: 1 + random.int(10) }, () => {
      const tag = randomTag(random);
      const update = encodeTagUpdate({ tag, timestamp: round, value: { kind: 'double', value: random.int(1_000) } });
      model.set(tag, { count: (model.get(tag)?.count ?? 0) + 1, driver, update: hex(update) });
      return update;
    });
    drivers[driver]!.send(random.chance(0.3) ? [encodeTagBatch(messages)] : messages);
  }
  const { total, tags } = ingest.tags({ limit: 10_000 });
  assert.equal(total, model.size);
  for (const { tag, count, driver, update, flows } of tags) {
    assert.deepEqual({ count, driver, update: hex(update!) }, model.get(tag), tag);
    assert.deepEqual(flows.includes('x'), matches('a/#', tag), tag);
    assert.deepEqual(flows.includes('y'), matches('+/b', tag) || matches('$x/#', tag), tag);
  }
  const names = [...model.keys()].reverse();
  const named = ingest.tagsNamed(['never/seen', ...names, 'x'.repeat(2_000), '']);
  assert.deepEqual(
    named,
    [...tags].sort((a, b) => names.indexOf(a.tag) - names.indexOf(b.tag)),
  );
  const below = ingest.tags({ match: 'a/#', limit: 2, offset: 1 });
  assert.equal(below.total, [...model.keys()].filter(tag => matches('a/#', tag)).length);
  assert.equal(below.tags.length, 2);
  assert.throws(() => ingest.tags({ match: 'a#' }), { code: 'pattern-invalid' });
});
