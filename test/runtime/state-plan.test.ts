/** What a version takes over from the one before it: told beforehand by name, carried byte for byte. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlowPlan, FRAMING, MEMORY_START_PAGES, WASM_PAGE_BYTES } from '#abi';
import { type FlowArtifact, readLayout } from '#engine';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { FlowRunner, statePlan } from '#runtime';
import { PASS, watNode } from '../support/nodes.ts';

/**
 * Puts all kinds of state on: memory (some of it behind a page that is made to grow), globals of all types, a table. Has
 * two outputs: every second message leaves by the other.
 */
const KEEPING = watNode({
  handle: `(global.set $i (i32.add (global.get $i) (i32.const 1)))
    (global.set $l (i64.add (global.get $l) (i64.const 4294967297)))
    (global.set $f (f64.add (global.get $f) (f64.const 0.1)))
    (global.set $s (f32.mul (global.get $s) (f32.const 1.5)))
    (if (i32.eq (global.get $i) (i32.const 2)) (then (drop (memory.grow (i32.const 2)))))
    (if (i32.gt_u (global.get $i) (i32.const 2)) (then (i32.store (i32.const 196604) (global.get $i))))
    (memory.copy (i32.add (i32.const 2048) (i32.mul (global.get $i) (i32.const 64))) (local.get $ptr) (local.get $len))
    (drop (table.grow $t (ref.func $one) (i32.const 1)))
    (table.set $t (i32.const 0) (ref.func $two))
    (call $emit (i32.and (global.get $i) (i32.const 1)) (local.get $ptr) (local.get $len))`,
  parts: `(global $i (mut i32) (i32.const 0)) (global $l (mut i64) (i64.const 0))
    (global $f (mut f64) (f64.const 0)) (global $s (mut f32) (f32.const 1))
    (table $t 2 50 funcref) (elem declare func $one $two) (func $one) (func $two)`,
});
const CODE: Record<string, Uint8Array> = { pass: watNode({ handle: PASS }), keeping: KEEPING };

const node = (id: string, hash: string, part: Partial<FlowInput['nodes'][number]> = {}): FlowInput['nodes'][number] => {
  const outputs = hash === 'keeping' ? ['even', 'odd'] : ['out'];
  return { id, node_type: hash, hash, props: {}, inputs: ['in'], outputs, source: null, sink: null, ...part };
};
const IN = node('in', 'pass', { inputs: [], source: 'tag' });
const OUT = node('out', 'pass', { outputs: [], sink: 'file' });
const ODD = node('odd', 'pass', { outputs: [], sink: 'file' });
const wire = (from: string, to: string): FlowInput['wires'][number] => {
  const [source_node, source_port] = from.split('.') as [string, string];
  return { source_node, source_port, target_node: to, target_port: 'in' };
};

const OLD: FlowInput = {
  name: 'line',
  nodes: [IN, node('a', 'keeping'), node('b', 'keeping'), OUT, ODD],
  wires: [wire('in.out', 'a'), wire('in.out', 'b'), wire('a.even', 'out'), wire('b.odd', 'odd')],
};
/** Others come before, the order is another, one has gone: every index is another one. */
const FRESH: FlowInput = {
  name: 'line',
  nodes: [node('x', 'keeping'), node('y', 'pass'), ODD, node('b', 'keeping'), node('a', 'keeping'), IN, OUT],
  wires: [
    wire('in.out', 'y'),
    wire('b.odd', 'odd'),
    wire('y.out', 'x'),
    wire('in.out', 'b'),
    wire('in.out', 'a'),
    wire('a.even', 'out'),
  ],
};

async function artifactOf(flow: FlowInput, fused: boolean): Promise<FlowArtifact> {
  const bytes = (hash: string): Uint8Array => CODE[hash]!;
  if (fused) {
    const made = await fuse(flow, '{}', bytes);
    assert.ok(made.ok, JSON.stringify(made));
    return { plan: made.plan, code: { kind: 'fused', wasm: made.wasm } };
  }
  const made = unfuse(flow, bytes);
  assert.ok(made.ok, JSON.stringify(made));
  return { plan: made.plan, code: { kind: 'unfused', modules: made.unfused } };
}

/** A node's state in a checkpoint, as it sees it: memory from its address 0 on, globals, tables. */
function stateOf(checkpoint: Uint8Array, plan: FlowPlan, id: string): { memory: string; rest: string[] } {
  const index = plan.nodes.findIndex(one => one.id === id);
  const { globals, globals_count, tables, memory, memory_bytes } = readLayout(checkpoint, plan)![index]!;
  const hex = (at: number, length: number): string => Buffer.from(checkpoint.subarray(at, at + length)).toString('hex');
  const seen = memory_bytes - MEMORY_START_PAGES * WASM_PAGE_BYTES;
  return {
    memory: hex(memory + plan.nodes[index]!.memory_start, seen),
    rest: [hex(globals, globals_count * 8), ...tables.map(({ at, length }) => `${length}: ${hex(at, length * 4)}`)],
  };
}

async function settle(runner: FlowRunner, records: number): Promise<void> {
  while (runner.stats().records < records) await new Promise(resolve => setTimeout(resolve, 2));
}

const MESSAGES = 7;
function write(runner: FlowRunner, from: number): void {
  for (let i = from; i < from + MESSAGES; i += 1)
    assert.ok(runner.write(Uint8Array.of(0x0a, 1, 0x61 + i, 0x10, i), FRAMING.message, 3, 1_000_000 + i));
}

