/** Trying a flow: what every node makes of given messages, whatever it is made of; nothing reaches a sink. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeTagUpdate } from '#abi';
import type { FlowArtifact } from '#engine';
import { type FlowInput, fuse, unfuse } from '#fusion';
import { TRY_LIMITS, type TryRecord, type TryStep, tryArtifact } from '#gateway';
import { lineOf, PASS, watNode } from '../support/nodes.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-try-'));
after(() => rmSync(root, { recursive: true, force: true }));
process.chdir(root);

async function artifactsOf(
  victim: Parameters<typeof watNode>[0],
  limits: FlowInput['limits'] = {},
  clock: 'event' | 'arrival' = 'event',
): Promise<Record<'fused' | 'unfused', FlowArtifact>> {
  const line = lineOf('victim');
  const flow: FlowInput = {
    ...line,
    limits: { fuel: 1_000_000, ...limits },
    nodes: line.nodes.map(node => (node.id === 'last' ? { ...node, props: { path: 'out.bin' } } : node)),
  };
  const bytes = (hash: string): Uint8Array => (hash === 'pass' ? watNode({ handle: PASS }) : watNode(victim));
  const fused = await fuse(flow, '{}', bytes, { clock });
  const unfused = unfuse(flow, bytes, { clock });
  assert.ok(fused.ok && unfused.ok);
  return {
    fused: { plan: fused.plan, code: { kind: 'fused', wasm: fused.wasm } },
    unfused: { plan: unfused.plan, code: { kind: 'unfused', modules: unfused.unfused } },
  };
}

const T0 = 1_770_000_000_000_000;
const message = (tag: string, ms = 0): TryStep => ({
  kind: 'message',
  message: encodeTagUpdate({ tag, timestamp: T0 + ms * 1_000 }),
});
const show = ({ what, step, hops, outputs, dead_letters, fault }: TryRecord): string =>
  [
    `${step} ${what}`,
    ...hops.map(({ node, port, bytes, refused }) => `${node ?? ''}.${port}${refused ? '!' : ''}:${bytes}`),
    ...outputs.map(({ node, bytes }) => `⇒${node}:${bytes}`),
    ...dead_letters.map(({ node, port, reason }) => `${node}.${port} ${reason}`),
    ...(fault ? [`✗ ${fault.node} ${fault.reason}`] : []),
  ].join(' ');

/**
 * Counts in its memory and puts the number in front. Messages that end in `7`: traps after it has counted and sent, its
 * memory grown; that end in `8`: refuses.
 */
const MOODY: Parameters<typeof watNode>[0] = {
  handle: `(local $last i32)
    (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
    (i32.store (i32.sub (local.get $ptr) (i32.const 4)) (i32.load (i32.const 64)))
    (local.set $last (i32.load8_u offset=2 (local.get $ptr)))
    (if (i32.eq (local.get $last) (i32.const 56)) (then (return (i32.const 32))))
    (call $emit (i32.const 0) (i32.sub (local.get $ptr) (i32.const 4)) (i32.add (local.get $len) (i32.const 4)))
    (if (i32.eq (local.get $last) (i32.const 55)) (then (drop (memory.grow (i32.const 1))) unreachable))`,
  parts: `(data (i32.const 32) "\\01\\00\\00\\00\\30\\00\\00\\00\\02\\00\\00\\00") (data (i32.const 48) "no")
    (func (export "fusewire:node/node@1.0.0#tick")
      (i32.store (i32.const 68) (i32.add (i32.load (i32.const 68)) (i32.const 1)))
      (call $emit (i32.const 0) (i32.const 68) (i32.const 4))
      (if (i32.eq (i32.load (i32.const 68)) (i32.const 3)) (then
        (i32.store (i32.const 72) (i32.add (i32.load (i32.const 72)) (i32.const 1)))
        unreachable)))`,
};
const count = ({ outputs }: TryRecord): number => Buffer.from(outputs[0]!.body).readUInt32LE();

test('every hop, output, refusal and fault; after a fault the flow goes on as if the record had not come', async () => {
  const artifacts = await artifactsOf(MOODY);
  const steps = ['1', '7', '2', '8', '3', '7', '4'].map(tag => message(tag));
  for (const artifact of Object.values(artifacts)) {
    const { records, stopped } = await tryArtifact(artifact, steps);
    assert.equal(stopped, null);
    const bytes = 3 + 9;
    const way = `.in:${bytes} first.out:${bytes}`;
    const passed = (step: number): string =>
      `${step} record ${way} victim.out:${bytes + 4} last.sink:${bytes + 4} ⇒last:${bytes + 4}`;
    assert.deepEqual(records.map(show), [
      passed(0),
      `${passed(1)} ✗ victim unreachable`,
      passed(2),
      `3 record ${way} victim.in!:2 victim.in no`,
      passed(4),
      `${passed(5)} ✗ victim unreachable`,
      passed(6),
    ]);
    assert.deepEqual(
      [0, 2, 4, 6].map(index => count(records[index]!)),
      [1, 2, 4, 5],
    );
  }
  assert.deepEqual(readdirSync(root), []);
});

