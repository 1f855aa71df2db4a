/** What becomes of input when a flow takes nothing: back-pressure first, then what its policy says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { FRAMING } from '#abi';
import type { OverloadPolicy } from '#gateway';
import type { FlowRunner, RunnerState } from '#runtime';
import { Intake } from '../../src/gateway/intake.ts';
import { Spill } from '../../src/gateway/spill.ts';
import { frames } from '../support/generate.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-intake-'));
after(() => rmSync(root, { recursive: true, force: true }));
const STALL_MS = 1_000;
/** Room for so many spans in a ring that nobody reads from. */
const ROOM = 3;

class FakeRunner {
  state: RunnerState = 'running';
  readonly taken: string[] = [];
  room = ROOM;
  hasRoom(): boolean {
    return this.room > 0;
  }
  write(span: Uint8Array): boolean {
    if (this.room === 0) return false;
    this.room -= 1;
    this.taken.push(Buffer.from(span).subarray(8).toString().trimEnd());
    return true;
  }
}

interface Stand {
  readonly runner: FakeRunner;
  readonly intake: Intake;
  readonly spill: Spill | null;
  /** How often drivers that were held back were told to go on. */
  resumed: number;
  take(text: string, bytes?: number): boolean;
}

/** Time is the test's own. */
function stand(t: TestContext, policy: OverloadPolicy, stall_ms = STALL_MS, spill_bytes = 64 * 1024 * 1024): Stand {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const tick = t.mock.timers.tick.bind(t.mock.timers);
  t.mock.method(t.mock.timers, 'tick', (ms: number) => {
    now += ms;
    tick(ms);
  });
  const runner = new FakeRunner();
  const spill = policy === 'spill' ? new Spill(mkdtempSync(join(root, 'spill-')), spill_bytes) : null;
  const made: Stand = {
    runner,
    spill,
    resumed: 0,
    intake: new Intake({
      runner: runner as unknown as FlowRunner,
      journal: null,
      spill,
      policy,
      stall_ms,
      onResume() {
        made.resumed += 1;
      },
      onProblem: assert.fail,
    }),
    take: (text, bytes = 0) => made.intake.take(0, FRAMING.sp_tcp, frames([Buffer.from(text.padEnd(bytes))])),
  };
  t.after(() => made.intake.stop());
  return made;
}
const fill = (one: Stand): void => {
  for (let i = 1; i <= ROOM; i += 1) assert.ok(one.take(`${i}`));
};

test('drop: back-pressure first; after a while without a step, what comes is dropped and counted, until there is room', t => {
  const one = stand(t, 'drop');
  fill(one);
  assert.equal(one.take('4'), false);
  t.mock.timers.tick(STALL_MS / 2);
  assert.equal(one.take('4'), false);
  assert.equal(one.resumed, 0);
  t.mock.timers.tick(STALL_MS);
  assert.equal(one.resumed, 1);
  assert.ok(one.intake.stalled);
  assert.ok(one.take('4') && one.take('5'));
  assert.equal(one.intake.dropped, 2);
  one.runner.room = 1;
  assert.ok(one.take('6'));
  assert.ok(!one.intake.stalled);
  // It has moved: back-pressure again.
  assert.equal(one.take('7'), false);
  assert.deepEqual(one.runner.taken, ['1', '2', '3', '6']);
});

test('a slow flow is not a stalled one: as long as it takes something, its drivers wait', t => {
  const one = stand(t, 'drop');
  fill(one);
  for (let i = 4; i < 20; i += 1) {
    assert.equal(one.take(`${i}`), false);
    t.mock.timers.tick(STALL_MS - 100);
    one.runner.room = 1;
    assert.ok(one.take(`${i}`));
  }
  assert.equal(one.intake.dropped, 0);
});

test('spill: what a stalled flow does not take waits on disk, and comes out in order, before what is new', t => {
  const one = stand(t, 'spill');
  fill(one);
  assert.equal(one.take('4'), false);
  t.mock.timers.tick(STALL_MS + 1);
  assert.ok(one.take('4') && one.take('5') && one.take('6'));
  assert.ok(one.spill!.bytes > 0);
  one.runner.room = 2;
  one.intake.resume();
  assert.ok(one.take('7'));
  one.runner.room = 10;
  one.intake.resume();
  assert.ok(one.take('8'));
  assert.deepEqual(one.runner.taken, ['1', '2', '3', '4', '5', '6', '7', '8']);
  assert.equal(one.intake.dropped, 0);
});

test('spill: beyond its limit, what comes is dropped and counted; a flow that moves again holds its drivers first', t => {
  const one = stand(t, 'spill', STALL_MS, 5 * 1024 * 1024);
  one.runner.state = 'quarantined';
  const bytes = 512 * 1024;
  let spilled = 0;
  for (let i = 0; i < 40; i += 1) {
    const { dropped } = one.intake;
    assert.ok(one.take(`${i}`, bytes));
    if (one.intake.dropped === dropped) spilled += 1;
  }
  assert.ok(spilled >= 4 && spilled < 12, `${spilled} were spilled`);
  assert.equal(one.intake.dropped, 40 - spilled);
  one.runner.state = 'running';
  one.runner.room = 1;
  one.intake.resume();
  const { dropped } = one.intake;
  assert.equal(one.take('more', bytes), false);
  t.mock.timers.tick(STALL_MS + 1);
  assert.ok(one.take('more', bytes));
  assert.equal(one.intake.dropped, dropped + 1);
  one.runner.room = 100;
  one.intake.resume();
  assert.deepEqual(
    one.runner.taken,
    Array.from({ length: spilled }, (_, i) => `${i}`),
  );
});

test('hold: the drivers wait, however long', t => {
  const one = stand(t, 'hold');
  fill(one);
  assert.equal(one.take('4'), false);
  t.mock.timers.tick(STALL_MS * 100);
  assert.equal(one.take('4'), false);
  one.runner.state = 'paused';
  assert.equal(one.take('4'), false);
  assert.deepEqual([one.intake.dropped, one.resumed], [0, 0]);
});

test('a flow with an ingest of its own stalls only when it is told to', t => {
  const one = stand(t, 'drop', Number.POSITIVE_INFINITY);
  fill(one);
  assert.equal(one.take('4'), false);
  t.mock.timers.tick(STALL_MS * 100);
  assert.equal(one.take('4'), false);
  one.runner.state = 'paused';
  assert.ok(one.take('4'));
  assert.equal(one.intake.dropped, 1);
});
