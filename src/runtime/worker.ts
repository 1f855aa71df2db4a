/** The thread of one flow: compile, begin as told, then run, keep and sleep until told to stop, park, and begin again. */

import { parentPort, workerData } from 'node:worker_threads';
import { BOARD, COMMAND, EGRESS_KIND, ENTRY, FLOW_STATE } from '#abi';
import {
  type Capture,
  EgressReader,
  type Engine,
  type FlowArtifact,
  faultOf,
  fusedEngine,
  MemoryExceeded,
  restoreCheckpoint,
} from '#engine';
import { emissions, pathTo } from './fault-path.ts';
import { Keeper } from './keeper.ts';
import type { Kept } from './kept.ts';
import type { Beginning, FromWorker, SavedState, ToWorker, WorkerOptions } from './protocol.ts';
import { giveBack } from './reclaim.ts';
import { captureFault } from './recording.ts';
import { type Poison, poisonOf, replay } from './recovery.ts';
import { StateRefused, takeOver } from './take-over.ts';
import { unfusedEngine } from './unfused/index.ts';

/** Messages handled between two looks at commands and the clock. */
const RUN_MAX = 4096;
const IDLE_WAIT_MS = 1_000;
/** A flow that faults often does not spend its time on copies for recordings. */
const CAPTURE_INTERVAL_MS = 1_000;

const { artifact, options } = workerData as { artifact: FlowArtifact; options: WorkerOptions };
const { plan } = artifact;
const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message);
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);
const word = (offset: number): number => offset / 4;

const load = loader(artifact);
let engine = load();
let words = new Int32Array(engine.board);
let keeper: Keeper | null = null;
/** What faulted and is not undone yet. */
let poison: Poison | null = null;
/** Where it faulted, and what had been put out by then. */
let failed: { readonly node: number; readonly emitted: BigUint64Array } | null = null;
/** A save-state that failed has left what only a fresh engine mends. */
let torn = false;
let capturedAt = Number.NEGATIVE_INFINITY;

class FreshEngineNeeded extends Error {}

send({ type: 'compiled', board: engine.board });
if (!options.configure || guarded(configure)) {
  // What loading left: nothing is allocated from here on, so nothing else would ever collect it.
  globalThis.gc?.();
  offer();
}
port.on('message', (message: ToWorker) => {
  if (message.type === 'save') send({ type: 'saved', states: message.nodes.map(save) });
  else live(message.beginning);
});

/** A node that fails at it is put back to where it was: this version may have to go on. */
function save(node: number): SavedState {
  try {
    const bytes = engine.save(node);
    return bytes ? { bytes } : { reason: 'it has no save-state' };
  } catch (error) {
    const { call, reason, message } = faultOf(engine.board, plan, error);
    torn ||= !keeper!.restore();
    words[word(BOARD.current)] = 0;
    return { reason: `${call} failed: ${reason} (${message})` };
  }
}

function loader({ code }: FlowArtifact): () => Engine {
  if (code.kind === 'unfused') {
    const modules = code.modules.map(bytes => new WebAssembly.Module(bytes as BufferSource));
    return () => unfusedEngine(plan, modules);
  }
  const module = new WebAssembly.Module(code.wasm as BufferSource);
  return () => fusedEngine(plan, module);
}

/** @returns false when a node refuses its props. */
function configure(): boolean {
  words[word(BOARD.state)] = FLOW_STATE.running;
  const refused = engine.configure(BigInt(now_us()));
  if (refused > 0) send({ type: 'refused', node: refused - 1, text: refusal() });
  // The first call compiles the way into wasm: not at the first record's cost.
  else engine.run(0);
  words[word(BOARD.state)] = FLOW_STATE.ready;
  return refused === 0;
}

/** The engine's rings go to the host. */
function offer(): void {
  words = new Int32Array(engine.board);
  send({ type: 'loaded', ingress: engine.ingress, egress: engine.egress, board: engine.board });
}

/** What the node that refused said. */
function refusal(): string {
  let text = '';
  new EgressReader(engine.egress, engine.board, plan.egress_bytes).drain(record => {
    if (record.kind === EGRESS_KIND.configure_error) text = new TextDecoder().decode(record.body.slice());
    return true;
  });
  return text;
}

/** @returns what the work gave; false when it ended in a fault that nobody can skip, which was reported. */
function guarded(work: () => boolean): boolean {
  try {
    return work();
  } catch (error) {
    if (error instanceof FreshEngineNeeded) throw error;
    if (error instanceof StateRefused) {
      const text = `the state of the version before: ${error.message || 'it did not say why'}`;
      send({ type: 'refused', node: error.node, text });
    } else report(error, true, null);
    return false;
  }
}

function live(beginning: Beginning): void {
  words[word(BOARD.state)] = FLOW_STATE.running;
  try {
    const begun = guarded(() => {
      begin(beginning);
      send({ type: 'ready', at_us: now_us() });
      if (beginning.kind === 'restore' && beginning.block) waitForBlock();
      send({ type: 'parked', at_us: work() });
      return true;
    });
    if (!begun) words[word(BOARD.state)] = FLOW_STATE.faulted;
  } catch (error) {
    if (!(error instanceof FreshEngineNeeded)) throw error;
    engine = load();
    offer();
  }
}

function begin(beginning: Beginning): void {
  if (beginning.kind === 'go-on') {
    if (!torn) return;
    torn = false;
    // Back to the checkpoint, and nothing to skip.
    poison = { entry: ENTRY.none, number: 0n, steps: 0n };
    throw new FreshEngineNeeded();
  }
  if (beginning.kind === 'recover') {
    keeper = keep(beginning.kept);
    if (!poison) failed = whereFailed();
    poison ??= poisonOf(engine.board);
    recover();
    return;
  }
  if (beginning.kind === 'restore') {
    if (!restoreCheckpoint(engine, plan, beginning.checkpoint)) throw new Error('the snapshot is not of this flow');
    giveBack(beginning.checkpoint);
    rebase(beginning.block);
    engine.resume();
  } else if (beginning.kind === 'take-over') takeOver(engine, plan, beginning.from, refusal);
  keeper = keep(null);
  keeper.take();
}

