/** src/abi/vectors: what every implementation of the wire formats must agree on. BLESS=1 writes what messages are read as. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  BOARD,
  BOARD_U64,
  EGRESS_HEADER,
  EGRESS_KIND,
  encodeTagBatch,
  encodeTagUpdate,
  FRAMING,
  type ReadMessage,
  type TagUpdate,
  RING_LIMITS,
  readMessage,
} from '#abi';
import { FrameSplitter } from '#connectors';
import { EgressReader, type Engine, IngressWriter } from '#runtime';
import { bothEngines, builtIns } from '../support/flows.ts';
import { randomMessage } from '../support/generate.ts';
import { seeded } from '../support/random.ts';
import { showMessage } from '../support/readable.ts';
import { needs } from '../support/tools.ts';

const VECTORS = join(import.meta.dirname, '../../src/abi/vectors');
const PROTO = join(import.meta.dirname, '../../src/abi/proto');
const RING_BYTES = RING_LIMITS.ingress_bytes;
const load = (name: string): never => JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as never;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface MessageVector {
  readonly name: string;
  readonly hex: string;
  /** Encoding it again gives the same bytes. */
  readonly canonical?: true;
  reads?: unknown;
}
const messages = load('messages.json') as MessageVector[];
const isMalformed = (vector: MessageVector): boolean => 'problem' in (vector.reads as object);

test('messages are read as the vectors say', () => {
  if (process.env['BLESS'] === '1') {
    for (const vector of messages) vector.reads = showMessage(Buffer.from(vector.hex, 'hex'));
    writeFileSync(join(VECTORS, 'messages.json'), `${JSON.stringify(messages, null, 1)}\n`);
  }
  for (const vector of messages)
    assert.deepEqual(showMessage(Buffer.from(vector.hex, 'hex')), vector.reads, vector.name);
});

const encode = (update: TagUpdate): Uint8Array =>
  Buffer.concat([encodeTagUpdate(update), update.unknown ?? new Uint8Array()]);
const encodeMessage = (message: ReadMessage): Uint8Array =>
  message.kind === 'update' ? encode(message.update) : encodeTagBatch(message.updates.map(encode));

test('what is read is written again as the same message, canonical ones byte by byte', () => {
  for (const vector of messages) {
    const read = readMessage(Buffer.from(vector.hex, 'hex'));
    if ('problem' in read) continue;
    const written = encodeMessage(read);
    assert.deepEqual(showMessage(written), vector.reads, vector.name);
    if (vector.canonical) assert.equal(hex(written), vector.hex, vector.name);
  }
});

/** tag_input → file_sink as JSON lines, fed with one message. @returns lines put out, and how much was malformed. */
function feed(engine: Engine, message: Uint8Array): { lines: string[]; malformed: number } {
  const board = new BigUint64Array(engine.board);
  const before = board[BOARD_U64.malformed / 8]!;
  const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
  assert.ok(writer.write(message, FRAMING.message, 0, 1));
  while (engine.run(10) > 0);
  const lines: string[] = [];
  new EgressReader(engine.egress, engine.board, RING_LIMITS.egress_bytes).drain(record => {
    if (record.kind === EGRESS_KIND.output) lines.push(Buffer.from(record.body).toString('utf8'));
    return true;
  });
  return { lines, malformed: Number(board[BOARD_U64.malformed / 8]! - before) };
}

test('both engines and the nodes read the messages alike', async () => {
  const wire = { source_node: 'in', source_port: 'out', target_node: 'out', target_port: 'in' };
  const nodes = [
    { id: 'in', node_type: 'tag_input' },
    { id: 'out', node_type: 'file_sink', props: { path: 'x' } },
  ];
  const flow = { format: 'fusewire.flow/1' as const, name: 'vectors', nodes, wires: [wire] };
  const engines = await bothEngines(flow, builtIns(), 'arrival');
  for (const engine of [engines.fused, engines.unfused]) assert.equal(engine.configure(1n), 0);
  for (const vector of messages) {
    const message = Buffer.from(vector.hex, 'hex');
    const [fused, unfused] = [feed(engines.fused, message), feed(engines.unfused, message)];
    assert.deepEqual(fused, unfused, vector.name);
    assert.equal(fused.malformed, isMalformed(vector) ? 1 : 0, vector.name);
    const read = readMessage(message);
    const updates = 'problem' in read ? [] : read.kind === 'update' ? [read.update] : read.updates;
    if (isMalformed(vector)) continue;
    assert.deepEqual(
      fused.lines.map(line => (JSON.parse(line) as { tag: string }).tag),
      updates.map(update => update.tag),
      vector.name,
    );
  }
});

