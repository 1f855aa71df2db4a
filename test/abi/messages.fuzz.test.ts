/** Reading and writing of messages on made-up input: nothing crashes, nothing is lost, all implementations agree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodeTagUpdate,
  MESSAGE_PROBLEMS,
  RING_LIMITS,
  readMessage,
  readTagUpdate,
  type TagUpdate,
  type TagValue,
} from '#abi';
import { echoEngines, feed, jsonLine, parseLine } from '../support/feed.ts';
import { mutated, randomMessage } from '../support/generate.ts';
import { type Random, seeded } from '../support/random.ts';
import { encodeMessage, showMessage } from '../support/readable.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const randomBytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random.int(256));

const TEXTS = ['', 'a', 'läuft', '\ufeffmark', '\ufffd', '\u0000', '😀 "x"\r\n', 'long'.repeat(50)];
const text = (random: Random): string => random.pick(TEXTS) + random.pick(TEXTS);
const word = (random: Random): bigint =>
  BigInt.asUintN(random.pick([1, 7, 8, 31, 32, 53, 54, 63, 64]), BigInt(`0x${hex(randomBytes(random, 8))}`));
/** As the reader gives them: numbers where they are exact. */
const exact = (value: bigint): number | bigint => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value);

function randomValue(random: Random): TagValue {
  const bits = new DataView(randomBytes(random, 8).buffer);
  return random.pick<() => TagValue>([
    () => ({ kind: 'bool', value: random.chance(0.5) }),
    () => ({ kind: 'int32', value: bits.getInt32(0) }),
    () => ({ kind: 'uint32', value: bits.getUint32(0) }),
    () => ({ kind: 'float', value: bits.getFloat32(0) }),
    () => ({ kind: 'double', value: random.pick([bits.getFloat64(0), 0, -0, Number.NaN, Number.NEGATIVE_INFINITY]) }),
    () => ({ kind: 'string', value: text(random) }),
    () => ({ kind: 'bytes', value: randomBytes(random, random.int(200)) }),
    () => ({ kind: 'int64', value: BigInt.asIntN(64, word(random)) }),
    () => ({ kind: 'uint64', value: word(random) }),
  ])();
}

function randomUpdate(random: Random): TagUpdate {
  const maybe = <T extends object>(part: T): T | Record<string, never> => (random.chance(0.5) ? part : {});
  const [unit, quality, seq] = [text(random), random.int(2 ** 32), exact(word(random))];
  return {
    tag: `t${text(random)}`,
    timestamp: exact(word(random)),
    ...(unit !== '' && maybe({ unit })),
    ...(quality !== 0 && maybe({ quality })),
    ...(seq !== 0 && maybe({ seq })),
    ...maybe({ value: randomValue(random) }),
    ...maybe({ unknown: Uint8Array.of(0xa2, 0x06, 2, random.int(256), random.int(256)) }),
  };
}

const clock = (): { now: number; seq: number } => ({ now: 1.77e15, seq: 0 });

test(`an update that is written is read as it was (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  for (let round = 0; round < 20_000; round += 1) {
    const update = randomUpdate(random);
    assert.deepEqual(readTagUpdate(encodeTagUpdate(update), 'refuse'), { update });
  }
});

test(`whatever bytes there are: a message or a problem within them, and writing is reading undone (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED + 1);
  const time = clock();
  let sound = 0;
  for (let round = 0; round < 40_000; round += 1) {
    const message = randomMessage(random, time);
    const bytes = random.chance(0.2) ? randomBytes(random, random.int(40)) : mutated(random, message);
    for (const text of ['replace', 'refuse'] as const) {
      const read = readMessage(bytes, text);
      if ('problem' in read) {
        assert.ok(read.at >= 0 && read.at <= bytes.length, hex(bytes));
        assert.equal(read.problem, MESSAGE_PROBLEMS[read.code]);
      } else {
        assert.deepEqual(showMessage(encodeMessage(read)), showMessage(bytes), hex(bytes));
        sound += 1;
      }
    }
  }
  assert.ok(sound > 10_000, `${sound} messages stayed sound`);
});

test(`readers, engines and nodes agree on damaged messages (FUZZ_SEED=${SEED})`, async () => {
  const random = seeded(SEED + 2);
  const time = clock();
  const engines = await echoEngines();
  let compared = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const bytes = mutated(random, randomMessage(random, time));
    const [fused, unfused] = [feed(engines.fused, bytes), feed(engines.unfused, bytes)];
    assert.deepEqual(fused, unfused, hex(bytes));
    const read = readMessage(bytes);
    assert.equal(fused.malformed > 0, 'problem' in read, hex(bytes));
    // How many U+FFFD stand for what is not UTF-8 is up to the reader.
    if ('problem' in readMessage(bytes, 'refuse') || 'problem' in read) continue;
    const updates: readonly TagUpdate[] = read.kind === 'update' ? [read.update] : read.updates;
    assert.deepEqual(
      fused.lines.map((line, index) => parseLine(line, updates[index]!)),
      updates.map(jsonLine),
      hex(bytes),
    );
    compared += 1;
  }
  assert.ok(compared > 400, `${compared} messages stayed sound`);
});

test('the longest message is read and written, one byte more is refused', () => {
  const content = new Uint8Array(RING_LIMITS.message_bytes - 8).fill(7);
  // Field 100, which nobody knows: key of 2 bytes, length of 3, as field 16 has them.
  const length = [(content.length & 127) | 128, ((content.length >> 7) & 127) | 128, content.length >> 14];
  const unknown = Uint8Array.from(Buffer.concat([Uint8Array.of(0xa2, 0x06, ...length), content]));
  const longest: TagUpdate[] = [
    { tag: 'a', timestamp: 0, value: { kind: 'bytes', value: content } },
    { tag: 'a', timestamp: 0, unknown },
  ];
  for (const update of longest) {
    const bytes = encodeTagUpdate(update);
    assert.equal(bytes.length, RING_LIMITS.message_bytes);
    assert.deepEqual(readMessage(bytes), { kind: 'update', update });
    const code = 'message-too-long';
    assert.deepEqual(readMessage(Buffer.concat([bytes, Buffer.alloc(1)])), {
      code,
      problem: MESSAGE_PROBLEMS[code],
      at: RING_LIMITS.message_bytes,
    });
  }
});
