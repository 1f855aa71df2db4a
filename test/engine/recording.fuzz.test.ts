/** Recordings of strangers: whatever is in them, they are run to an end, or refused as no recordings. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { FlowPlan } from '#abi';
import { GatewayError } from '#diagnostic';
import { openRecording, Player, packRecording, type Recording, unpackRecording } from '#engine';
import { withPlan } from '../support/altered.ts';
import { damage } from '../support/damage.ts';
import { counter, lineArtifact, quiet } from '../support/line.ts';
import { type Random, seeded } from '../support/random.ts';
import { recorded } from '../support/recorded.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 150);
let good: Recording;

before(async () => {
  const artifact = await lineArtifact(counter(), 'counter', { fused: true });
  good = recorded(artifact, [Array.from({ length: 50 }, (_, seq) => quiet(seq)), [quiet(50)]]);
});

const WORDS = [-1, 0, 1, 0.5, 8, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, '', 'x', null, [], {}, true];

/** Something in a plan is something else. */
function altered(plan: FlowPlan, random: Random): unknown {
  const copy = structuredClone(plan) as unknown as Record<string, unknown>;
  let at = copy;
  for (;;) {
    const key = random.pick(Object.keys(at));
    const inner = at[key];
    if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0 && random.chance(0.8))
      at = inner as Record<string, unknown>;
    else {
      at[key] = random.pick(WORDS);
      return copy;
    }
  }
}

/** Words of blocks, cursors and lengths of the checkpoint's beginning. */
function words(bytes: Uint8Array, random: Random): Uint8Array {
  const spoiled = bytes.slice();
  const view = new DataView(spoiled.buffer);
  for (let i = random.int(6); i >= 0 && spoiled.length >= 4; i -= 1) {
    const at = random.int(Math.min(spoiled.length, 600) >> 2) * 4;
    view.setUint32(at, random.pick([0, 1, 16, 255, 0x7f_ff_ff_ff, 0xff_ff_ff_f0, random.int(2 ** 32)]), true);
  }
  return spoiled;
}

function spoil(random: Random): Recording {
  const { capture } = good;
  return random.pick<() => Recording>([
    () => ({ ...good, wasm: withPlan(good.wasm, plan => altered(plan, random)) }),
    () => ({ ...good, capture: { ...capture, checkpoint: words(capture.checkpoint, random) } }),
    () => ({ ...good, capture: { ...capture, checkpoint: damage(capture.checkpoint, random) } }),
    () => ({ ...good, capture: { ...capture, input: words(capture.input, random) } }),
    () => ({ ...good, capture: { ...capture, input: damage(capture.input, random) } }),
    () => ({ ...good, capture: { ...capture, position: random.int(2 ** 32) - 2 ** 31 } }),
    () => ({ ...good, fault: random.pick<unknown>(WORDS) as null }),
    () => ({ ...good, flow: random.pick<unknown>(WORDS) as string }),
  ])();
}

/** All of it, and back again. @throws GatewayError recording-invalid, Error */
async function play(bytes: Uint8Array): Promise<number> {
  const player = new Player(openRecording(await unpackRecording(bytes, 'x.rec'), 'x.rec'));
  for (const _ of player.scan());
  player.reports(Math.max(0, player.steps - 3), 5);
  player.reports(0, 3);
  player.memory(0, 0, 0, 64);
  return player.steps;
}

test(`a recording of a stranger comes to an end (FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS})`, async () => {
  assert.ok((await play(await packRecording(good))) > 0);
  for (let i = 0; i < ROUNDS; i += 1) {
    const random = seeded(SEED + i);
    const recording = spoil(random);
    try {
      assert.ok((await play(await packRecording(recording))) <= recording.capture.input.length);
    } catch (error) {
      const isRefused = error instanceof GatewayError ? error.code === 'recording-invalid' : error instanceof Error;
      if (!isRefused || error instanceof assert.AssertionError)
        throw new Error(`FUZZ_SEED=${SEED + i} FUZZ_ROUNDS=1: ${String(error)}`, { cause: error });
    }
  }
});

test('files that hold more or less than they say, or are of another format, are refused', async () => {
  const bytes = await packRecording(good);
  const refused = async (file: Uint8Array, why: RegExp): Promise<void> => {
    await assert.rejects(unpackRecording(file, 'x.rec'), (error: unknown) => {
      assert.ok(error instanceof GatewayError && error.code === 'recording-invalid');
      assert.match(error.message, why);
      return true;
    });
  };
  await refused(bytes.subarray(0, 15), /no recording/);
  await refused(bytes.subarray(0, -1), /damaged/);
  await refused(Buffer.from('FWREC\0\0\x01 and more than that'), /format is 1/);
  await refused(await saying({ lengths: [good.wasm.length - 1, 0, 0] }), /more than it says/);
  await refused(await saying({ lengths: [2 ** 29, 0, 0] }), /less than it says/);
  await refused(await saying({ lengths: [2 ** 30, 1, 0] }), /holds more than/);
  await refused(await saying({ lengths: [-1, 0, 0] }), /cannot be read/);
  await refused(await saying({ position: 1.5 }), /cannot be read/);
});

/** A file whose header says so, with the right checksum. */
async function saying(change: object): Promise<Uint8Array> {
  const stringify = JSON.stringify;
  JSON.stringify = (value: object) => stringify({ ...value, ...change });
  try {
    return await packRecording(good);
  } finally {
    JSON.stringify = stringify;
  }
}
