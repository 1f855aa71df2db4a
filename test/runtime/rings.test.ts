import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignRing, BOARD, EGRESS_HEADER, EGRESS_KIND, FRAMING, INGRESS_HEADER } from '#abi';
import { EgressReader, IngressWriter } from '#engine';

const CAPACITY = 1024;
const word = (offset: number): number => offset / 4;

/** Rings whose counters start close to 2^32, so that they wrap during the test. */
function rings(start: number): { ring: SharedArrayBuffer; board: SharedArrayBuffer; words: Int32Array } {
  const board = new SharedArrayBuffer(65_536);
  const words = new Int32Array(board);
  for (const name of ['ingress_head', 'ingress_tail', 'egress_head', 'egress_tail'] as const)
    words[word(BOARD[name])] = start;
  return { ring: new SharedArrayBuffer(CAPACITY), board, words };
}

/** Reads one block the way the flow does; null when the ring is empty. */
function readBlock(ring: SharedArrayBuffer, words: Int32Array): { body: number[]; now: number } | null {
  const view = new DataView(ring);
  while (words[word(BOARD.ingress_tail)] !== words[word(BOARD.ingress_head)]) {
    const tail = words[word(BOARD.ingress_tail)]!;
    const at = (tail >>> 0) % CAPACITY;
    const length = view.getUint32(at, true);
    assert.ok(at + INGRESS_HEADER.bytes + length <= CAPACITY, 'a block wraps');
    words[word(BOARD.ingress_tail)] = (tail + alignRing(INGRESS_HEADER.bytes + length)) | 0;
    if (view.getUint8(at + INGRESS_HEADER.framing) === FRAMING.padding) continue;
    const body = [...new Uint8Array(ring, at + INGRESS_HEADER.bytes, length)];
    return { body, now: Number(view.getBigUint64(at + INGRESS_HEADER.now, true)) };
  }
  return null;
}

test('what is written comes out, in order, across the end of the ring and of 2^32', () => {
  const { ring, board, words } = rings(-4096);
  const writer = new IngressWriter(ring, board, CAPACITY);
  const waiting: { body: number[]; now: number }[] = [];
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let refused = 0;
  for (let round = 0; round < 5_000; round += 1) {
    if (random(2) === 0) {
      const body = Array.from({ length: random(300) }, () => random(256));
      const now = 1_700_000_000_000_000 + round;
      if (writer.write(Uint8Array.from(body), FRAMING.message, 0, now)) waiting.push({ body, now });
      else refused += 1;
    } else {
      assert.deepEqual(readBlock(ring, words), waiting.shift() ?? null);
    }
    assert.ok(writer.fill <= CAPACITY);
  }
  assert.ok(refused > 0, 'the ring was never full');
});

test('a full ring refuses and keeps what it has', () => {
  const { ring, board, words } = rings(0);
  const writer = new IngressWriter(ring, board, CAPACITY);
  const body = new Uint8Array(240).fill(5);
  for (let i = 0; i < 4; i += 1) assert.ok(writer.write(body, FRAMING.message, 0, i));
  assert.equal(writer.write(new Uint8Array(0), FRAMING.message, 0, 9), false);
  for (let i = 0; i < 4; i += 1) assert.deepEqual(readBlock(ring, words), { body: [...body], now: i });
  assert.ok(writer.write(body, FRAMING.message, 0, 5));
});

test('egress: skips padding, keeps a refused record, reads times as numbers', () => {
  const { ring, board, words } = rings(-256);
  const view = new DataView(ring);
  const at = (-256 >>> 0) % CAPACITY;
  view.setUint32(at, 256 - EGRESS_HEADER.bytes, true);
  view.setUint8(at + EGRESS_HEADER.kind, EGRESS_KIND.padding);
  view.setUint32(0, 3, true);
  view.setUint8(EGRESS_HEADER.kind, EGRESS_KIND.output);
  view.setUint16(EGRESS_HEADER.node, 2, true);
  view.setBigUint64(EGRESS_HEADER.now, 1_700_000_000_000_123n, true);
  new Uint8Array(ring).set([7, 8, 9], EGRESS_HEADER.bytes);
  words[word(BOARD.egress_head)] = EGRESS_HEADER.bytes + 16;
  const reader = new EgressReader(ring, board, CAPACITY);
  const seen: unknown[] = [];
  assert.equal(
    reader.drain(() => false),
    0,
  );
  assert.equal(
    reader.drain(one => seen.push([one.node, one.now_us, [...one.body]]) > 0),
    1,
  );
  assert.deepEqual(seen, [[2, 1_700_000_000_000_123, [7, 8, 9]]]);
  assert.equal(reader.fill, 0);
});