test('nodes are told apart by name, type, module and props, not by their place', async () => {
  const { plan: old } = await artifactOf(OLD, false);
  const { plan: fresh } = await artifactOf(FRESH, false);
  const starts = (plan: FlowPlan): object =>
    Object.fromEntries(plan.nodes.filter(one => 'ab'.includes(one.id)).map(one => [one.id, one.memory_start]));
  assert.notDeepEqual(starts(old), starts(fresh));
  const fates = statePlan(old, fresh).map(({ node: id, fate }) => [id, fate]);
  assert.deepEqual(
    fates.map(one => one[0]),
    fresh.nodes.map(one => one.id),
  );
  const kept = new Set(fates.filter(one => one[1] === 'kept').map(one => one[0]));
  assert.deepEqual([...kept].sort(), ['a', 'b', 'in', 'odd', 'out']);
  const back = statePlan(fresh, old);
  assert.deepEqual(
    back.slice(-2).map(({ node: id, fate }) => [id, fate]),
    fresh.nodes.filter(one => 'xy'.includes(one.id)).map(one => [one.id, 'dropped']),
  );
});

test('what cannot be migrated begins anew, and the reason says which side lacks what', () => {
  const plan = (part: object): FlowPlan =>
    ({
      nodes: [{ id: 'n', node_type: 't', hash: 'h', props: '{}', functions: ['save-state', 'load-state'], ...part }],
    }) as never;
  const fate = (old: object, fresh: object): string => {
    const [one] = statePlan(plan(old), plan(fresh));
    return `${one!.fate}: ${one!.reason}`;
  };
  assert.equal(fate({}, {}), 'kept: same module, same props');
  assert.equal(fate({}, { props: '{"a":1}' }), 'migrated: other props');
  assert.equal(fate({}, { hash: 'i' }), 'migrated: another version of the module');
  assert.equal(fate({ node_type: 'u' }, {}), 'new: it was a u');
  assert.equal(
    fate({ functions: ['load-state'] }, { hash: 'i' }),
    'new: another version of the module, and the old one has no save-state',
  );
  assert.equal(
    fate({}, { props: '{"a":1}', functions: ['save-state'] }),
    'new: other props, and the new one has no load-state',
  );
  assert.equal(fate({ functions: [] }, { functions: [] }), 'kept: same module, same props');
});

for (const fused of [true, false]) {
  test(`memory, globals and tables are carried byte for byte, counters by name (${fused ? 'fused' : 'unfused'})`, async t => {
    const [old, fresh] = await Promise.all([artifactOf(OLD, fused), artifactOf(FRESH, fused)]);
    const runner = new FlowRunner(old, { onEgress: () => true });
    t.after(() => runner.abandon());
    await runner.start();
    write(runner, 0);
    await settle(runner, MESSAGES);
    const before = runner.stats();
    const report = await runner.swap(fresh);
    const after = runner.stats();
    const now = runner.checkpoint()!;
    for (const id of ['a', 'b', 'in', 'out', 'odd'])
      assert.deepEqual(stateOf(now, fresh.plan, id), stateOf(report.before.checkpoint, old.plan, id), id);
    counted(before, after, old.plan, fresh.plan);
    // The two of them go on alike, the one that is new begins.
    write(runner, MESSAGES);
    await settle(runner, 2 * MESSAGES);
    const back = await runner.swap(old, report.before);
    const { checkpoint } = back.before;
    assert.equal(stateOf(checkpoint, fresh.plan, 'a').memory.length, 3 * 2 * WASM_PAGE_BYTES);
    assert.deepEqual(stateOf(checkpoint, fresh.plan, 'a'), stateOf(checkpoint, fresh.plan, 'b'));
    const [count, newCount] = ['a', 'x'].map(id => stateOf(checkpoint, fresh.plan, id).rest[0]!.slice(0, 16));
    const number = (hex: string): number => Buffer.from(hex, 'hex').readDoubleLE();
    assert.deepEqual([number(count!), number(newCount!)], [2 * MESSAGES, MESSAGES]);
    assert.deepEqual(stateOf(runner.checkpoint()!, old.plan, 'b'), stateOf(checkpoint, fresh.plan, 'b'));
  });
}

type Stats = ReturnType<FlowRunner['stats']>;

/** What has the same name has the same counters; what is new has counted nothing. */
function counted(before: Stats, after: Stats, old: FlowPlan, fresh: FlowPlan): void {
  assert.equal(after.records, before.records);
  const nodes = new Map(after.nodes.map(one => [one.id, one]));
  for (const one of before.nodes)
    assert.deepEqual([nodes.get(one.id)?.in, nodes.get(one.id)?.out], [one.in, one.out], one.id);
  assert.deepEqual([nodes.get('x')!.out, nodes.get('y')!.out], [[0, 0], [0]]);
  assert.deepEqual([nodes.get('x')!.in, nodes.get('y')!.in], [0, 0]);
  const named = (stats: Stats, plan: FlowPlan): Map<string, object> =>
    new Map(
      plan.wires.map(({ source_node, source_port, target_node }, i) => {
        const source = plan.nodes[source_node]!;
        return [`${source.id}.${source.outputs[source_port]} ${plan.nodes[target_node]!.id}`, stats.wires[i]!];
      }),
    );
  const wires = named(after, fresh);
  for (const [name, wireStats] of named(before, old)) assert.deepEqual(wires.get(name), wireStats, name);
  assert.deepEqual(wires.get('y.out x'), { messages: 0, fuel: 0 });
}