test('protoc agrees', needs('protoc', 'protobuf-compiler'), () => {
  const protoc = (mode: string, type: string, input: Uint8Array): ReturnType<typeof spawnSync> =>
    spawnSync('protoc', [`--${mode}=fusewire.v1.${type}`, `-I${PROTO}`, 'tag_update.proto'], { input });
  // What the schema cannot say, and what protoc takes although it is cut: our own rules.
  const ownRules = /tag|batch in a batch|empty|wire type 6|group|field number 0|key over|11 bytes|UTF-8/;
  for (const vector of messages) {
    if (ownRules.test(vector.name)) continue;
    const bytes = Buffer.from(vector.hex, 'hex');
    const type = vector.name.startsWith('batch') ? 'TagBatch' : 'TagUpdate';
    const text = protoc('decode', type, bytes);
    if (isMalformed(vector)) assert.notEqual(text.status, 0, `${vector.name} is malformed`);
    else assert.equal(text.status, 0, `${vector.name}: ${String(text.stderr)}`);
    if (vector.canonical)
      assert.equal(hex(protoc('encode', type, text.stdout as Buffer).stdout as Buffer), vector.hex, vector.name);
  }
});

test('frames are cut as the vectors say', () => {
  const vectors = load('frames.json') as {
    name: string;
    framing: keyof typeof FRAMING;
    hex: string;
    messages: string[];
    refused?: number;
  }[];
  for (const { name, framing, hex: stream, messages: expected, refused } of vectors) {
    const prefix = framing === 'sp_ipc' ? 1 : 0;
    const found: string[] = [];
    let bad: number | undefined;
    const splitter = new FrameSplitter(prefix, RING_LIMITS.message_bytes, {
      onSpan: span => {
        for (let at = 0; at < span.length; ) {
          const length = Number(Buffer.from(span).readBigUInt64BE(at + prefix));
          at += prefix + 8 + length;
          found.push(hex(span.subarray(at - length, at)));
        }
        return true;
      },
      onBadFrame: length => {
        bad = length;
      },
    });
    const bytes = Buffer.from(stream, 'hex');
    splitter.room().set(bytes);
    splitter.filled(bytes.length);
    assert.deepEqual([found, bad], [expected, refused], name);
  }
});

test('blocks and records stand in the rings as the vectors say', () => {
  const vectors = load('records.json') as {
    ingress_block: {
      name: string;
      framing: keyof typeof FRAMING;
      driver: number;
      now: number;
      body: string;
      hex: string;
    }[];
    egress_record: {
      name: string;
      kind: number;
      detail: number;
      node: number;
      record: number;
      now: number;
      timestamp: number;
      body: string;
      hex: string;
    }[];
  };
  for (const { name, framing, driver, now, body, hex: expected } of vectors.ingress_block) {
    const [ingress, board] = [new SharedArrayBuffer(4096), new SharedArrayBuffer(4096)];
    assert.ok(new IngressWriter(ingress, board, 4096).write(Buffer.from(body, 'hex'), FRAMING[framing], driver, now));
    assert.equal(hex(new Uint8Array(ingress, 0, expected.length / 2)), expected, name);
    assert.equal(new Int32Array(board)[BOARD.ingress_head / 4], expected.length / 2, name);
  }
  for (const vector of vectors.egress_record) {
    const [egress, board] = [new SharedArrayBuffer(4096), new SharedArrayBuffer(4096)];
    const bytes = Buffer.from(vector.hex, 'hex');
    new Uint8Array(egress).set(bytes);
    new Int32Array(board)[BOARD.egress_head / 4] = bytes.length;
    new EgressReader(egress, board, 4096).drain(record => {
      const { kind, detail, node, record: number, now_us, timestamp_us, body } = record;
      const { name: _, hex: __, ...fields } = vector;
      assert.deepEqual(
        { kind, detail, node, record: number, now: now_us, timestamp: timestamp_us, body: hex(body) },
        fields,
      );
      return true;
    });
    assert.equal(new Int32Array(board)[BOARD.egress_tail / 4], bytes.length, vector.name);
    assert.ok(bytes.length >= EGRESS_HEADER.bytes);
  }
});

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
test(`whatever bytes there are: a message or a problem within them, and reading is writing undone (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  const clock = { now: 1.77e15, seq: 0 };
  for (let round = 0; round < 20_000; round += 1) {
    const bytes = random.chance(0.8)
      ? randomMessage(random, clock)
      : Uint8Array.from({ length: random.int(40) }, () => random.int(256));
    const read = readMessage(bytes);
    if ('problem' in read) assert.ok(read.at >= 0 && read.at <= bytes.length, hex(bytes));
    else assert.deepEqual(showMessage(encodeMessage(read)), showMessage(bytes), hex(bytes));
  }
});
