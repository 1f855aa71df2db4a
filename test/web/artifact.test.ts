import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowInside } from '../../web/src/lib/model/artifact.ts';
import { flow } from './support/library.ts';

const EMPTY = [0, 97, 115, 109, 1, 0, 0, 0];
const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)]);
const section = (name: string, body: number[]): number[] => {
  const content = [...leb(bytes(name).length), ...bytes(name), ...body];
  return [0, ...leb(content.length), ...content];
};
const wasm = (...sections: number[][]): Uint8Array => new Uint8Array([...EMPTY, ...sections.flat()]);
const document = flow({ a: 'tag_input', b: 'file_sink' }, ['a.out→b.in']);

test('the document is read back out of a module, behind other sections', () => {
  const artifact = wasm(
    section('name', bytes('x'.repeat(500))),
    [1, 1, 0],
    section('fusewire.flow', bytes(JSON.stringify({ document, fuser: '1', plan: {} }))),
  );
  assert.deepEqual(JSON.parse(flowInside(artifact)!), document);
});

test('what is no module, no flow, or cut off carries none', () => {
  assert.equal(flowInside(new Uint8Array()), null);
  assert.equal(flowInside(new TextEncoder().encode('{"format":"fusewire.flow/1"}')), null);
  assert.equal(flowInside(wasm(section('name', [1, 2, 3]))), null);
  assert.equal(flowInside(wasm(section('fusewire.flow', bytes('not JSON')))), null);
  assert.equal(flowInside(wasm(section('fusewire.flow', bytes('{}')))), null);
  const whole = wasm(section('fusewire.flow', bytes(JSON.stringify({ document }))));
  for (let end = 0; end < whole.length; end += 1) assert.equal(flowInside(whole.subarray(0, end)), null, `${end}`);
});

test('sizes that lie end nowhere else', () => {
  assert.equal(flowInside(new Uint8Array([...EMPTY, 0, 255, 255, 255, 255, 15])), null);
  assert.equal(flowInside(new Uint8Array([...EMPTY, 0, 255, 255, 255, 255, 255, 255])), null);
  assert.equal(flowInside(wasm([0, 2, 120, 1])), null);
});
