/** Checkpoints from outside: bytes that are none are refused, nothing is read beyond their end, and no work is endless. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowPlan } from '#abi';
import { boardOf, type Engine, fusedEngine, readLayout, replayCapture } from '#engine';
import { fuse } from '#fusion';
import { Keeper } from '#runtime';
import { damage } from '../support/damage.ts';
import { lineOf, PASS, watNode } from '../support/nodes.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 150);

/** Has a global of each kind and a table that grows. */
const VICTIM = watNode({
  handle: `(global.set $i (i32.const 7)) (table.set $t (i32.const 0) (ref.func $f))
    (drop (table.grow $t (ref.null func) (i32.const 1))) ${PASS}`,
  parts: `(global $i (mut i32) (i32.const 1)) (global $l (mut i64) (i64.const 2)) (global $f (mut f64) (f64.const 3))
    (table $t 2 50 funcref) (elem declare func $f) (func $f)
    (func (export "x") (global.set $l (i64.const 1)) (global.set $f (f64.const 1)))`,
});

async function flow(): Promise<{ plan: FlowPlan; make: () => Engine }> {
  const fused = await fuse(lineOf('victim'), '{}', hash => (hash === 'pass' ? watNode({ handle: PASS }) : VICTIM));
  assert.ok(fused.ok, JSON.stringify(fused));
  const module = new WebAssembly.Module(fused.wasm as BufferSource);
  return { plan: fused.plan, make: () => fusedEngine(fused.plan, module) };
}

function checkpointOf(engine: Engine, plan: FlowPlan): Uint8Array {
  assert.equal(engine.configure(1n), 0);
  const keeper = new Keeper(engine, plan, null, () => undefined);
  keeper.take();
  return new Uint8Array(keeper.kept.slots[new Int32Array(keeper.kept.control)[0]!]!).slice();
}

/** Puts it into a fresh engine. @returns false when it is refused */
function restores(engine: Engine, plan: FlowPlan, checkpoint: Uint8Array): boolean {
  try {
    assert.deepEqual([...replayCapture(engine, plan, { checkpoint, position: 0, input: new Uint8Array() })], []);
    return true;
  } catch (error) {
    assert.match(String(error), /^Error: the checkpoint is not of this flow$/);
    return false;
  }
}

/** What the layout says lies within the bytes. */
function within(bytes: Uint8Array, plan: FlowPlan): void {
  for (const { globals, globals_count, tables, memory, memory_bytes } of readLayout(bytes, plan) ?? []) {
    assert.ok(globals + globals_count * 8 <= bytes.length);
    for (const { at, length } of tables) assert.ok(at + length * 4 <= bytes.length);
    assert.ok(memory + memory_bytes <= bytes.length);
  }
}

/** Words that lengths are made of, among them those that overflow. */
const word = (random: Random): number =>
  random.pick([
    0,
    1,
    2,
    255,
    0x3f_ff_ff_fd,
    0x3f_ff_ff_fe,
    0x3f_ff_ff_ff,
    0x7f_ff_ff_ff,
    0xff_ff_ff_ff,
    random.int(2 ** 32),
  ]);

function spoil(good: Uint8Array, plan: FlowPlan, random: Random): Uint8Array {
  const bytes = Buffer.from(good);
  const [image] = readLayout(good, plan)!;
  const firstNode = image!.globals - 16;
  if (random.chance(0.3)) return damage(bytes, random);
  if (random.chance(0.3)) {
    // The right beginning, anything behind.
    for (let at = firstNode; at + 4 <= bytes.length && at < firstNode + 4_096; at += 4)
      bytes.writeUInt32LE(word(random), at);
    return bytes;
  }
  // One or two words of the headers.
  for (const { globals, memory } of readLayout(good, plan)!) {
    const words = (memory - globals + 16) / 4;
    if (random.chance(0.5)) bytes.writeUInt32LE(word(random), globals - 16 + random.int(words) * 4);
  }
  return bytes;
}

test(`whatever bytes come as a checkpoint, they are one or are refused (FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS})`, async () => {
  const { plan, make } = await flow();
  const good = checkpointOf(make(), plan);
  assert.ok(restores(make(), plan, good));
  for (let i = 0; i < ROUNDS; i += 1) {
    const random = seeded(SEED + i);
    const bytes = spoil(good, plan, random);
    try {
      within(bytes, plan);
      const engine = make();
      if (!restores(engine, plan, bytes)) continue;
      const now = new Uint8Array(engine.board, 160, 200);
      assert.ok(Buffer.from(now).equals(boardOf(bytes).subarray(0, 200)));
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED + i} FUZZ_ROUNDS=1: ${(error as Error).message}`, { cause: error });
    }
  }
});
