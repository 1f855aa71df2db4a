import assert from 'node:assert/strict';
import { test } from 'node:test';
import binaryen from 'binaryen';
import { FUEL } from '#abi';
import { type LinkInput, link, parseModule } from '#wasm';

const PAGE = 65_536;
const MODULE = `(module
  (memory (export "memory") 1 3)
  (data (i32.const 100) "active")
  (data $passive "passive")
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load8_u offset=4 (local.get 0)))
  (func (export "store") (param i32 i32) (i64.store16 offset=2 (local.get 0) (i64.extend_i32_u (local.get 1))))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (memory.init $passive (local.get 0) (local.get 1) (local.get 2))))`;

type Calls = Record<string, (...args: number[]) => number>;
const fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 1_000_000_000n);
const host = { module: 'fuel', name: 'fuel', kind: 'global', type: { type: 0x7e, mutable: true } } as const;
const exhausted = { module: 'fuel', name: 'exhausted', kind: 'func', type: { params: [], results: [] } } as const;

function original(): Uint8Array {
  const module = binaryen.parseText(MODULE);
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.BulkMemoryOpt);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

function shifted(memory_start: number): Uint8Array {
  const module = parseModule(original());
  const input: LinkInput = {
    module,
    name: 'node',
    bind: () => 'host',
    fuel: { global: { host }, exhausted: { host: exhausted } },
    memory_pages_max: 8,
    table_elements_max: null,
    memory_start,
  };
  const costs = { call: FUEL.call, bytes_shift: FUEL.bytes_shift, grow: FUEL.grow, grow_page: FUEL.grow_page };
  return link(
    [input],
    module.exports.map(entry => ({ ...entry, input: 0 })),
    costs,
  ).bytes;
}

const instance = (bytes: Uint8Array): { calls: Calls; memory: WebAssembly.Memory } => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), {
    fuel: { fuel, exhausted: () => assert.fail('out of fuel') },
  });
  return { calls: exports as unknown as Calls, memory: exports['memory'] as WebAssembly.Memory };
};

const outcome = (call: () => number): number | 'trap' => {
  try {
    return call();
  } catch {
    return 'trap';
  }
};

for (const start of [64, 4096, PAGE]) {
  test(`a memory that starts at byte ${start} behaves as one that starts at 0`, () => {
    const plain = instance(original());
    const moved = instance(shifted(start));
    const steps: [string, ...number[]][] = [
      ['size'],
      ['load', 96],
      ['load', 101],
      ['store', 200, 0x1234],
      ['load', 198],
      ['load', 199],
      ['fill', 300, 7, 20],
      ['load', 315],
      ['copy', 400, 300, 30],
      ['load', 410],
      ['copy', 301, 300, 30],
      ['init', 500, 0, 7],
      ['load', 499],
      ['init', 500, 3, 7],
      // Addresses that would wrap once the start is added.
      ['fill', -1, 7, 0],
      ['fill', -64, 7, 1],
      ['copy', -start, 0, 1],
      ['copy', 0, -start, 1],
      ['init', -1, 0, 1],
      ['load', -5],
      ['load', -start],
      ['grow', 1],
      ['size'],
      ['load', PAGE + 10],
      ['grow', 5],
      ['size'],
      ['grow', 0],
    ];
    for (const [name, ...args] of steps) {
      const expected = outcome(() => plain.calls[name]!(...args));
      assert.equal(
        outcome(() => moved.calls[name]!(...args)),
        expected,
        `${name}(${args.join()})`,
      );
    }
    const size = plain.memory.buffer.byteLength;
    const seen = Buffer.from(moved.memory.buffer, start, size);
    assert.ok(seen.equals(Buffer.from(plain.memory.buffer)), 'the same bytes');
    assert.ok(
      Buffer.from(moved.memory.buffer, 0, start).every(byte => byte === 0),
      'nothing before address 0',
    );
  });
}

test('the page behind the last address belongs to the node alone: an access there stays harmless', () => {
  const { calls, memory } = instance(shifted(64));
  assert.equal(
    outcome(() => calls['load']!(PAGE + 100)),
    0,
  );
  assert.equal(
    outcome(() => calls['load']!(2 * PAGE)),
    'trap',
  );
  assert.equal(memory.buffer.byteLength, 2 * PAGE);
});
