/** A record that ends in a fault never happened: outputs, state and counters go on as if it had not come. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOARD, BOARD_U64, EGRESS_KIND, ENTRY, encodeTagUpdate, FRAMING, RING_LIMITS, TRACE_ALL } from '#abi';
import { EgressReader, type Engine, fusedEngine, IngressWriter } from '#engine';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { Keeper, poisonOf, replay, unfusedEngine } from '#runtime';
import { builtIns, flowInput } from '../support/flows.ts';
import { frames, randomFlow } from '../support/generate.ts';
import { watNode } from '../support/nodes.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const FLOWS = Number(process.env['FUZZ_FLOWS'] ?? 12);
const library = builtIns();

/**
 * Passes messages on, every fifth twice; counts in memory, in a global and in a table. What ends in the digit 7 traps, after
 * all of that was done, after the message was sent on, and sometimes after its memory or table was made to grow.
 */
const BOMB = watNode({
  handle: `
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
    (table.set $t (i32.const 0) (ref.func $two))
    (if (i32.eqz (i32.rem_u (global.get $count) (i32.const 5))) (then (table.set $t (i32.const 0) (ref.func $one))))
    (call $emit (i32.const 0) (local.get $ptr) (local.get $len))
    (if (call_indirect $t (result i32) (i32.const 0)) (then
      (if (i32.eqz (i32.rem_u (i32.load (i32.const 64)) (i32.const 5))) (then
        (call $emit (i32.const 0) (local.get $ptr) (local.get $len))))))
    (if (i32.eq (i32.load8_u (i32.sub (i32.add (local.get $ptr) (local.get $len)) (i32.const 1))) (i32.const 55)) (then
      (if (i32.and (global.get $count) (i32.const 1)) (then (drop (memory.grow (i32.const 1)))))
      (if (i32.and (global.get $count) (i32.const 2)) (then (drop (table.grow $t (ref.null func) (i32.const 1)))))
      (unreachable)))`,
  parts: `(global $count (mut i32) (i32.const 0))
    (table $t 1 100 funcref) (elem (i32.const 0) $two) (elem declare func $one $two)
    (func $one (result i32) (i32.const 1))
    (func $two (result i32) (i32.const 0))`,
  memory: '(memory (export "memory") 1 40)',
});

/** The flow with a bomb in one of its wires. */
function withBomb(flow: FlowInput, random: Random): FlowInput {
  const at = random.int(flow.wires.length);
  const wire = flow.wires[at]!;
  const bomb = {
    id: 'bomb',
    node_type: 'bomb',
    hash: 'bomb',
    props: {},
    inputs: ['in'],
    outputs: ['out'],
    source: null,
    sink: null,
  };
  const into = { ...wire, target_node: 'bomb', target_port: 'in' };
  const outOf = { ...wire, source_node: 'bomb', source_port: 'out' };
  return {
    ...flow,
    nodes: [...flow.nodes, bomb],
    wires: [...flow.wires.slice(0, at), into, outOf, ...flow.wires.slice(at + 1)],
  };
}

type Make = () => Engine;
async function makers(random: Random): Promise<Record<string, Make>> {
  const { flow } = flowInput(randomFlow(random), library);
  const bombed = withBomb(flow, random);
  const bytes = (hash: string): Uint8Array => (hash === 'bomb' ? BOMB : library.bytes(hash));
  const fused = await fuse(bombed, '{}', bytes, { level: random.pick([0, 2]) });
  const unfused = unfuse(bombed, bytes);
  assert.ok(fused.ok && unfused.ok, JSON.stringify(fused));
  const module = new WebAssembly.Module(fused.wasm as BufferSource);
  const modules = unfused.unfused.map(one => new WebAssembly.Module(one as BufferSource));
  return {
    fused: () => Object.assign(fusedEngine(fused.plan, module), { plan: fused.plan }),
    unfused: () => Object.assign(unfusedEngine(unfused.plan, modules), { plan: unfused.plan }),
  };
}

type Step =
  | { readonly kind: 'records'; readonly messages: Uint8Array[]; readonly trace: number }
  /** `skip`: time passes, nothing runs. */
  | { readonly kind: 'tick'; readonly now: number; readonly trace: number; readonly skip?: true };

function input(random: Random): Step[] {
  let now = 1_770_000_000_000_000;
  let number = 0;
  return Array.from({ length: 120 }, () => {
    now += random.int(40_000);
    const trace = random.chance(0.3) ? TRACE_ALL : 0;
    if (random.chance(0.2)) return { kind: 'tick', now, trace };
    const messages = Array.from({ length: 1 + random.int(6) }, () => {
      number += 1;
      const digits = String(random.int(100_000));
      return encodeTagUpdate({
        tag: `line1/cell${random.int(3)}/${random.pick(['temp', 'pressure'])}`,
        timestamp: now - random.int(60_000),
        quality: random.int(2),
        seq: number,
        value: random.chance(0.3) ? { kind: 'string', value: digits } : { kind: 'int32', value: random.int(100) },
      });
    });
    return { kind: 'records', messages, trace };
  });
}

