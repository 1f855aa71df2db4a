import { Worker } from 'node:worker_threads';
import { BOARD, BOARD_U64, COMMAND, FLOW_STATE, NODE_LIMITS, WASM_PAGE_BYTES } from '#abi';
import { GatewayError } from '#diagnostic';
import {
  type Capture,
  EgressReader,
  type FaultRecord,
  type FlowArtifact,
  faultOf,
  IngressWriter,
  wakeWorker,
} from '#engine';
import { carryOver } from './carry-over.ts';
import type { Kept, SharedBuffers } from './kept.ts';
import { Patience } from './patience.ts';
import type { Beginning, FromWorker, SavedState, ToWorker } from './protocol.ts';
import { reclaimSoon } from './reclaim.ts';
import { type BoardStats, readStats } from './stats.ts';

export interface ThreadEvents {
  /** There may be something new in egress, or room in ingress. */
  readonly onWake: () => void;
  readonly onFault: (fault: FaultRecord, hopeless: boolean, capture: Capture | null) => void;
  readonly onRecovered: (path: readonly string[]) => void;
  /** The thread itself ended, which no record can make it do. */
  readonly onLost: (error: Error) => void;
}

/** Heap of a worker: itself, and the tables of each node at their limit. */
const OLD_GENERATION_MB = 16;
const TABLES_MB = (NODE_LIMITS.table_elements * 8) / 1024 ** 2;
const word = (offset: number): number => offset / 4;

/** The host's hand on one worker and the memories it shares: one version of a flow, running, parked or ended. */
export class FlowThread {
  readonly artifact: FlowArtifact;
  kept: Kept | null = null;
  reader: EgressReader | null = null;
  #buffers: SharedBuffers | null = null;
  #words: Int32Array = new Int32Array(1);
  #writer: IngressWriter | null = null;
  #live = false;
  #ended = false;
  /** Before the flow is loaded, to see what a node hangs in. */
  #board: SharedArrayBuffer | null = null;
  #onCompiled = (): void => undefined;
  readonly #events: ThreadEvents;
  readonly #worker: Worker;
  /** Who waits for the worker's next answer. */
  #answer: PromiseWithResolvers<FromWorker> | null = null;
  #parked: PromiseWithResolvers<number> | null = null;
  /** Until its rings were taken over: it would hold its own predecessor, and so on, megabytes each. */
  #predecessor: FlowThread | null;