/** Fresh rings go on at the position that the cursor has. */
function rebase(block: boolean): void {
  if (!block) {
    for (const name of ['block_open', 'trace_left', 'cursor', 'cursor_end', 'batch_cursor', 'batch_end'] as const)
      words[word(BOARD[name])] = 0;
  }
  words[word(BOARD.ingress_tail)] = words[word(BOARD.ingress_read)]!;
  Atomics.store(words, word(BOARD.ingress_head), words[word(BOARD.ingress_read)]!);
}

/** The cursor stands within a block that the host is about to write again. */
function waitForBlock(): void {
  if (words[word(BOARD.block_open)] === 0) return;
  words[word(BOARD.state)] = FLOW_STATE.idle;
  while (Atomics.load(words, word(BOARD.ingress_head)) === words[word(BOARD.ingress_read)])
    Atomics.wait(words, word(BOARD.worker_wake), Atomics.load(words, word(BOARD.worker_wake)), 1);
}

function keep(kept: Kept | null): Keeper {
  const made = new Keeper(engine, plan, kept, moved => send({ type: 'kept', kept: moved }));
  send({ type: 'kept', kept: made.kept });
  return made;
}

/** Puts the state before the fault back and skips what faulted. */
function recover(): void {
  if (!keeper!.restore()) throw new FreshEngineNeeded();
  if (poison!.entry !== ENTRY.none) replay(engine, poison!, waitForRoom);
  poison = null;
  keeper!.take();
  const path = failed ? pathTo(plan, failed.node, emissions(engine.board, plan), failed.emitted) : [];
  failed = null;
  words[word(BOARD.current)] = 0;
  send({ type: 'recovered', path });
}

/** @returns when it ended its last run, µs since the epoch. */
function work(): number {
  for (;;) {
    try {
      if (poison) recover();
      words[word(BOARD.state)] = FLOW_STATE.running;
      return loop(keeper!);
    } catch (error) {
      if (error instanceof FreshEngineNeeded) throw error;
      if (error instanceof MemoryExceeded) throw error;
      // In the middle of undoing one fault: there is nothing to go back to but the same again.
      if (poison) throw error;
      poison = poisonOf(engine.board);
      failed = whereFailed();
      report(error, poison.entry === ENTRY.none, capture());
    }
  }
}

function whereFailed(): typeof failed {
  const current = words[word(BOARD.current)]!;
  return current === 0 ? null : { node: current >>> 16, emitted: emissions(engine.board, plan) };
}

function capture(): Capture | null {
  if (performance.now() - capturedAt < CAPTURE_INTERVAL_MS) return null;
  capturedAt = performance.now();
  return captureFault(engine, keeper!.kept);
}

function report(error: unknown, hopeless: boolean, captured: Capture | null): void {
  words[word(BOARD.state)] = FLOW_STATE.faulted;
  send({ type: 'fault', fault: faultOf(engine.board, plan, error), hopeless, capture: captured });
}

function loop(kept: Keeper): number {
  for (;;) {
    const wake = Atomics.load(words, word(BOARD.worker_wake));
    const command = Atomics.load(words, word(BOARD.command));
    if (command === COMMAND.stop) break;
    Atomics.store(words, word(BOARD.state), FLOW_STATE.running);
    const handled = engine.run(RUN_MAX);
    const due_ms = kept.keep();
    wakeHost();
    if (handled > 0) continue;
    if (command === COMMAND.drain && words[word(BOARD.egress_full)] === 0) break;
    sleep(wake, due_ms);
  }
  const ended = now_us();
  kept.take();
  Atomics.store(words, word(BOARD.state), FLOW_STATE.drained);
  wakeHost(true);
  return ended;
}

/** Egress head and ingress tail when the host was last woken. */
let seen = { egress: 0, tail: 0 };

/** Only when there is something new for it: it runs on the core that its own driver or another flow needs. */
function wakeHost(always = false): void {
  const egress = words[word(BOARD.egress_head)]!;
  const tail = words[word(BOARD.ingress_tail)]!;
  const starved = Atomics.load(words, word(BOARD.host_starved)) === 1;
  if (!always && egress === seen.egress && !(starved && tail !== seen.tail)) return;
  if (Atomics.load(words, word(BOARD.host_waiting)) === 0) return;
  seen = { egress, tail };
  Atomics.add(words, word(BOARD.host_wake), 1);
  Atomics.notify(words, word(BOARD.host_wake));
}

function waitForRoom(): void {
  const wake = Atomics.load(words, word(BOARD.worker_wake));
  wakeHost(true);
  Atomics.wait(words, word(BOARD.worker_wake), wake, 10);
}

/** Spins for a moment, because a sleeping thread wakes late, then waits until woken or until something is due. */
function sleep(wake: number, due_ms: number): void {
  const until = performance.now() + options.spin_us / 1_000;
  while (performance.now() < until) if (Atomics.load(words, word(BOARD.worker_wake)) !== wake) return;
  Atomics.store(words, word(BOARD.state), FLOW_STATE.idle);
  Atomics.store(words, word(BOARD.worker_waiting), 1);
  Atomics.wait(words, word(BOARD.worker_wake), wake, Math.min(IDLE_WAIT_MS, Math.max(1, due_ms)));
  Atomics.store(words, word(BOARD.worker_waiting), 0);
}