interface Outcome {
  readonly egress: string[];
  readonly faulted: string[];
  /** Indexes of the steps. */
  readonly faultedTicks: Set<number>;
  /** Ticks that were not skipped, dead letters. */
  readonly counters: number[];
}

/** Plays steps as the worker does: checkpoints now and then, and after each fault back to the last one. */
function play(make: Make, steps: readonly Step[], random: Random): Outcome {
  let engine = make();
  const { plan } = engine as Engine & { plan: never };
  const egress: string[] = [];
  const faulted: string[] = [];
  const faultedTicks = new Set<number>();
  let index = 0;
  const drain = (): void => {
    new EgressReader(engine.egress, engine.board, RING_LIMITS.egress_bytes).drain(({ kind, detail, node, body }) => {
      const text = Buffer.from(body).toString('hex');
      if (kind === EGRESS_KIND.fault && detail === ENTRY.tick) faultedTicks.add(index);
      else if (kind === EGRESS_KIND.fault) faulted.push(text);
      else egress.push(`${kind} ${detail} ${node} ${text}`);
      return true;
    });
  };
  assert.equal(engine.configure(1n), 0);
  let keeper = new Keeper(engine, plan, null, () => undefined);
  keeper.take();
  const guarded = (work: () => void): void => {
    try {
      work();
      return;
    } catch (error) {
      assert.match(String(error), /unreachable/);
    }
    const poison = poisonOf(engine.board);
    if (!keeper.restore()) {
      const fresh = make();
      for (const name of ['ingress', 'egress', 'board'] as const)
        new Uint8Array(fresh[name]).set(new Uint8Array(engine[name]));
      engine = fresh;
      keeper = new Keeper(engine, plan, keeper.kept, () => undefined);
      assert.ok(keeper.restore(), 'a fresh engine takes the checkpoint');
    }
    replay(engine, poison, drain);
    keeper.take();
    guarded(() => {
      while (engine.run(7) > 0) drain();
    });
  };
  let time = 0;
  for (const step of steps) {
    const writer = new IngressWriter(engine.ingress, engine.board, RING_LIMITS.ingress_bytes);
    if (step.kind === 'tick') {
      time = step.now;
      if (!step.skip) {
        assert.ok(writer.write(new Uint8Array(), FRAMING.tick, 0, time, step.trace));
        guarded(() => {
          while (engine.run(3) > 0);
        });
      }
    } else if (step.messages.length > 0) {
      assert.ok(writer.write(frames(step.messages), FRAMING.sp_tcp, 0, time, step.trace));
      guarded(() => {
        while (engine.run(1 + random.int(5)) > 0) if (random.chance(0.3)) drain();
      });
    }
    drain();
    if (random.chance(0.1)) keeper.take();
    index += 1;
  }
  drain();
  const longs = new BigUint64Array(engine.board);
  const words = new Int32Array(engine.board);
  assert.equal(words[BOARD.ingress_head / 4], words[BOARD.ingress_read / 4], 'all input was read');
  const ticks = Number(longs[BOARD_U64.ticks / 8]!) - faultedTicks.size;
  return { egress, faulted, faultedTicks, counters: [ticks, Number(longs[BOARD_U64.dead_letters / 8]!)] };
}

for (let i = 0; i < FLOWS; i += 1) {
  const seed = SEED + i;
  test(`faulted records never happened (FUZZ_SEED=${seed} FUZZ_FLOWS=1)`, async () => {
    const random = seeded(seed);
    const engines = await makers(random);
    const steps = input(random);
    const outcomes = Object.entries(engines).map(([name, make]) => {
      const outcome = play(make, steps, seeded(seed));
      const gone = new Map<string, number>();
      for (const text of outcome.faulted) gone.set(text, (gone.get(text) ?? 0) + 1);
      // The same input without those records: each message is unique by its sequence number.
      const rest = steps.map((step, index) =>
        step.kind === 'tick'
          ? { ...step, ...(outcome.faultedTicks.has(index) && { skip: true as const }) }
          : { ...step, messages: step.messages.filter(one => !gone.has(Buffer.from(one).toString('hex'))) },
      );
      const calm = play(make, rest, seeded(seed + 1));
      assert.deepEqual(calm.faulted, [], name);
      assert.deepEqual(outcome.egress, calm.egress, name);
      assert.deepEqual(outcome.counters, calm.counters, name);
      return outcome;
    });
    assert.deepEqual(outcomes[0], outcomes[1], 'fused and unfused agree');
  });
}
