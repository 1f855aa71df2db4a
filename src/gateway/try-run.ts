import { BOARD, BOARD_U64, EGRESS_KIND, ENTRY, FRAMING, RING_LIMITS, TRACE_ALL } from '#abi';
import {
  EgressReader,
  type EgressRecord,
  type Engine,
  type FlowArtifact,
  faultOf,
  fusedEngine,
  IngressWriter,
  readTold,
  TraceCollector,
} from '#engine';
import { Keeper, poisonOf, replay, unfusedEngine } from '#runtime';
import { TRY_LIMITS, type TryRecord, type TryStep } from './try-job.ts';

const RUN_MAX = 256;
const EMPTY = new Uint8Array();
const word = (offset: number): number => offset / 4;

/** The run cannot go on: why. */
class Stopped extends Error {}

type Beside = Pick<TryRecord, 'outputs' | 'logs' | 'dead_letters' | 'fault'>;
const nothing = (): { -readonly [K in keyof Beside]: Beside[K] extends readonly (infer T)[] ? T[] : Beside[K] } => ({
  outputs: [],
  logs: [],
  dead_letters: [],
  fault: null,
});

/** Runs a flow on given input in this thread, every record traced. Nothing leaves it but what `onRecord` is told. */
export class TryRun {
  readonly #artifact: FlowArtifact;
  readonly #make: () => Engine;
  readonly #onRecord: (record: TryRecord) => void;
  readonly #collector = new TraceCollector(trace => this.#tell(trace));
  #engine: Engine;
  #keeper: Keeper;
  #step = 0;
  #beside = nothing();
  #now_us: number;
  /** `arrival` clock: when the next tick is due. */
  #nextTick_us: number;
  #ticks = 0;
  #told = { records: 0, bytes: 0 };

  /** @throws Stopped */
  constructor(artifact: FlowArtifact, start_us: number, onRecord: (record: TryRecord) => void) {
    this.#artifact = artifact;
    this.#onRecord = onRecord;
    this.#make = loader(artifact);
    this.#engine = this.#make();
    this.#now_us = start_us;
    const tick_us = artifact.plan.tick_ms * 1_000;
    this.#nextTick_us = (Math.floor(start_us / tick_us) + 1) * tick_us;
    this.#configure(artifact.plan.clock === 'event' ? 1 : start_us);
    this.#keeper = new Keeper(this.#engine, artifact.plan, null, () => undefined);
    this.#keeper.take();
  }

  /** Handles one step after the other. @returns why it stopped before the last; null: it did not. */
  static play(
    artifact: FlowArtifact,
    steps: readonly TryStep[],
    start_us: number,
    onRecord: (record: TryRecord) => void,
  ): string | null {
    try {
      const run = new TryRun(artifact, start_us, onRecord);
      for (const step of steps) run.#do(step);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #configure(now_us: number): void {
    let refused = 0;
    try {
      refused = this.#engine.configure(BigInt(now_us));
    } catch (error) {
      const { node, call, reason } = faultOf(this.#engine.board, this.#artifact.plan, error);
      throw new Stopped(`node "${node}" in ${call}: ${reason}`);
    }
    let text = '';
    this.#read(record => {
      if (record.kind === EGRESS_KIND.configure_error) text = Buffer.from(record.body).toString('utf8');
      else this.#take(record);
    });
    if (refused > 0)
      throw new Stopped(`node "${this.#artifact.plan.nodes[refused - 1]!.id}" refuses its props: ${text}`);
  }

