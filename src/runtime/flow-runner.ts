import { Worker } from 'node:worker_threads';
import { BOARD, BOARD_U64, COMMAND, EGRESS_KIND, FLOW_STATE } from '#abi';
import { GatewayError } from '#diagnostic';
import { carryOver } from './carry-over.ts';
import type { FlowArtifact } from './engine.ts';
import type { FaultRecord } from './fault.ts';
import { faultOf } from './fault.ts';
import type { Kept } from './keeper.ts';
import type { FromWorker, Legacy, SharedBuffers } from './protocol.ts';
import { EgressReader, type EgressRecord, IngressWriter, wakeWorker } from './rings.ts';
import { type FlowStats, readStats } from './stats.ts';

export interface RunnerOptions {
  readonly spin_us?: number;
  /** Without progress for this long the worker is ended. */
  readonly watchdog_ms?: number;
  /** Faults in a row without a record handled between them, after which the flow stays down. */
  readonly faults_max?: number;
}

export interface RunnerEvents {
  /** One egress record; false: keep it and call `pump` when there is room again. */
  readonly onEgress: (record: EgressRecord) => boolean;
  readonly onFault?: (fault: FaultRecord) => void;
  /** The state before the fault is back, and the flow goes on behind the record that faulted. */
  readonly onRecovered?: () => void;
  /** The ring has room again after `write` returned false. */
  readonly onRoom?: () => void;
  /** The flow is down for good. */
  readonly onDown?: (error: GatewayError) => void;
}

const DEFAULTS = { spin_us: 20, watchdog_ms: 2_000, faults_max: 100 };
const OLD_GENERATION_MB = 16;
const word = (offset: number): number => offset / 4;

/** One flow in a worker of its own: feeds it, drains it, watches it, brings it back after a fault. */
export class FlowRunner {
  readonly artifact: FlowArtifact;
  readonly #options: Required<RunnerOptions>;
  readonly #events: RunnerEvents;
  #worker: Worker | null = null;
  #buffers: SharedBuffers | null = null;
  #words: Int32Array = new Int32Array(1);
  #writer: IngressWriter | null = null;
  #reader: EgressReader | null = null;
  #live = false;
  #starved = false;
  #faultsInRow = 0;
  #lastFaulted = -2n;
  #kept: Kept | null = null;
  #faults = 0;
  #restarts = 0;
  #watch: NodeJS.Timeout | null = null;
  #progress = { value: -1n, since: 0 };
  #settled = Promise.withResolvers<void>();
  #stopped = Promise.withResolvers<void>();
  #refusal = '';

