/** The thread of one flow: compile, configure on `go`, then run, tick and sleep until told to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { BOARD, COMMAND, FLOW_STATE } from '#abi';
import type { Engine, FlowArtifact } from './engine.ts';
import { faultOf } from './fault.ts';
import { fusedEngine } from './fused-engine.ts';
import type { FromWorker, WorkerOptions } from './protocol.ts';
import { unfusedEngine } from './unfused/index.ts';

/** Messages handled between two looks at commands and the clock. */
const RUN_MAX = 4096;
const IDLE_WAIT_MS = 1_000;

const { artifact, options } = workerData as { artifact: FlowArtifact; options: WorkerOptions };
const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message);
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);
const word = (offset: number): number => offset / 4;

const load = loader(artifact);
let engine = offer();

port.on('message', (message: 'go') => {
  if (message === 'go') live();
});

function loader({ plan, code }: FlowArtifact): () => Engine {
  if (code.kind === 'unfused') {
    const modules = code.modules.map(bytes => new WebAssembly.Module(bytes as BufferSource));
    return () => unfusedEngine(plan, modules);
  }
  const module = new WebAssembly.Module(code.wasm as BufferSource);
  return () => fusedEngine(plan, module);
}

/** A fresh engine; its rings go to the host, which fills in what the last one had not read. */
function offer(): Engine {
  const fresh = load();
  send({ type: 'loaded', ingress: fresh.ingress, egress: fresh.egress, board: fresh.board });
  return fresh;
}

function live(): void {
  const words = new Int32Array(engine.board);
  try {
    words[word(BOARD.state)] = FLOW_STATE.running;
    const refused = engine.configure(BigInt(now_us()));
    if (refused > 0) {
      send({ type: 'refused', node: refused - 1 });
      return;
    }
    // The first call compiles the way into wasm: not at the first record's cost.
    engine.run(0);
    send({ type: 'ready' });
    loop(words);
    send({ type: 'stopped' });
    port.close();
  } catch (error) {
    words[word(BOARD.state)] = FLOW_STATE.faulted;
    send({ type: 'fault', fault: faultOf(engine.board, artifact.plan, error) });
    engine = offer();
  }
}

function loop(words: Int32Array): void {
  const { plan } = artifact;
  const tick_us = plan.tick_ms * 1_000;
  let nextTick = plan.clock === 'arrival' ? now_us() + tick_us : Number.POSITIVE_INFINITY;
  for (;;) {
    const wake = Atomics.load(words, word(BOARD.worker_wake));
    Atomics.store(words, word(BOARD.state), FLOW_STATE.running);
    const handled = engine.run(RUN_MAX);
    const full = words[word(BOARD.egress_full)] === 1;
    if (!full && now_us() >= nextTick) {
      engine.tick(BigInt(now_us()));
      nextTick = Math.max(nextTick + tick_us, now_us());
    }
    wakeHost(words);
    const command = Atomics.load(words, word(BOARD.command));
    if (command === COMMAND.stop) break;
    if (handled > 0) continue;
    if (command === COMMAND.drain && !full) break;
    sleep(words, wake, nextTick);
  }
  Atomics.store(words, word(BOARD.state), FLOW_STATE.drained);
  wakeHost(words);
}

function wakeHost(words: Int32Array): void {
  if (Atomics.load(words, word(BOARD.host_waiting)) === 0) return;
  Atomics.add(words, word(BOARD.host_wake), 1);
  Atomics.notify(words, word(BOARD.host_wake));
}

/** Spins for a moment, because a sleeping thread wakes late, then waits until woken or until the next tick. */
function sleep(words: Int32Array, wake: number, nextTick: number): void {
  const until = performance.now() + options.spin_us / 1_000;
  while (performance.now() < until) if (Atomics.load(words, word(BOARD.worker_wake)) !== wake) return;
  Atomics.store(words, word(BOARD.state), FLOW_STATE.idle);
  Atomics.store(words, word(BOARD.worker_waiting), 1);
  const timeout = Math.min(IDLE_WAIT_MS, Math.max(1, (nextTick - now_us()) / 1_000));
  Atomics.wait(words, word(BOARD.worker_wake), wake, timeout);
  Atomics.store(words, word(BOARD.worker_waiting), 0);
}
