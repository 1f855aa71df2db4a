/** Every built-in node: its state moves, damaged state is refused or harmless, its memory stays as it is under load. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTagUpdate, exportName, FLOW_IMPORT_MODULE } from '#abi';
import { builtIns } from '../support/flows.ts';
import { NODE_PROPS, randomMessage } from '../support/generate.ts';
import { benchOf, type NodeBench, type Outcome } from '../support/node-bench.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const MESSAGES = 300;
const library = builtIns();

interface Step {
  readonly port: string | null;
  readonly message: Uint8Array;
  readonly now: number;
}

function steps(random: Random, ports: readonly string[]): Step[] {
  const clock = { now: 1_770_000_000_000_000, seq: 0 };
  return Array.from({ length: MESSAGES }, () => {
    const message = randomMessage(random, clock);
    return { port: random.chance(0.1) ? null : random.pick(ports), message, now: clock.now };
  });
}

const show = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(one => `${one.port} ${'error' in one ? one.error : Buffer.from(one.body).toString('hex')}`);

const act = (bench: NodeBench, { port, message, now }: Step): string[] =>
  show(port === null ? bench.tick(now) : bench.give(port, message, now));

for (const type of library.types) {
  const node = library.byType(type)!;
  const ports = node.manifest.inputs.length > 0 ? node.manifest.inputs.map(port => port.name) : ['in'];

  test(`${type}: goes on in a new instance as if nothing had happened (FUZZ_SEED=${SEED})`, async () => {
    for (let round = 0; round < 6; round += 1) {
      const random = seeded(SEED + round);
      const make = await benchOf(node, NODE_PROPS[type]!(random), round % 2 === 0 ? 'fused' : 'unfused');
      const still = make();
      let moving = make();
      for (const step of steps(random, ports)) {
        if (random.chance(0.05)) {
          const state = moving.save();
          moving = make();
          assert.equal(moving.load(state), null);
        }
        assert.deepEqual(act(moving, step), act(still, step));
      }
    }
  });

  test(`${type}: damaged state is refused or harmless (FUZZ_SEED=${SEED})`, async () => {
    const random = seeded(SEED);
    const make = await benchOf(node, NODE_PROPS[type]!(random), 'fused');
    const giver = make();
    const input = steps(random, ports);
    for (const step of input) act(giver, step);
    const state = giver.save();
    let refused = 0;
    for (let round = 0; round < 150; round += 1) {
      const damaged = random.chance(0.2)
        ? Uint8Array.from({ length: random.int(64) + 1 }, () => random.int(256))
        : Uint8Array.from(state.subarray(0, random.chance(0.5) ? random.int(state.length + 1) : state.length));
      for (let i = random.int(4); i >= 0 && damaged.length > 0; i -= 1)
        damaged[random.int(damaged.length)] = random.pick([0, 1, 127, 128, 255, random.int(256)]);
      const bench = make();
      // A trap would throw: every call must come back.
      if (bench.load(damaged) !== null) refused += 1;
      for (const step of input.slice(0, 40)) act(bench, step);
      assert.ok(bench.save());
    }
    assert.ok(refused > 0, 'some damage is noticed');
  });

  test(`${type}: no memory grows once it has seen its tags`, () => {
    const { memory, handle, realloc, configure, tick } = instantiate(node.bytes);
    const random = seeded(SEED);
    const put = (bytes: Uint8Array): number => {
      const at = realloc(0, 0, 1, bytes.length);
      new Uint8Array(memory.buffer).set(bytes, at);
      return at;
    };
    const props = new TextEncoder().encode(JSON.stringify(NODE_PROPS[type]!(random)));
    assert.equal(new Uint8Array(memory.buffer)[configure(put(props), props.length)], 0);
    const round = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        time += 1_000;
        const message = encodeTagUpdate({
          tag: `line1/cell${i % 500}/temp`,
          timestamp: time,
          unit: 'bar',
          value: { kind: 'double', value: i % 97 },
        });
        handle(random.int(ports.length), put(message), message.length);
        if (i % 100 === 0) tick?.();
      }
    };
    let time = 1_770_000_000_000_000;
    const now = (): bigint => BigInt(time);
    clock = now;
    round(20_000);
    const size = memory.buffer.byteLength;
    round(60_000);
    assert.equal(memory.buffer.byteLength, size);
  });
}

let clock = (): bigint => 0n;

function instantiate(bytes: Uint8Array): {
  memory: WebAssembly.Memory;
  handle: (port: number, ptr: number, len: number) => number;
  realloc: (old: number, oldLen: number, align: number, len: number) => number;
  configure: (ptr: number, len: number) => number;
  tick: (() => void) | undefined;
} {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), {
    [FLOW_IMPORT_MODULE]: { emit: () => undefined, log: () => undefined, now: () => clock() },
  });
  const of = (name: string): never => exports[name] as never;
  (exports['_initialize'] as (() => void) | undefined)?.();
  return {
    memory: of('memory'),
    handle: of(exportName('handle')),
    realloc: of('cabi_realloc'),
    configure: of(exportName('configure')),
    tick: of(exportName('tick')),
  };
}