for (const clock of ['event', 'arrival'] as const)
  test(`time that passes runs ticks, with the clock ${clock}; one that faults has not happened`, async () => {
    const artifacts = await artifactsOf(MOODY, {}, clock);
    const at = (ms: number): { now_us: number } => ({ now_us: T0 + ms * 1_000 });
    const steps: TryStep[] = [
      { ...message('1'), ...at(0) } as TryStep,
      { kind: 'advance', to_us: T0 + 450_000 },
      { ...message('2', 460), ...at(460) } as TryStep,
    ];
    const [fused, unfused] = await Promise.all(
      Object.values(artifacts).map(artifact => tryArtifact(artifact, steps, { start_us: T0 })),
    );
    assert.deepEqual(fused!.records.map(show), unfused!.records.map(show));
    const ticks = fused!.records.filter(({ what }) => what === 'tick');
    // The third finds the count of two again each time, and faults.
    assert.deepEqual(
      ticks.map(tick => (tick.fault ? 'fault' : count(tick))),
      [1, 2, 'fault', 'fault'],
    );
    assert.deepEqual(
      ticks.map(({ now_us }) => (now_us - T0) / 1_000),
      [100, 200, 300, 400],
    );
    assert.deepEqual([fused!.stopped, count(fused!.records.at(-1)!)], [null, 2]);
  });

test('hostile nodes are contained: endless loops, memory bombs, floods, what hangs', async () => {
  const attack = (body: string): Parameters<typeof watNode>[0] => ({ handle: `${body} ${PASS}` });
  const tried = async (victim: Parameters<typeof watNode>[0], limits = {}, ms = 20_000) => {
    const { unfused } = await artifactsOf(victim, limits);
    const { records, stopped } = await tryArtifact(unfused, [message('a'), message('b')], { ms });
    return { ends: records.map(({ fault }) => fault?.reason), stopped };
  };
  const loop = attack('(loop $l (br $l))');
  assert.deepEqual(await tried(loop), { ends: ['fuel', 'fuel'], stopped: null });
  assert.match((await tried(loop, { fuel: 10_000_000_000 }, 1_500)).stopped!, /^not done after 1.5 s$/);
  const bomb = attack('(loop $l (drop (memory.grow (i32.const 1))) (br $l))');
  assert.deepEqual((await tried({ ...bomb, memory: '(memory (export "memory") 1)' })).ends, ['fuel', 'fuel']);
  const flood = attack(`(loop $l (call $emit (i32.const 0) (local.get $ptr) (local.get $len)) (br $l))`);
  assert.deepEqual((await tried(flood, { emits: 500 })).ends, ['emit_limit', 'emit_limit']);
  const refuses = { ...attack(''), parts: `(func (export "_initialize") unreachable)` };
  assert.deepEqual(await tried(refuses), { ends: [], stopped: 'node "victim" in _initialize: unreachable' });
});

test('there is a limit to everything; what was found by then counts', async () => {
  const { unfused } = await artifactsOf({ handle: PASS });
  const many = Array.from({ length: TRY_LIMITS.steps + 1 }, () => message('a'));
  assert.match((await tryArtifact(unfused, many)).stopped!, /more than 1000 messages/);
  const large = Array.from({ length: 11 }, (): TryStep => ({ kind: 'message', message: new Uint8Array(400_000) }));
  assert.match((await tryArtifact(unfused, large)).stopped!, /more than 4194304 bytes/);
  const far = Array.from({ length: 200 }, (_, i): TryStep => ({ kind: 'advance', to_us: T0 + i * 1e12 }));
  const ticking = await artifactsOf({ handle: PASS, parts: MOODY.parts!.replace('unreachable', '') });
  const long = await tryArtifact(ticking.unfused, [message('a'), ...far]);
  assert.match(long.stopped!, /more than 100000 ticks|more than 20000 records and ticks/);
  assert.ok(long.records.length > 1_000);
  const malformed = await tryArtifact(unfused, [{ kind: 'message', message: Uint8Array.of(1) }, message('a')]);
  assert.deepEqual(
    malformed.records.map(({ what, step }) => [what, step]),
    [
      ['malformed', 0],
      ['record', 1],
    ],
  );
  const abort = new AbortController();
  abort.abort();
  assert.equal((await tryArtifact(unfused, [message('a')], { signal: abort.signal })).stopped, 'it was called off');
});
