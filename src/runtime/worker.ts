/** The thread of one flow: compile, configure on `go`, then run, tick, keep and sleep until told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { BOARD, COMMAND, ENTRY, FLOW_STATE } from '#abi';
import type { Engine, FlowArtifact } from './engine.ts';
import { faultOf } from './fault.ts';
import { fusedEngine } from './fused-engine.ts';
import { Keeper } from './keeper.ts';
import type { FromWorker, Legacy, WorkerOptions } from './protocol.ts';
import { type Poison, poisonOf, replay } from './recovery.ts';
import { unfusedEngine } from './unfused/index.ts';

/** Messages handled between two looks at commands and the clock. */
const RUN_MAX = 4096;
const IDLE_WAIT_MS = 1_000;

const { artifact, options, legacy } = workerData as {
  artifact: FlowArtifact;
  options: WorkerOptions;
  legacy: Legacy | null;
};
const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message);
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);
const word = (offset: number): number => offset / 4;

const load = loader(artifact);
let engine = load();
let words = new Int32Array(engine.board);
let keeper: Keeper | null = null;
offer();

port.on('message', () => live());

function loader({ plan, code }: FlowArtifact): () => Engine {
  if (code.kind === 'unfused') {
    const modules = code.modules.map(bytes => new WebAssembly.Module(bytes as BufferSource));
    return () => unfusedEngine(plan, modules);
  }
  const module = new WebAssembly.Module(code.wasm as BufferSource);
  return () => fusedEngine(plan, module);
}

/** The engine's rings go to the host, which fills them with what the old ones had not given out. */
function offer(): void {
  words = new Int32Array(engine.board);
  send({ type: 'loaded', ingress: engine.ingress, egress: engine.egress, board: engine.board });
}

const keep = (kept: Keeper['kept'] | null): Keeper => {
  const made = new Keeper(engine, artifact.plan, kept, moved => send({ type: 'kept', kept: moved }));
  send({ type: 'kept', kept: made.kept });
  return made;
};

/** Begins, or goes on after the host has taken over fresh rings. */
function live(): void {
  try {
    words[word(BOARD.state)] = FLOW_STATE.running;
    const kept = keeper?.kept ?? legacy?.kept;
    if (kept) {
      keeper = keep(kept);
      recover();
    } else if (!begin()) return;
    send({ type: 'ready' });
    work(keeper!);
    send({ type: 'stopped' });
    port.close();
  } catch (error) {
    if (error instanceof FreshEngineNeeded) {
      engine = load();
      offer();
      return;
    }
    fault(error, true);
  }
}

/** @returns false when a node refuses its props. */
function begin(): boolean {
  const refused = engine.configure(BigInt(now_us()));
  if (refused > 0) {
    send({ type: 'refused', node: refused - 1 });
    return false;
  }
  // The first call compiles the way into wasm: not at the first record's cost.
  engine.run(0);
  keeper = keep(null);
  keeper.take();
  return true;
}

class FreshEngineNeeded extends Error {}
let poison: Poison | null = null;

/** Puts the state before the fault back and skips what faulted. The host may have replaced this thread since. */
function recover(): void {
  poison ??= poisonOf(engine.board);
  if (keeper!.checkpoint === null) throw new Error('the flow ended before its first checkpoint');
  if (!keeper!.restore()) throw new FreshEngineNeeded();
  if (poison.entry !== ENTRY.none) replay(engine, keeper!.ticks, poison, waitForRoom);
  poison = null;
  keeper!.take();
  send({ type: 'recovered' });
}

function work(kept: Keeper): void {
  for (;;) {
    try {
      loop(kept);
      return;
    } catch (error) {
      poison = poisonOf(engine.board);
      fault(error, false);
      recover();
      words[word(BOARD.state)] = FLOW_STATE.running;
    }
  }
}

function fault(error: unknown, hopeless: boolean): void {
  words[word(BOARD.state)] = FLOW_STATE.faulted;
  send({ type: 'fault', fault: faultOf(engine.board, artifact.plan, error), hopeless });
}

function loop(kept: Keeper): void {
  const { plan } = artifact;
  const tick_us = plan.tick_ms * 1_000;
  let nextTick = plan.clock === 'arrival' ? now_us() + tick_us : Number.POSITIVE_INFINITY;
  for (;;) {
    const wake = Atomics.load(words, word(BOARD.worker_wake));
    Atomics.store(words, word(BOARD.state), FLOW_STATE.running);
    const handled = engine.run(RUN_MAX);
    const full = words[word(BOARD.egress_full)] === 1;
    if (!full && now_us() >= nextTick) {
      const now = BigInt(now_us());
      kept.noteTick(now);
      engine.tick(now);
      nextTick = Math.max(nextTick + tick_us, now_us());
    }
    const due_ms = kept.keep();
    wakeHost();
    const command = Atomics.load(words, word(BOARD.command));
    if (command === COMMAND.stop) break;
    if (handled > 0) continue;
    if (command === COMMAND.drain && !full) break;
    sleep(wake, Math.min(due_ms, (nextTick - now_us()) / 1_000));
  }
  kept.take();
  Atomics.store(words, word(BOARD.state), FLOW_STATE.drained);
  wakeHost(true);
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
