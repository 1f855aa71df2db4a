import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EGRESS_KIND, encodeTagUpdate, FRAMING } from '#abi';
import type { FaultRecord, FlowArtifact } from '#engine';
import { fuse, unfuse } from '#fusion';
import { FlowRunner } from '#runtime';
import { lineOf, PASS, watNode } from '../support/nodes.ts';

const pass = watNode({ handle: PASS });
const TRIGGER = encodeTagUpdate({ tag: 'trigger/of/the/attack', timestamp: 2 });
const attack = (body: string): string => `(if (i32.gt_u (local.get $len) (i32.const 20)) (then ${body})) ${PASS}`;
const quiet = (seq: number): Uint8Array => encodeTagUpdate({ tag: 'quiet', timestamp: 1, seq });

async function artifacts(victim: Uint8Array, fuel: number): Promise<[string, FlowArtifact][]> {
  const flow = { ...lineOf('victim'), limits: { fuel } };
  const bytes = (hash: string): Uint8Array => (hash === 'pass' ? pass : victim);
  const fused = await fuse(flow, '{}', bytes);
  const unfused = unfuse(flow, bytes);
  assert.ok(fused.ok && unfused.ok);
  return [
    ['fused', { plan: fused.plan, code: { kind: 'fused', wasm: fused.wasm } }],
    ['unfused', { plan: unfused.plan, code: { kind: 'unfused', modules: unfused.unfused } }],
  ];
}

/** Starts the flow, feeds it all messages (waiting for room), drains. */
async function runAll(
  artifact: FlowArtifact,
  messages: readonly Uint8Array[],
): Promise<{ outputs: number[][]; faults: FaultRecord[]; records: number }> {
  const outputs: number[][] = [];
  const faults: FaultRecord[] = [];
  let room = Promise.withResolvers<void>();
  const runner = new FlowRunner(
    artifact,
    {
      onEgress: record => {
        if (record.kind === EGRESS_KIND.output) outputs.push([...record.body]);
        return true;
      },
      onFault: fault => faults.push(fault),
      onRoom: () => room.resolve(),
    },
    { watchdog_ms: 400 },
  );
  await runner.start();
  for (const message of messages) {
    while (!runner.write(message, FRAMING.message, 0, 1_700_000_000_000_000)) {
      await room.promise;
      room = Promise.withResolvers<void>();
    }
  }
  await runner.drain();
  return { outputs, faults, records: runner.stats().records };
}

const CASES: [string, string, number, string][] = [
  ['a trap', 'unreachable', 1_000_000, 'unreachable'],
  ['an endless loop, ended by the watchdog', '(loop $l (br $l))', 10_000_000_000, 'stuck'],
];
for (const [name, body, fuel, reason] of CASES) {
  test(`${name}: the flow goes on with the next record`, async t => {
    const victim = watNode({ handle: attack(body) });
    for (const [engine, artifact] of await artifacts(victim, fuel)) {
      await t.test(engine, async () => {
        const { outputs, faults } = await runAll(artifact, [quiet(1), TRIGGER, quiet(2)]);
        assert.deepEqual(outputs, [[...quiet(1)], [...quiet(2)]]);
        assert.deepEqual(
          faults.map(fault => [fault.node, fault.call, fault.reason, fault.record]),
          [['victim', 'handle', reason, '2']],
        );
      });
    }
  });
}

test('drain loses nothing, with rings that fill up', async t => {
  const messages = Array.from({ length: 30_000 }, (_, i) =>
    encodeTagUpdate({ tag: 'q', timestamp: 1, seq: i + 1, unit: 'x'.repeat(200) }),
  );
  for (const [engine, artifact] of await artifacts(pass, 1_000_000)) {
    await t.test(engine, async () => {
      const { outputs, faults, records } = await runAll(artifact, messages);
      assert.deepEqual(faults, []);
      assert.equal(records, messages.length);
      assert.equal(outputs.length, messages.length);
      outputs.forEach((body, i) => {
        assert.ok(Buffer.from(body).equals(messages[i]!), `output ${i}`);
      });
    });
  }
});
