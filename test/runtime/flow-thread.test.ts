/** Threads that take over from one another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { COMMAND } from '#abi';
import { FlowThread, type ThreadEvents } from '../../src/runtime/flow-thread.ts';
import { counter, lineArtifact } from '../support/line.ts';

const EVENTS: ThreadEvents = {
  onWake: () => undefined,
  onFault: fault => assert.fail(fault.message),
  onRecovered: () => undefined,
  onLost: error => assert.fail(error),
};

test('a thread that took over lets go of the one before, which shares tens of megabytes', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const artifact = await lineArtifact(counter());
  const spawn = async (before: FlowThread | null): Promise<FlowThread> => {
    const thread = new FlowThread(artifact, { spin_us: 0, configure: before === null }, EVENTS, before);
    await thread.loaded(20_000, 20_000);
    if (before === null) {
      await thread.go({ kind: 'afresh' });
      await thread.park(COMMAND.stop);
    }
    return thread;
  };
  const first = async (): Promise<{ next: FlowThread; board: WeakRef<SharedArrayBuffer> }> => {
    const old = await spawn(null);
    const board = new WeakRef(old.buffers!.board);
    old.end();
    return { next: await spawn(old), board };
  };
  const { next, board } = await first();
  while (board.deref()) {
    await new Promise(resolve => setTimeout(resolve, 10));
    collect();
  }
  next.end();
});

test('a thread that was ready in time is not called late, however long this process stood still', async () => {
  const thread = new FlowThread(await lineArtifact(counter()), { spin_us: 0, configure: true }, EVENTS);
  const loaded = thread.loaded(1_000, 1_000);
  // What comes behind this is timers, and then messages.
  await new Promise(resolve => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
  await loaded;
  thread.end();
});
