import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { RING_LIMITS } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { describeFault, type FaultRecord, type FlowArtifact } from '#engine';
import { fusedFlow, GatewayFlow, type LoadedFlow, loadFlow } from '#gateway';
import type { Attack } from './attacks.ts';
import { byDeadLetter, byError, byFault, type Containment, Watch } from './containment.ts';
import { DriverProcess } from './driver-process.ts';
import { hostileFlow } from './flows.ts';
import type { GatewaySetup } from './protocol.ts';
import type { StateAnswer, StateJob } from './state-thread.ts';

const LOOK_MS = 2;
/** A flow that does nothing but fail shall be over soon. */
const FAULTS_MAX = 10;
/** What a hostile flow has left in its ring is nobody's loss. */
const HANDLE_REST_MS = 100;
/** A gateway that cannot end a flow within this time is replaced. */
const STOP_MS = 2_000;
/** A flow that has done its work for so long will not be stopped by anything; longer than the watchdog waits. */
const HARMLESS_MS = 5_000;
/** Share of the ingress ring that is taken when a flow is behind: its sockets are paused, or are about to be. */
const FULL = 0.75;

/** One hostile flow: brought up, fed and ended beside others, and watched for what stops it. */
export class HostileFlow {
  readonly #attack: Attack;
  readonly #setup: GatewaySetup;
  readonly #watch = new Watch();
  #flow: GatewayFlow | null = null;
  #driver: DriverProcess | null = null;
  /** When its ring was first seen full. */
  #fullAt: number | null = null;

  constructor(attack: Attack, setup: GatewaySetup) {
    this.#attack = attack;
    this.#setup = setup;
  }

  /** Returns when the attack is contained or given up, but not before it has lasted as long as a phase. */
  async strike(): Promise<Containment | null> {
    const least = wait(this.#setup.phase_ms);
    await Promise.race([this.#strike(), wait(this.#setup.patience_ms, null, { ref: false })]);
    await least;
    return this.#watch.found;
  }

  /** @returns false when it could not be ended. */
  async stop(): Promise<boolean> {
    this.#driver?.kill();
    if (!this.#flow) return true;
    const ended = this.#flow.stop().then(() => true);
    return Promise.race([ended, wait(STOP_MS, false, { ref: false })]);
  }

  async #strike(): Promise<void> {
    const { directory, built_ins, nodes, cache } = this.#setup;
    const { name, node, state } = this.#attack;
    const file = join(directory, `${name}.json`);
    writeFileSync(file, JSON.stringify(hostileFlow(this.#attack)));
    this.#watch.begin();
    const loaded = await loadFlow(file, built_ins, [join(nodes, `${node}.wasm`)]);
    if (loaded.document === undefined) return this.#refused(loaded.diagnostics);
    this.#watch.begin();
    try {
      const fused = await fusedFlow(loaded, { clock: 'arrival', cache });
      if ('diagnostics' in fused) return this.#refused(fused.diagnostics);
      this.#watch.begin();
      if (state) return await this.#callState(fused.artifact, state);
      this.#flow = this.#gatewayFlow(loaded, fused.artifact);
      await this.#flow.start();
    } catch (error) {
      return this.#failed(error);
    }
    await this.#feed(this.#flow);
  }

  #gatewayFlow(loaded: LoadedFlow, artifact: FlowArtifact): GatewayFlow {
    const { directory, compile_ms_max } = this.#setup;
    const bounds = { compile_ms_max, stop_ms: HANDLE_REST_MS, faults_max: FAULTS_MAX };
    const options = { listen: ['tcp://127.0.0.1:0'], directory, ...bounds };
    return new GatewayFlow(loaded, artifact, options, {
      onLog: () => undefined,
      onFault: fault => this.#faulted(fault),
      onDown: error => this.#failed(error),
    });
  }

  #faulted(fault: FaultRecord): void {
    this.#watch.note(byFault(fault), describeFault(fault));
  }

  #failed(error: unknown): void {
    this.#watch.note(byError(error), (error as Error).message);
  }

  /** The module was refused before it ran. */
  #refused(diagnostics: readonly Diagnostic[]): void {
    const found = diagnostics.find(one => one.severity === 'error')!;
    this.#watch.note(found.code, found.message);
  }

  /** For a phase at least, and until something has stopped it, or nothing will. */
  async #feed(flow: GatewayFlow): Promise<void> {
    const { launcher, rate, seed, phase_ms } = this.#setup;
    this.#driver = new DriverProcess(launcher, flow.addresses[0]!, this.#attack.full_speed ? 0 : rate, seed + 2);
    while (flow.ingest.connections === 0) {
      this.#watch.begin();
      await wait(LOOK_MS);
    }
    const fed = performance.now() + phase_ms;
    while (performance.now() < fed + HARMLESS_MS) {
      await wait(LOOK_MS);
      if (flow.lastDeadLetter !== '') this.#watch.note(byDeadLetter(flow.lastDeadLetter), flow.lastDeadLetter);
      this.#look(flow);
      const over = performance.now() >= fed;
      // Being behind is what contains it only if nothing else does.
      if (over && this.#fullAt !== null)
        this.#watch.note('back-pressure', 'its ring is full, its sockets are paused', this.#fullAt);
      if (over && this.#watch.found) return;
    }
  }

  #look(flow: GatewayFlow): void {
    if (this.#fullAt === null && flow.stats().ingress_fill > FULL * RING_LIMITS.ingress_bytes)
      this.#fullAt = performance.now();
  }

  /** The functions of state, in a thread of their own, as an engine calls them. */
  async #callState(artifact: FlowArtifact, call: 'save' | 'load'): Promise<void> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const node = artifact.plan.nodes.findIndex(one => one.id === 'hostile');
    const worker = new Worker(new URL(`./state-thread.${extension}`, import.meta.url), {
      workerData: { artifact, node, call } satisfies StateJob,
    });
    const answer = await new Promise<StateAnswer>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
    });
    if (answer.fault) this.#faulted(answer.fault);
  }
}
