import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTagUpdate, FRAMING } from '#abi';
import { EgressReader, type Engine, faultOf, fusedEngine, IngressWriter, inspectFlow } from '#engine';
import { fuse, resolveNode, unfuse } from '#fusion';
import { unfusedEngine } from '#runtime';
import { assembleWat, lineOf, PASS, watNode } from '../support/nodes.ts';

const pass = watNode({ handle: PASS });
const RING_BYTES = 4 * 1024 * 1024;
const QUIET = new Uint8Array(encodeTagUpdate({ tag: 'quiet', timestamp: 1 }));
/** Longer than any quiet message: what the hostile nodes below wait for. */
const TRIGGER = new Uint8Array(encodeTagUpdate({ tag: 'trigger/of/the/attack', timestamp: 2 }));
const attack = (body: string): string => `(if (i32.gt_u (local.get $len) (i32.const 20)) (then ${body})) ${PASS}`;

async function engines(
  victim: Uint8Array,
): Promise<{ name: string; engine: Engine; plan: Parameters<typeof faultOf>[1] }[]> {
  const flow = { ...lineOf('victim'), limits: { fuel: 1_000_000 } };
  const bytes = (hash: string): Uint8Array => (hash === 'pass' ? pass : victim);
  const fused = await fuse(flow, '{}', bytes);
  const unfused = unfuse(flow, bytes);
  assert.ok(fused.ok && unfused.ok);
  assert.deepEqual(inspectFlow(fused.wasm)?.imports, []);
  const modules = unfused.unfused.map(one => new WebAssembly.Module(one as BufferSource));
  return [
    {
      name: 'fused',
      plan: fused.plan,
      engine: fusedEngine(fused.plan, new WebAssembly.Module(fused.wasm as BufferSource)),
    },
    { name: 'unfused', plan: unfused.plan, engine: unfusedEngine(unfused.plan, modules) },
  ];
}

const HANDLE_ATTACKS: [string, Parameters<typeof watNode>[0], string, string][] = [
  ['endless loop', { handle: attack('(loop $l (br $l))') }, 'fuel', 'handle'],
  [
    'endless recursion',
    { handle: attack('(call $deep)'), parts: '(func $deep (call $deep) (call $deep))' },
    'fuel recursion',
    'handle',
  ],
  [
    'endless tail calls',
    { handle: attack('(call $spin)'), parts: '(func $spin (return_call $spin))' },
    'fuel',
    'handle',
  ],
  [
    'bulk memory without a loop',
    { handle: attack(Array(300).fill('(memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))').join('')) },
    'fuel',
    'handle',
  ],
  ['memory bomb', { handle: attack('(loop $l (drop (memory.grow (i32.const 1))) (br $l))') }, 'fuel', 'handle'],
  ['unreachable', { handle: attack('unreachable') }, 'unreachable', 'handle'],
  [
    'division by zero',
    { handle: attack('(drop (i32.div_u (i32.const 1) (i32.const 0)))') },
    'divide_by_zero',
    'handle',
  ],
  ['reading outside memory', { handle: attack('(drop (i32.load (i32.const -4)))') }, 'memory_bounds', 'handle'],
  [
    'emit of a pointer outside memory',
    { handle: attack('(call $emit (i32.const 0) (i32.const 65530) (i32.const 100))') },
    'emit_range',
    'handle',
  ],
  [
    'emit whose pointer and length wrap',
    { handle: attack('(call $emit (i32.const 0) (i32.const -1) (i32.const 2))') },
    'emit_range',
    'handle',
  ],
  [
    'emit on a port that is not there',
    { handle: attack('(call $emit (i32.const 7) (local.get $ptr) (i32.const 1))') },
    'emit_port',
    'handle',
  ],
  [
    'emit flood',
    { handle: attack('(loop $l (call $emit (i32.const 0) (local.get $ptr) (i32.const 1)) (br $l))') },
    'egress_limit fuel emit_limit',
    'handle',
  ],
  [
    'buffer outside memory',
    { handle: PASS, realloc: '(select (i32.const -16) (i32.const 1024) (i32.gt_u (local.get 3) (i32.const 20)))' },
    'buffer_range',
    'cabi_realloc',
  ],
  [
    'emit from cabi_realloc',
    {
      handle: PASS,
      realloc:
        '(if (i32.gt_u (local.get 3) (i32.const 20)) (then (call $emit (i32.const 0) (i32.const 0) (i32.const 1)))) (i32.const 1024)',
    },
    'emit_context',
    'cabi_realloc',
  ],
  ['result pointer that is not aligned', { handle: attack('(return (i32.const 17))') }, 'result_pointer', 'handle'],
];