  constructor(artifact: FlowArtifact, events: RunnerEvents, options: RunnerOptions = {}) {
    this.artifact = artifact;
    this.#events = events;
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Compiles and configures. @throws GatewayError configure-failed, flow-faulted */
  async start(): Promise<void> {
    this.#settled = Promise.withResolvers<void>();
    this.#spawn();
    this.#watch = setInterval(() => this.#watchdog(), Math.max(10, this.#options.watchdog_ms / 8));
    await this.#settled.promise;
  }

  /** Copies a span of whole frames into the ring. @returns false when it is full or the flow is being brought back. */
  write(span: Uint8Array, framing: number, driver: number, now_us: number): boolean {
    const written = this.#live && this.#writer!.write(span, framing, driver, now_us);
    if (written === this.#starved) this.#starve(!written);
    return written;
  }

  /** Says on the board whether room in the ring is worth a wake-up. */
  #starve(starved: boolean): void {
    this.#starved = starved;
    Atomics.store(this.#words, word(BOARD.host_starved), starved ? 1 : 0);
  }

  /** Takes what egress holds. Called by itself when there is something new. */
  pump(): void {
    this.#reader?.drain(this.#events.onEgress);
  }

  stats(): FlowStats {
    const stats = this.#buffers ? readStats(this.#buffers.board, this.artifact.plan) : null;
    return {
      ...(stats ?? readStats(new SharedArrayBuffer(65_536), this.artifact.plan)),
      faults: this.#faults,
      restarts: this.#restarts,
    };
  }

  /** Handles what is in the ring, then ends. Nothing may be written any more. */
  async drain(): Promise<void> {
    await this.#end(COMMAND.drain);
  }

  /** Ends after the records in hand. */
  async stop(): Promise<void> {
    await this.#end(COMMAND.stop);
  }

  async #end(command: number): Promise<void> {
    if (!this.#worker) return;
    Atomics.store(this.#words, word(BOARD.command), command);
    wakeWorker(this.#words);
    await this.#stopped.promise;
    this.#finish();
    this.pump();
  }

  #finish(): void {
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
    this.#live = false;
    void this.#worker?.terminate();
    this.#worker = null;
    this.#release();
  }

  #spawn(): void {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      workerData: {
        artifact: this.artifact,
        options: { spin_us: this.#options.spin_us },
        legacy: this.#kept && ({ kept: this.#kept } satisfies Legacy),
      },
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MB },
    });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      if (worker === this.#worker) this.#hear(message);
    });
    worker.on('error', (error: Error) => {
      if (worker === this.#worker)
        this.#down(new GatewayError('flow-faulted', this.artifact.plan.name, error.message, error));
    });
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'loaded':
        return this.#adopt(message);
      case 'ready':
        this.#live = true;
        this.#settled.resolve();
        if (this.#starved) this.#events.onRoom?.();
        return;
      case 'refused': {
        this.#reader?.drain(record => this.#readRefusal(record));
        const node = this.artifact.plan.nodes[message.node]!.id;
        return this.#down(new GatewayError('configure-failed', node, this.#refusal));
      }
      case 'kept':
        this.#kept = message.kept;
        return;
      case 'fault':
        return this.#fault(message.fault, message.hopeless);
      case 'recovered':
        this.#events.onRecovered?.();
        return;
      case 'stopped':
        this.pump();
        this.#stopped.resolve();
    }
  }

  #readRefusal(record: EgressRecord): boolean {
    if (record.kind !== EGRESS_KIND.configure_error) return this.#events.onEgress(record);
    this.#refusal = new TextDecoder().decode(record.body.slice());
    return true;
  }

  /** Takes over a fresh engine's rings, with what the last one left in its own. Nobody else writes while this runs. */
  #adopt(buffers: SharedBuffers): void {
    const old = this.#buffers;
    this.#release();
    if (old) carryOver(old, buffers);
    this.#buffers = buffers;
    this.#words = new Int32Array(buffers.board);
    this.#writer = new IngressWriter(buffers.ingress, buffers.board, this.artifact.plan.ingress_bytes);
    this.#reader = new EgressReader(buffers.egress, buffers.board, this.artifact.plan.egress_bytes);
    this.#listen(this.#words);
    this.#worker?.postMessage('go');
  }

  /** Sleeps on `host_wake` without a thread; one promise per wake-up, not per message. */
  #listen(words: Int32Array): void {
    if (words !== this.#words || !this.#worker) return;
    Atomics.store(words, word(BOARD.host_waiting), 0);
    const seen = Atomics.load(words, word(BOARD.host_wake));
    this.pump();
    if (this.#starved && this.#live) this.#events.onRoom?.();
    Atomics.store(words, word(BOARD.host_waiting), 1);
    // What was published between the drain and the flag would wake nobody.
    this.pump();
    const wait = Atomics.waitAsync(words, word(BOARD.host_wake), seen);
    if (wait.async) void wait.value.then(() => this.#listen(words));
    else setImmediate(() => this.#listen(words));
  }

  /** Lets the promise that waits on the current board go. */
  #release(): void {
    const words = this.#words;
    this.#words = new Int32Array(1);
    if (words.length <= 1) return;
    Atomics.add(words, word(BOARD.host_wake), 1);
    Atomics.notify(words, word(BOARD.host_wake));
  }

  #fault(fault: FaultRecord, hopeless: boolean): void {
    this.#faults += 1;
    const record = BigInt(fault.record);
    this.#faultsInRow = record > this.#lastFaulted + 1n ? 1 : this.#faultsInRow + 1;
    this.#lastFaulted = record;
    this.#events.onFault?.(fault);
    if (!hopeless && this.#faultsInRow <= this.#options.faults_max) return;
    const text = `node "${fault.node}" in ${fault.call}: ${fault.reason}`;
    this.#down(new GatewayError('flow-faulted', this.artifact.plan.name, text));
  }

  #watchdog(): void {
    if (!this.#buffers || !this.#worker) return;
    const longs = new BigUint64Array(this.#buffers.board);
    const value = longs[BOARD_U64.records / 8]! + longs[BOARD_U64.malformed / 8]! + longs[BOARD_U64.ticks / 8]!;
    const running = Atomics.load(new Int32Array(this.#buffers.board), word(BOARD.state)) === FLOW_STATE.running;
    if (!running || value !== this.#progress.value) {
      this.#progress = { value, since: performance.now() };
      return;
    }
    if (performance.now() - this.#progress.since < this.#options.watchdog_ms) return;
    this.#progress = { value, since: performance.now() };
    const fault = faultOf(
      this.#buffers.board,
      this.artifact.plan,
      new Error(`no progress for ${this.#options.watchdog_ms} ms`),
    );
    // The next worker compiles first: the old board must not look as if a record had been running all that time.
    Atomics.store(new Int32Array(this.#buffers.board), word(BOARD.state), FLOW_STATE.faulted);
    this.#live = false;
    this.#restarts += 1;
    void this.#worker.terminate();
    this.#worker = null;
    // Before the first checkpoint there is nothing to go back to.
    this.#fault({ ...fault, reason: 'stuck' }, this.#kept === null);
    if (this.#watch) this.#spawn();
  }

  #down(error: GatewayError): void {
    this.#finish();
    this.#settled.reject(error);
    this.#stopped.resolve();
    this.#events.onDown?.(error);
  }
}