  /** @param predecessor a thread of the same artifact that was ended: its rings and checkpoints go on in this one. */
  constructor(
    artifact: FlowArtifact,
    options: { spin_us: number; configure: boolean },
    events: ThreadEvents,
    predecessor: FlowThread | null = null,
  ) {
    this.artifact = artifact;
    this.#events = events;
    this.#predecessor = predecessor;
    this.kept = predecessor?.kept ?? null;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      workerData: { artifact, options },
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil(OLD_GENERATION_MB + artifact.plan.nodes.length * TABLES_MB),
      },
    });
    this.#worker.on('message', (message: FromWorker) => {
      if (!this.#ended) this.#hear(message);
    });
    this.#worker.on('error', (error: Error) => {
      if (this.#ended) return;
      this.#answer?.reject(error);
      this.#parked?.reject(error);
      this.#events.onLost(error);
    });
  }

  /** Runs, and takes records in. */
  get live(): boolean {
    return this.#live;
  }
  /** Records handled; each 64-bit counter is read whole. */
  get records(): number {
    return this.#buffers ? Number(new BigUint64Array(this.#buffers.board)[BOARD_U64.records / 8]) : 0;
  }
  /** null before it was loaded. */
  get buffers(): SharedBuffers | null {
    return this.#buffers;
  }

  /** What the board counts, and the bytes of the nodes' memories. */
  stats(): BoardStats & { readonly memory_bytes: number } {
    const board = readStats(this.#buffers?.board ?? new SharedArrayBuffer(WASM_PAGE_BYTES), this.artifact.plan);
    return { ...board, memory_bytes: this.kept?.slots[0].byteLength ?? 0 };
  }

  /** Waits until the flow is compiled, and configured if it begins afresh. @throws GatewayError configure-failed, flow-faulted */
  async loaded(compile_ms_max: number, configure_ms_max: number): Promise<void> {
    if (this.#buffers) return;
    const patience = (what: string, ms: number): Patience =>
      new Patience(ms, () => this.#overdue(`${what} for more than ${ms} ms`));
    let waiting = patience('compiling', compile_ms_max);
    this.#onCompiled = () => {
      waiting.end();
      waiting = patience('configuring', configure_ms_max);
    };
    try {
      await this.#next('loaded');
    } finally {
      waiting.end();
    }
  }

  #overdue(message: string): void {
    const board = this.#board;
    const fault = board && { ...faultOf(board, this.artifact.plan, new Error(message)), reason: 'stuck' as const };
    if (fault) this.#events.onFault(fault, true, null);
    const where = fault?.node ? `node "${fault.node}" in ${fault.call}: ` : '';
    this.#refuse(new GatewayError('flow-faulted', this.artifact.plan.name, `${where}${message}`));
    this.end();
  }

  /**
   * Lets it run. @param sequence number of its first egress record. @param halted it begins, and runs no record: `park` it
   * next. @returns when it began, µs. @throws GatewayError
   */
  async go(beginning: Beginning, sequence = this.reader?.sequence ?? 0, halted = false): Promise<number> {
    if (!this.#buffers) throw new Error('a thread is loaded before it goes');
    Atomics.store(this.#words, word(BOARD.command), halted ? COMMAND.stop : COMMAND.run);
    if (halted) this.#parked ??= Promise.withResolvers();
    this.reader ??= this.#newReader(sequence);
    this.#post({ type: 'go', beginning });
    const ready = await this.#next('ready');
    this.#live = !halted;
    return ready.at_us;
  }

  /** Says on the board whether room in the ring is worth a wake-up. */
  starve(starved: boolean): void {
    if (!this.#ended && this.#buffers) Atomics.store(this.#words, word(BOARD.host_starved), starved ? 1 : 0);
  }

  hasRoom(length: number): boolean {
    return this.#live && this.#writer!.hasRoom(length);
  }

  write(span: Uint8Array, framing: number, driver: number, now_us: number, trace: number): boolean {
    return this.#live && this.#writer!.write(span, framing, driver, now_us, trace);
  }

  /** Ends after the records in hand (stop), or after all in the ring (drain). @returns when it ended its last run, µs. */
  async park(command: typeof COMMAND.stop | typeof COMMAND.drain): Promise<number> {
    this.#live = false;
    if (this.#ended) return 0;
    this.#parked ??= Promise.withResolvers();
    Atomics.store(this.#words, word(BOARD.command), command);
    wakeWorker(this.#words);
    const at = await this.#parked.promise;
    this.#parked = null;
    return at;
  }

  /** What the nodes say of their state; parked only. */
  async save(nodes: readonly number[]): Promise<readonly SavedState[]> {
    this.#post({ type: 'save', nodes });
    return (await this.#next('saved')).states;
  }

  /** Ends the worker at once. What it shares stays. */
  end(): void {
    if (this.#ended) return;
    this.#live = false;
    this.#ended = true;
    void this.#worker.terminate();
    reclaimSoon();
    this.#parked?.resolve(0);
    this.#parked = null;
    this.#answer?.reject(new GatewayError('flow-faulted', this.artifact.plan.name, 'its worker was ended'));
    this.#answer = null;
    if (this.#buffers) Atomics.store(this.#words, word(BOARD.state), FLOW_STATE.stopped);
    this.#release();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  async #next<T extends FromWorker['type']>(type: T): Promise<Extract<FromWorker, { type: T }>> {
    this.#answer = Promise.withResolvers();
    const message = await this.#answer.promise;
    if (message.type !== type) throw new Error(`the worker said ${message.type} instead of ${type}`);
    return message as Extract<FromWorker, { type: T }>;
  }

  #settle(message: FromWorker): void {
    const answer = this.#answer;
    this.#answer = null;
    answer?.resolve(message);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'compiled':
        this.#board = message.board;
        return this.#onCompiled();
      case 'loaded':
        return this.#adopt(message);
      case 'kept':
        this.kept = message.kept;
        return;
      case 'refused':
        return this.#refuse(
          new GatewayError('configure-failed', this.artifact.plan.nodes[message.node]!.id, message.text),
        );
      case 'fault':
        if (message.hopeless && this.#answer) {
          const { node, call, reason } = message.fault;
          this.#events.onFault(message.fault, true, null);
          return this.#refuse(
            new GatewayError('flow-faulted', this.artifact.plan.name, `node "${node}" in ${call}: ${reason}`),
          );
        }
        if (message.hopeless) this.#live = false;
        return this.#events.onFault(message.fault, message.hopeless, message.capture);
      case 'recovered':
        return this.#events.onRecovered(message.path);
      case 'parked':
        this.#live = false;
        this.#parked?.resolve(message.at_us);
        return;
      default:
        this.#settle(message);
    }
  }

  #refuse(error: GatewayError): void {
    const answer = this.#answer;
    this.#answer = null;
    if (answer) answer.reject(error);
    else this.#events.onLost(error);
  }

  /** Takes over a fresh engine's rings, with what the last one left in its own. Nobody else writes while this runs. */
  #adopt(buffers: SharedBuffers): void {
    const again = this.#buffers !== null;
    const old = this.#buffers ?? this.#predecessor?.buffers;
    const sequence = this.reader?.sequence ?? this.#predecessor?.reader?.sequence;
    this.#predecessor = null;
    this.#release();
    if (old) carryOver(old, buffers);
    this.#buffers = buffers;
    this.#words = new Int32Array(buffers.board);
    this.#writer = new IngressWriter(buffers.ingress, buffers.board, this.artifact.plan.ingress_bytes);
    if (sequence !== undefined) this.reader = this.#newReader(sequence);
    this.#listen(this.#words);
    // In the middle of undoing a fault that only a fresh engine can undo.
    if (again) this.#post({ type: 'go', beginning: { kind: 'recover', kept: this.kept! } });
    else this.#settle({ type: 'loaded', ...buffers });
  }

  #newReader(sequence: number): EgressReader {
    const { egress, board } = this.#buffers!;
    return new EgressReader(egress, board, this.artifact.plan.egress_bytes, sequence);
  }

  /** Sleeps on `host_wake` without a thread; one promise per wake-up, not per message. */
  #listen(words: Int32Array): void {
    if (words !== this.#words || this.#ended) return;
    Atomics.store(words, word(BOARD.host_waiting), 0);
    const seen = Atomics.load(words, word(BOARD.host_wake));
    this.#events.onWake();
    Atomics.store(words, word(BOARD.host_waiting), 1);
    // What was published between the first look and the flag would wake nobody.
    this.#events.onWake();
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
}
