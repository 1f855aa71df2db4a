/** What the studio makes of a message's bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { payloadOf } from '#engine';
import { encodeTagUpdate } from '../../src/abi/index.ts';
import {
  brief,
  bytesLeftOut,
  changedFields,
  hexRows,
  jsonOf,
  readable,
  valueText,
} from '../../web/src/lib/model/payload.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const temp = encodeTagUpdate({
  tag: 'line1/cell01/temp',
  timestamp: 1_772_353_800_000_000,
  unit: '°C',
  value: { kind: 'double', value: 71.25 },
});

test('an update is what the gateway says it is', () => {
  const shown = readable(payloadOf(temp));
  assert.equal(shown.kind === 'update' && shown.update.value, 71.25);
  assert.equal(brief(payloadOf(temp)), '71.25 °C');
});

test('a batch is read from its bytes', () => {
  const entry = (update: Uint8Array): number[] => [0xfa, 0x01, update.length, ...update];
  const count = encodeTagUpdate({
    tag: 'count',
    timestamp: 1,
    seq: 2n ** 60n,
    value: { kind: 'uint64', value: 2n ** 60n },
  });
  const blob = encodeTagUpdate({ tag: 'blob', timestamp: 1, value: { kind: 'bytes', value: Uint8Array.of(1, 2, 3) } });
  const batch = Uint8Array.from([...entry(temp), ...entry(count), ...entry(blob)]);
  const shown = readable(payloadOf(batch));
  assert.ok(shown.kind === 'batch');
  assert.deepEqual(
    shown.updates.map(one => [one.tag, one.value, one.seq]),
    [
      ['line1/cell01/temp', 71.25, 0],
      ['count', String(2n ** 60n), String(2n ** 60n)],
      ['blob', 'AQID', 0],
    ],
  );
  assert.equal(brief(payloadOf(batch)), '3 × TagUpdate');
});

test('of a batch that was cut the updates that are whole are shown', () => {
  const entry = [0xfa, 0x01, temp.length, ...temp];
  const batch = Uint8Array.from(Array.from({ length: 10 }, () => entry).flat());
  const payload = payloadOf(batch.subarray(0, 3 * entry.length - 1), batch.length);
  const shown = readable(payload);
  assert.equal(shown.kind === 'batch' && shown.updates.length, 2);
  assert.equal(brief(payload), '2+ × TagUpdate');
  // Of the first update not all is there.
  assert.equal(readable(payloadOf(batch.subarray(0, 9), batch.length)).kind, 'binary');
});

test('the rest is JSON, text or bytes', () => {
  const kinds = (...bytes: Uint8Array[]): string[] => bytes.map(one => readable(payloadOf(one)).kind);
  assert.deepEqual(
    kinds(text('{"a":1}\n'), text('{"a":1}\n{"a":2}\n'), text('溫度,1\n'), Uint8Array.of(0xff, 0, 7), Uint8Array.of()),
    ['json', 'text', 'text', 'binary', 'empty'],
  );
  assert.equal(jsonOf(readable(payloadOf(text('{"a":[1]}')))), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(jsonOf({ kind: 'binary' }), null);
});

test('of a message that was cut the beginning is shown, also when a character was cut in two', () => {
  const whole = text('溫'.repeat(200));
  const payload = payloadOf(whole.subarray(0, 512), whole.length);
  const shown = readable(payload);
  assert.equal(shown.kind === 'text' && shown.text, '溫'.repeat(170));
  assert.equal(bytesLeftOut(payload), 88);
  // What looks like a whole object may go on.
  assert.equal(readable(payloadOf(text('{"a":1}'), 1_000)).kind, 'text');
});

test('what changed between two updates is told by field', () => {
  const before = payloadOf(temp).update!;
  const after = { ...before, value: 160.3, unit: '°F' };
  assert.deepEqual([...changedFields(before, after)].sort(), ['unit', 'value']);
  assert.equal(changedFields(before, { ...before }).size, 0);
});

test('values have few digits, but none is wrong', () => {
  assert.equal(valueText({ kind: 'double', value: 45.695312 }), '45.6953');
  assert.equal(valueText({ kind: 'double', value: 1_234_567.891 }), '1234567.89');
  assert.equal(valueText({ kind: 'double', value: 0.000012345678 }), '0.0000123457');
  assert.equal(valueText({ kind: 'double', value: 1.5e300 }), '1.5e+300');
  assert.equal(valueText({ kind: 'float', value: 71.83999633789062 }), '71.84');
  assert.equal(valueText({ kind: 'double', value: 0.1 + 0.2 }), '0.3');
  assert.equal(valueText({ kind: 'int64', value: 123_456_789_012 }), '123456789012');
  assert.equal(valueText({ kind: 'bool', value: false }), 'false');
  assert.equal(valueText({ kind: 'none', value: '' }), '–');
});

test('bytes stand in rows of sixteen', () => {
  const rows = hexRows(Uint8Array.from({ length: 18 }, (_, i) => 0x3d + i));
  assert.deepEqual(rows, [
    { at: '0000', hex: '3d 3e 3f 40 41 42 43 44  45 46 47 48 49 4a 4b 4c', text: '=>?@ABCDEFGHIJKL' },
    { at: '0010', hex: '4d 4e', text: 'MN' },
  ]);
  assert.deepEqual(hexRows(Uint8Array.of()), []);
});
