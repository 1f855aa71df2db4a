/** src/abi/vectors: what every implementation of the wire formats must agree on. BLESS=1 writes what messages are read as. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BOARD, EGRESS_HEADER, FRAMING, isTagBatch, type MessageProblem, RING_LIMITS, readMessage } from '#abi';
import { FrameSplitter } from '#connectors';
import { EgressReader, IngressWriter } from '#engine';
import { echoEngines, feed, jsonLine, parseLine } from '../support/feed.ts';
import { encodeMessage, showMessage } from '../support/readable.ts';
import { needs } from '../support/tools.ts';

const VECTORS = join(import.meta.dirname, '../../src/abi/vectors');
const PROTO = join(import.meta.dirname, '../../src/abi/proto');
const load = (name: string): never => JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as never;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface MessageVector {
  readonly name: string;
  readonly hex: string;
  /** Encoding it again gives the same bytes. */
  readonly canonical?: true;
  reads?: unknown;
  /** The problem when text must be UTF-8, where that makes a difference. */
  refused?: MessageProblem;
}
const messages = load('messages.json') as MessageVector[];
const isMalformed = (vector: MessageVector): boolean => 'problem' in (vector.reads as object);

test('messages are read as the vectors say', () => {
  if (process.env['BLESS'] === '1') {
    for (const vector of messages) {
      vector.reads = showMessage(Buffer.from(vector.hex, 'hex'));
      const strict = readMessage(Buffer.from(vector.hex, 'hex'), 'refuse');
      if ('problem' in strict && !isMalformed(vector)) vector.refused = strict;
    }
    writeFileSync(
      join(VECTORS, 'messages.json'),
      `${JSON.stringify(messages, null, 1).replaceAll('\ufeff', '\\ufeff')}\n`,
    );
  }
  for (const vector of messages)
    assert.deepEqual(showMessage(Buffer.from(vector.hex, 'hex')), vector.reads, vector.name);
});

test('what is read is written again as the same message, canonical ones byte by byte', () => {
  for (const vector of messages) {
    const read = readMessage(Buffer.from(vector.hex, 'hex'));
    if ('problem' in read) continue;
    const written = encodeMessage(read);
    assert.deepEqual(showMessage(written), vector.reads, vector.name);
    if (vector.canonical) assert.equal(hex(written), vector.hex, vector.name);
  }
});

test('text that is not UTF-8 is a problem for those who ask', () => {
  for (const vector of messages) {
    const read = readMessage(Buffer.from(vector.hex, 'hex'), 'refuse');
    const expected = vector.refused ?? (isMalformed(vector) ? vector.reads : undefined);
    assert.deepEqual('problem' in read ? read : undefined, expected, vector.name);
  }
});

test('both engines and the nodes read the messages alike', async () => {
  const engines = await echoEngines();
  for (const vector of messages) {
    const message = Buffer.from(vector.hex, 'hex');
    const [fused, unfused] = [feed(engines.fused, message), feed(engines.unfused, message)];
    assert.deepEqual(fused, unfused, vector.name);
    const read = readMessage(message);
    assert.equal(fused.malformed > 0, 'problem' in read, vector.name);
    // How many U+FFFD stand for what is not UTF-8 is up to the reader.
    if ('problem' in read || vector.refused) continue;
    const updates = read.kind === 'update' ? [read.update] : read.updates;
    const lines = fused.lines.map((line, index) => parseLine(line, updates[index]!));
    assert.deepEqual(lines, updates.map(jsonLine), vector.name);
  }
});

test('protoc agrees', needs('protoc', 'protobuf-compiler'), () => {
  const protoc = (mode: string, type: string, input: Uint8Array): ReturnType<typeof spawnSync> =>
    spawnSync('protoc', [`--${mode}=fusewire.v1.${type}`, `-I${PROTO}`, 'tag_update.proto'], { input });
  // What the schema cannot say, and what protoc takes although it is cut: our own rules.
  const ownRules = new Set(['tag-missing', 'tag-pattern', 'batch-in-batch', 'wire-type', 'key-too-wide', 'field-zero']);
  for (const vector of messages) {
    const bytes = Buffer.from(vector.hex, 'hex');
    const read = readMessage(bytes, 'refuse');
    if ('problem' in read && ownRules.has(read.code)) continue;
    const type = isTagBatch(bytes) ? 'TagBatch' : 'TagUpdate';
    const text = protoc('decode', type, bytes);
    assert.equal(text.status === 0, !('problem' in read), `${vector.name}: ${String(text.stderr)}`);
    // Unknown fields have no names in protoc's text, so it cannot write them again.
    if ('problem' in read || JSON.stringify(vector.reads).includes('"unknown"')) continue;
    const written = protoc('encode', type, text.stdout as Buffer).stdout as Buffer;
    assert.equal(hex(written), hex(encodeMessage(read)), vector.name);
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
      trace?: number;
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
  for (const { name, framing, driver, now, trace, body, hex: expected } of vectors.ingress_block) {
    const [ingress, board] = [new SharedArrayBuffer(4096), new SharedArrayBuffer(4096)];
    const writer = new IngressWriter(ingress, board, 4096);
    assert.ok(writer.write(Buffer.from(body, 'hex'), FRAMING[framing], driver, now, trace));
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