for (const [name, shape, reasons, call] of HANDLE_ATTACKS) {
  test(`${name}: ends that record, names the node, and the next record goes on`, async () => {
    const seen = [];
    for (const { engine, plan } of await engines(watNode(shape))) {
      const writer = new IngressWriter(engine.ingress, engine.board, RING_BYTES);
      const reader = new EgressReader(engine.egress, engine.board, RING_BYTES);
      engine.configure(1n);
      for (const message of [QUIET, TRIGGER, QUIET]) writer.write(message, FRAMING.message, 0, 5);
      let fault: ReturnType<typeof faultOf> | null = null;
      try {
        engine.run(10);
      } catch (error) {
        fault = faultOf(engine.board, plan, error);
      }
      assert.ok(fault, 'the attack traps');
      assert.ok(reasons.split(' ').includes(fault.reason), `reason ${fault.reason}`);
      assert.deepEqual([fault.node, fault.call, fault.record], ['victim', call, '2']);
      assert.equal(engine.run(10), 1, 'the record behind the attack runs');
      const records: number[] = [];
      reader.drain(record => records.push(record.record) > 0);
      assert.deepEqual(records, [1, 3], 'the faulted record put nothing out');
      seen.push(fault.reason);
    }
    if (!reasons.includes(' ')) assert.equal(seen[0], seen[1]);
  });
}

test('a start function that traps, an endless configure: named before the first record', async () => {
  const cases: [Uint8Array, string][] = [
    [watNode({ handle: PASS, parts: '(func $go unreachable) (start $go)' }), 'start'],
    [watNode({ handle: PASS, parts: '(func (export "_initialize") (loop $l (br $l)))' }), '_initialize'],
    [
      watNode({
        handle: PASS,
        parts:
          '(func (export "fusewire:node/node@1.0.0#configure") (param i32 i32) (result i32) (loop $l (br $l)) (i32.const 0))',
      }),
      'configure',
    ],
  ];
  for (const [victim, call] of cases) {
    for (const { engine, plan } of await engines(victim)) {
      let fault: ReturnType<typeof faultOf> | null = null;
      try {
        engine.configure(1n);
      } catch (error) {
        fault = faultOf(engine.board, plan, error);
      }
      assert.deepEqual([fault?.node, fault?.call], ['victim', call]);
    }
  }
});

const refusals: [string, () => Uint8Array, string][] = [
  ['not wasm', () => new TextEncoder().encode('hello, I am a text'), 'node-not-wasm'],
  ['empty', () => new Uint8Array(), 'node-not-wasm'],
  ['truncated', () => pass.subarray(0, pass.length - 5), 'node-not-wasm'],
  ['no handle', () => watNode({}), 'node-export-missing'],
  [
    'unknown imports',
    () => watNode({ handle: '', imports: '(import "env" "system" (func $emit (param i32 i32 i32)))' }),
    'node-import-unknown',
  ],
  [
    'an imported memory',
    () => watNode({ handle: '', imports: '(import "env" "memory" (memory 1))', memory: '' }),
    'node-import-unknown',
  ],
  ['100,000 functions', () => watNode({ handle: '', parts: '(func)'.repeat(100_000) }), 'node-limit'],
  ['too much memory', () => watNode({ handle: '', memory: '(memory (export "memory") 20000)' }), 'node-limit'],
  [
    'shared memory',
    () => watNode({ handle: '', memory: '(memory (export "memory") 1 2 shared)' }),
    'node-feature-refused',
  ],
  ['memory64', () => assembleWat('(module (memory (export "memory") i64 1))'), 'node-feature-refused'],
  ['several memories', () => watNode({ handle: '', parts: '(memory 1)' }), 'node-feature-refused'],
  ['exceptions', () => watNode({ handle: '', parts: '(func (try_table (nop)))' }), 'node-feature-refused'],
  [
    'relaxed SIMD',
    () =>
      watNode({ handle: '', parts: '(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))' }),
    'node-feature-refused',
  ],
];
for (const [name, bytes, code] of refusals) {
  test(`a node with ${name} is refused as ${code}`, () => {
    const result = resolveNode(bytes(), '$.nodes[0]');
    assert.ok('diagnostics' in result, 'refused');
    assert.ok(
      result.diagnostics.some(one => one.code === code),
      JSON.stringify(result.diagnostics),
    );
  });
}

test('a damaged module never crashes the reader', () => {
  // Every byte flipped once, every length cut once.
  for (let i = 0; i < pass.length; i += 1) {
    const flipped = pass.slice();
    flipped[i]! ^= 0xff;
    for (const bytes of [flipped, pass.subarray(0, i)]) {
      const result = resolveNode(bytes, '$');
      assert.ok('node' in result || result.diagnostics.length > 0);
    }
  }
});

test('equal flows give equal bytes', async () => {
  const once = await fuse(lineOf('pass'), '{}', () => pass);
  const again = await fuse(lineOf('pass'), '{}', () => pass);
  assert.ok(once.ok && again.ok);
  assert.deepEqual(once.wasm, again.wasm);
});