  #do(step: TryStep): void {
    if (step.kind === 'advance') this.#advance(step.to_us);
    else {
      const { clock } = this.#artifact.plan;
      if (clock === 'arrival' && step.now_us !== undefined) this.#advance(step.now_us);
      this.#write(step.message, FRAMING.message);
      this.#runAll();
    }
    this.#keeper.keep();
    this.#step += 1;
  }

  /** Time passes, ticks run. */
  #advance(to_us: number): void {
    const { clock, tick_ms } = this.#artifact.plan;
    const tick_us = tick_ms * 1_000;
    const longs = new BigUint64Array(this.#engine.board);
    const known = Number(longs[BOARD_U64.next_tick / 8]!);
    let next = clock === 'arrival' ? this.#nextTick_us : known === 0 ? to_us : known;
    // As the event clock does it: a long gap skips the ticks in between.
    const skipped = Math.floor((to_us - next) / tick_us) - (RING_LIMITS.catch_up_ticks - 1);
    if (skipped > 0) next += skipped * tick_us;
    const times: number[] = [];
    for (; next <= to_us; next += tick_us) times.push(next);
    this.#ticks += times.length;
    if (this.#ticks > TRY_LIMITS.ticks) throw new Stopped(`more than ${TRY_LIMITS.ticks} ticks`);
    this.#nextTick_us = next;
    if (clock === 'event') this.#ticksBeside(times, next);
    else for (const at of times) this.#tick(at);
    this.#now_us = Math.max(this.#now_us, to_us);
  }

  #tick(at_us: number): void {
    this.#now_us = Math.max(this.#now_us, at_us);
    this.#write(EMPTY, FRAMING.tick);
    this.#runAll();
  }

  /** With the event clock ticks come from records; those that come from nowhere else are not in the ring. */
  #ticksBeside(times: readonly number[], next_us: number): void {
    this.#keeper.take();
    const done: number[] = [];
    for (const at of times) {
      try {
        this.#traced(() => this.#engine.tick(BigInt(at)));
        done.push(at);
      } catch (error) {
        this.#tellFault(error);
        this.#restore();
        this.#engine.mute(true);
        for (const again of done) this.#traced(() => this.#engine.tick(BigInt(again)));
        this.#engine.mute(false);
      }
      this.#drain();
    }
    new BigUint64Array(this.#engine.board)[BOARD_U64.next_tick / 8] = BigInt(next_us);
    this.#keeper.take();
  }

  #traced(work: () => void): void {
    const words = new Int32Array(this.#engine.board);
    words[word(BOARD.trace_left)] = TRACE_ALL;
    work();
    words[word(BOARD.trace_left)] = 0;
  }

  #write(span: Uint8Array, framing: number): void {
    const { ingress, board } = this.#engine;
    const writer = new IngressWriter(ingress, board, this.#artifact.plan.ingress_bytes);
    if (!writer.hasRoom(span.length)) this.#keeper.take();
    if (!writer.write(span, framing, 0, this.#now_us, TRACE_ALL)) throw new Error('an empty ring takes a block');
  }

  #runAll(): void {
    for (;;) {
      try {
        const handled = this.#engine.run(RUN_MAX);
        const full = new Int32Array(this.#engine.board)[word(BOARD.egress_full)] === 1;
        this.#drain();
        if (handled === 0 && !full) return;
      } catch (error) {
        if (error instanceof Stopped) throw error;
        this.#fault(error);
      }
    }
  }

  /** Goes on behind the record as if it had not come. */
  #fault(error: unknown): void {
    const poison = poisonOf(this.#engine.board);
    this.#tellFault(error);
    if (poison.entry === ENTRY.none) throw new Stopped((error as Error).message);
    this.#restore();
    replay(this.#engine, poison, () => this.#drain());
    this.#drain();
    this.#keeper.take();
  }

  /** Tells how far the record came. */
  #tellFault(error: unknown): void {
    this.#drain();
    this.#beside = nothing();
    this.#reader().unpublished(record => this.#take(record));
    this.#beside.fault = faultOf(this.#engine.board, this.#artifact.plan, error);
    const trace = this.#collector.cut();
    if (trace) this.#tell(trace);
  }

  #restore(): void {
    if (this.#keeper.restore()) return;
    // A memory has grown, which only a fresh engine undoes.
    const fresh = this.#make();
    for (const name of ['ingress', 'egress', 'board'] as const)
      new Uint8Array(fresh[name]).set(new Uint8Array(this.#engine[name]));
    this.#engine = fresh;
    this.#keeper = new Keeper(fresh, this.#artifact.plan, this.#keeper.kept, () => undefined);
    if (!this.#keeper.restore()) throw new Error('a fresh engine takes the checkpoint');
  }

  #reader(): EgressReader {
    return new EgressReader(this.#engine.egress, this.#engine.board, this.#artifact.plan.egress_bytes);
  }

  #read(take: (record: EgressRecord) => void): void {
    this.#reader().drain(record => {
      take(record);
      return true;
    });
  }

  #drain(): void {
    this.#read(record => this.#take(record));
  }

  #take(record: EgressRecord): void {
    this.#collector.take(record, this.#artifact);
    const told = readTold(record, this.#artifact.plan);
    if (told?.kind === 'output') {
      const { node, body } = told;
      this.#beside.outputs.push({ node, bytes: body.length, body: body.slice(0, TRY_LIMITS.output_bytes) });
    } else if (told?.kind === 'log') this.#beside.logs.push({ node: told.node, level: told.level, text: told.text });
    else if (told?.kind === 'refused') {
      const { node, port, reason, message } = told;
      this.#beside.dead_letters.push({ node, port, reason, message: message.slice(0, TRY_LIMITS.output_bytes) });
    } else if (told?.kind === 'malformed')
      this.#say({ ...EMPTY_TRACE, what: 'malformed', now_us: record.now_us, hops: [] });
  }

  #tell(trace: Parameters<ConstructorParameters<typeof TraceCollector>[0] & object>[0]): void {
    const { outputs, logs, dead_letters, fault } = this.#beside;
    const silent = outputs.length + logs.length + dead_letters.length === 0 && fault === null;
    if (trace.what === 'tick' && trace.hops.length === 0 && silent) return;
    this.#say(trace);
  }

  #say(trace: Omit<TryRecord, 'step' | keyof Beside>): void {
    const record: TryRecord = { ...trace, step: this.#step, ...this.#beside };
    this.#beside = nothing();
    this.#told.records += 1;
    this.#told.bytes += sizeOf(record);
    if (this.#told.records > TRY_LIMITS.records) throw new Stopped(`more than ${TRY_LIMITS.records} records and ticks`);
    if (this.#told.bytes > TRY_LIMITS.answer_bytes)
      throw new Stopped(`what it put out has more than ${TRY_LIMITS.answer_bytes} bytes`);
    this.#onRecord(record);
  }
}

const EMPTY_TRACE = { record: 0, timestamp_us: 0, truncated: 0, error: null };

const sizeOf = ({ hops, outputs, logs, dead_letters }: TryRecord): number =>
  [...hops, ...outputs].reduce((sum, { body }) => sum + body.length + 64, 0) +
  logs.reduce((sum, { text }) => sum + text.length + 64, 0) +
  dead_letters.reduce((sum, { reason, message }) => sum + reason.length + message.length + 64, 0);

function loader({ plan, code }: FlowArtifact): () => Engine {
  if (code.kind === 'fused') {
    const module = new WebAssembly.Module(code.wasm as BufferSource);
    return () => fusedEngine(plan, module);
  }
  const modules = code.modules.map(bytes => new WebAssembly.Module(bytes as BufferSource));
  return () => unfusedEngine(plan, modules);
}
