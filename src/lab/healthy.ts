import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fusedFlow, GatewayFlow, loadFlow } from '#gateway';
import { DriverProcess } from './driver-process.ts';
import { HEALTHY_SINKS, healthyFlow } from './flows.ts';
import { LineCount } from './line-count.ts';
import type { GatewaySetup, Phase } from './protocol.ts';

const LOOK_MS = 5;
const NAMES = ['healthy-1', 'healthy-2'] as const;
/** A driver that starts or catches up is no measure. */
const WARM_MS = 1_000;
const CATCH_UP_MS = 100;
const QUIET_MS = 40;
/** What is not in the files by then is lost. */
const SETTLE_MS = 10_000;

interface Healthy {
  readonly flow: GatewayFlow;
  readonly driver: DriverProcess;
  readonly files: readonly LineCount[];
  /** Of the whole time, as it was last counted. */
  lost: { missing: number; gaps: number };
}
interface Counts {
  readonly records: number;
  readonly gaps: number;
}

const linesOf = ({ files }: Healthy): number => files.reduce((sum, file) => sum + file.lines, 0);

/** Two flows that no attack may touch, each with a driver of its own. */
export class HealthyPair {
  readonly #setup: GatewaySetup;
  readonly #pair: Healthy[] = [];
  #began = { at: 0, records: 0 };

  constructor(setup: GatewaySetup) {
    this.#setup = setup;
  }

  async start(): Promise<void> {
    const { directory, cache, built_ins, launcher, rate, seed } = this.#setup;
    for (const name of NAMES) {
      const file = join(directory, `${name}.json`);
      writeFileSync(file, JSON.stringify(healthyFlow(name)));
      const loaded = await loadFlow(file, built_ins);
      if (loaded.document === undefined) throw new Error(JSON.stringify(loaded.diagnostics));
      const fused = await fusedFlow(loaded, { clock: 'arrival', cache });
      if ('diagnostics' in fused) throw new Error(JSON.stringify(fused.diagnostics));
      const options = { listen: ['tcp://127.0.0.1:0'], directory };
      const flow = new GatewayFlow(loaded, fused.artifact, options, { onLog: () => undefined });
      await flow.start();
      const driver = new DriverProcess(launcher, flow.addresses[0]!, rate, seed + this.#pair.length);
      const files = HEALTHY_SINKS.map(sink => new LineCount(join(directory, name, `${sink}.jsonl`)));
      this.#pair.push({ flow, driver, files, lost: { missing: 0, gaps: 0 } });
    }
    while (this.#pair.some(({ flow }) => flow.stats().records === 0)) await wait(LOOK_MS);
    await wait(WARM_MS);
  }

  begin(): void {
    this.#began = { at: performance.now(), records: this.#records };
    for (const { flow } of this.#pair) flow.latency.clear();
  }

  /** Not before something has come out of each: on a busy machine nothing may in a short time. */
  async end(): Promise<Phase> {
    const until = performance.now() + SETTLE_MS;
    const isSilent = ({ flow }: Healthy): boolean => flow.latency.quantile(0.99) === null;
    while (this.#pair.some(isSilent) && performance.now() < until) await wait(LOOK_MS);
    const seconds = (performance.now() - this.#began.at) / 1_000;
    return {
      rate: (this.#records - this.#began.records) / seconds,
      p99_us: Math.max(...this.#pair.map(({ flow }) => flow.latency.quantile(0.99) ?? Number.POSITIVE_INFINITY)),
    };
  }

  async measure(ms: number): Promise<Phase> {
    this.begin();
    await wait(ms);
    return this.end();
  }

  /**
   * Holds the drivers until all they have sent has come out. @returns updates that were sent since the last time and are not
   * in the files, or twice: sequence numbers tell what did not arrive, files what did not leave.
   */
  async settle(): Promise<number> {
    for (const { driver } of this.#pair) driver.pause();
    const lost = await Promise.all(this.#pair.map(one => this.#settle(one)));
    for (const { driver } of this.#pair) driver.resume();
    await wait(CATCH_UP_MS);
    return lost.reduce((a, b) => a + b);
  }

  async #settle(one: Healthy): Promise<number> {
    const until = performance.now() + SETTLE_MS;
    let missing = await this.#missing(one);
    while (missing !== 0 && performance.now() < until) missing = await this.#missing(one);
    // With nothing missing nothing is on its way to the files.
    if (missing === 0) for (const file of one.files) file.empty();
    const { gaps, lost } = { gaps: this.#counts(one).gaps, lost: one.lost };
    one.lost = { missing, gaps };
    return Math.abs(missing - lost.missing) + gaps - lost.gaps;
  }

  /** Updates that were handled and are not in the files. */
  async #missing(one: Healthy): Promise<number> {
    await wait(QUIET_MS);
    const { records } = this.#counts(one);
    for (const file of one.files) file.look();
    return records - linesOf(one);
  }

  /** Ends the drivers. @returns updates that they have sent in all and that are in no file. */
  async finish(): Promise<number> {
    let lost = 0;
    for (const one of this.#pair) {
      const sent = await one.driver.finish();
      const until = performance.now() + SETTLE_MS;
      do await this.#settle(one);
      while (linesOf(one) < sent && performance.now() < until);
      lost += Math.abs(sent - linesOf(one));
    }
    return lost;
  }

  get #records(): number {
    return this.#pair.reduce((sum, one) => sum + this.#counts(one).records, 0);
  }

  #counts({ flow }: Healthy): Counts {
    return { records: flow.stats().records, gaps: flow.ingest.stats().gaps };
  }
}
