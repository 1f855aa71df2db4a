import { EGRESS_KIND, LOG_LEVELS, type LogLevel } from '#abi';
import { listenPull, type PullListener } from '#connectors';
import { GatewayError } from '#diagnostic';
import {
  type Capture,
  describeFault,
  type EgressRecord,
  type FaultRecord,
  type FlowArtifact,
  type FlowStats,
  type SwapReport,
} from '#runtime';
import { answerControl, listenControl } from './control.ts';
import { type DeadLetterStats, DeadLetters, type FullLetter, type Letter } from './dead-letters.ts';
import { Deployer, PROBATION_DEFAULTS, type ProbationOptions } from './deploy.ts';
import { type FlowTraits, flowLimits, type GatewayFlowEvents, type GatewayFlowOptions } from './flow-options.ts';
import { type FlowService, startService } from './flow-service.ts';
import { LatencyHistogram } from './latency.ts';
import { LetterBox } from './letter-box.ts';
import type { SinkStatus } from './outlets.ts';
import { RateLimit } from './rate-limit.ts';
import { retryLetter } from './retry.ts';

export interface StateStats {
  readonly letters: DeadLetterStats;
  /** Messages dropped while the flow was set aside. */
  readonly ingress_dropped: number;
  readonly spilled_bytes: number;
  readonly journal_bytes: number;
  readonly snapshot: { readonly time: string; readonly record: number; readonly bytes: number } | null;
  readonly recordings: number;
}

const PAYLOAD_SAMPLE_BYTES = 32;
const STOP_MS = 10_000;
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** One flow in service: drivers on one side, sinks on the other, back-pressure all the way from a slow sink to the sockets. */
export class GatewayFlow {
  readonly latency = new LatencyHistogram();
  readonly #flow: FlowTraits;
  readonly #first: FlowArtifact;
  readonly #options: GatewayFlowOptions;
  readonly #events: GatewayFlowEvents;
  readonly #problems = new RateLimit(1_000);
  #service: FlowService | null = null;
  #deployer: Deployer | null = null;
  #letters: DeadLetters | null = null;
  #box: LetterBox | null = null;
  #listeners: PullListener[] = [];
  #control: { close(): Promise<void> } | null = null;
  #lastDeadLetter = '';

  /** @param flow a LoadedFlow, or what of it counts here */
  constructor(flow: FlowTraits, artifact: FlowArtifact, options: GatewayFlowOptions, events: GatewayFlowEvents) {
    this.#flow = flow;
    this.#first = artifact;
    this.#options = options;
    this.#events = events;
  }

  /**
   * Opens the sinks, loads the flow, takes up the state that its folder holds, then listens. Leaves nothing open when it
   * fails. @throws GatewayError
   */
  async start(): Promise<void> {
    try {
      await this.#bringUp();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #bringUp(): Promise<void> {
    const { listen, message_bytes_max } = this.#options;
    const problem = (error: GatewayError): void => this.#log('warn', `${error.code} ${error.where}`, error.message);
    await startService(this.#first, this.#flow.document, this.#options, {
      onService: service => this.#adopt(service),
      onEgress: (record, version) => this.#egress(record, version),
      onFault: (fault, capture) => this.#fault(fault, capture),
      onRecovered: path => this.#box!.recovered(path, this.#service!.runner.artifact.plan),
      onResume: () => this.#listeners.forEach(one => one.resume()),
      onQuarantined: (fault, ms) => this.#quarantined(fault, ms),
      onReleased: () => {
        this.#log('info', 'released', 'the flow goes on');
        this.#events.onReleased?.();
      },
      onOutputFailed: (node, error, body, sequence) => {
        this.#log('error', `sink ${node}`, `${node}: ${error.message}`);
        const kind = this.#service!.runner.artifact.plan.nodes.find(one => one.id === node)?.node_type ?? '-';
        this.#box!.output(node, kind, error, body, sequence);
      },
      onProblem: problem,
      onDown: error => this.#events.onDown?.(error),
    });
    if (this.#service!.runner.artifact !== this.#first)
      await this.deploy(this.#first, { probation_ms: 0, probation_faults: 0 });
    const handlers = {
      onFrames: (driver: number, framing: number, span: Uint8Array) =>
        this.#service!.intake.take(driver, framing, span),
      onProblem: problem,
    };
    const limits = message_bytes_max === undefined ? {} : { message_bytes_max };
    if (this.#options.state)
      this.#control = await listenControl(this.#options.state, request => answerControl(this, request));
    for (const url of listen) this.#listeners.push(await listenPull(url, handlers, limits));
  }

  /** Before anything runs: what runs reports to these. */
  #adopt(service: FlowService): void {
    const problem = (error: GatewayError): void => this.#log('error', `${error.code} ${error.where}`, error.message);
    this.#service = service;
    const { dead_letters, dead_letters_per_second } = flowLimits(this.#flow.document.limits);
    this.#letters = new DeadLetters(service.state?.place('dead-letters') ?? null, dead_letters);
    this.#box = new LetterBox(this.#letters, dead_letters_per_second, letter => this.#dead(letter), problem);
    this.#deployer = new Deployer(service.runner, service.outlets, {
      onVersion: version => service.adopt(version),
      onRolledBack: (reason, since) => this.#rolledBack(reason, since),
      onProblem: problem,
    });
  }

  /** The version that runs. */
  get version(): FlowArtifact {
    return this.#service?.runner.artifact ?? this.#first;
  }

  /** Addresses it is bound to. */
  get addresses(): string[] {
    return this.#listeners.map(one => one.url);
  }
  get connections(): number {
    return this.#listeners.reduce((sum, one) => sum + one.connections.length, 0);
  }
  get lastDeadLetter(): string {
    return this.#lastDeadLetter;
  }

  stats(): FlowStats & StateStats {
    const { runner, intake, state, snapshots, recordings } = this.#service!;
    return {
      ...runner.stats(),
      letters: this.#letters!.stats,
      ingress_dropped: intake.dropped,
      spilled_bytes: state?.spill.bytes ?? 0,
      journal_bytes: state?.journal?.bytes ?? 0,
      snapshot: snapshots?.last ?? null,
      recordings: recordings?.kept ?? 0,
    };
  }

  sinks(): SinkStatus[] {
    return this.#service?.outlets.status() ?? [];
  }

  /** Newest first. */
  deadLetters(): Letter[] {
    return this.#letters!.list();
  }
  deadLetter(id: number): FullLetter | null {
    return this.#letters!.get(id);
  }
  dropDeadLetter(id: number): boolean {
    return this.#letters!.drop(id);
  }

  /** Hands the message to its node again, or runs the record again. @returns null, or why that cannot be done now. */
  retryDeadLetter(id: number): string | null {
    const letter = this.#letters!.get(id);
    if (!letter) return `there is no dead letter ${id}`;
    const problem = retryLetter(letter, this.#service!);
    if (problem !== null) return problem;
    this.#box!.retried();
    this.#letters!.drop(id);
    return null;
  }

  /** Replaces the running version between two records, see `FlowRunner.swap`. @throws GatewayError: nothing has changed. */
  deploy(version: FlowArtifact, options: Partial<ProbationOptions> = {}): Promise<SwapReport> {
    return this.#deployer!.deploy(version, { ...PROBATION_DEFAULTS, ...options });
  }

  /** Writes a recording of the last moments. @returns its file. @throws GatewayError state-needed, storage-failed */
  async record(): Promise<string> {
    const { runner, recordings } = this.#service!;
    const capture = runner.capture();
    if (!recordings || !capture)
      throw new GatewayError('state-needed', runner.artifact.plan.name, 'to keep a recording in');
    const file = await recordings.write(runner.artifact, null, capture);
    if (file === null)
      throw new GatewayError('recording-invalid', runner.artifact.plan.name, 'an unfused flow is not recorded');
    return file;
  }

  /** Ends a quarantine now. */
  release(): Promise<void> {
    return this.#service!.runner.release();
  }

  /** Stops taking records in, handles those in hand, writes out what the sinks hold, keeps the state. */
  async stop(): Promise<void> {
    await Promise.all(this.#listeners.map(one => one.close()));
    this.#listeners = [];
    await this.#control?.close();
    this.#deployer?.stop();
    await this.#service?.stop(this.#options.stop_ms ?? STOP_MS);
    this.#letters?.close();
  }

  #egress(record: EgressRecord, version: FlowArtifact): boolean {
    if (record.kind !== EGRESS_KIND.output) {
      this.#note(record, version);
      return true;
    }
    if (!this.#service!.outlets.write(version, record)) return false;
    if (record.timestamp_us > 0) this.latency.add(now_us() - record.timestamp_us);
    return true;
  }

  #note(record: EgressRecord, version: FlowArtifact): void {
    const node = version.plan.nodes[record.node]?.id ?? 'flow';
    if (record.kind === EGRESS_KIND.dead_letter || record.kind === EGRESS_KIND.fault) this.#box!.take(record, version);
    else if (record.kind === EGRESS_KIND.malformed) {
      const sample = Buffer.from(record.body.subarray(0, PAYLOAD_SAMPLE_BYTES)).toString('hex');
      this.#log('warn', 'malformed', `malformed message, first bytes ${sample || '(empty)'}`);
    } else if (record.kind === EGRESS_KIND.log) {
      const text = Buffer.from(record.body).toString('utf8');
      this.#log(LOG_LEVELS[record.detail] ?? 'info', `log ${node}`, `${node}: ${text}`);
    }
  }

  #fault(fault: FaultRecord, capture: Capture | null): void {
    const { runner, recordings } = this.#service!;
    this.#log('error', 'fault', describeFault(fault));
    this.#box!.fault(fault, runner.artifact.plan);
    this.#events.onFault?.(fault);
    this.#deployer!.fault(describeFault(fault), false);
    if (!capture || !recordings) return;
    recordings
      .write(runner.artifact, fault, capture)
      .then(file => file && this.#events.onRecording?.(file))
      .catch(error => this.#log('warn', 'recording', (error as GatewayError).message));
  }

  #quarantined(fault: FaultRecord, ms: number): void {
    const until = ms === Number.POSITIVE_INFINITY ? 'until it is released' : `for ${ms / 1_000} s`;
    this.#log('error', 'quarantine', `the flow keeps failing and is set aside ${until}; last: ${describeFault(fault)}`);
    this.#events.onQuarantined?.(fault, ms);
    this.#deployer!.fault(describeFault(fault), true);
    // What is not held back goes to disk, or is dropped.
    this.#listeners.forEach(one => one.resume());
  }

  #dead(letter: Letter): void {
    this.#lastDeadLetter = `${letter.node}: ${letter.reason}`;
    this.#log('warn', `dead ${letter.node}`, `dead letter ${letter.id} at ${this.#lastDeadLetter}`);
    this.#events.onDeadLetter?.(letter);
  }

  /** What failed in the version that is gone runs again in the one that is back. */
  #rolledBack(reason: string, since: number): void {
    const failed = this.#letters!.list().filter(letter => letter.kind === 'fault' && letter.record > since);
    for (const { id } of failed.reverse()) this.retryDeadLetter(id);
    this.#log('error', 'rollback', `the new version was rolled back: ${reason}`);
    this.#events.onRolledBack?.(reason);
  }

  /** The same kind of line at most once a second; what was left out is counted in the next one. */
  #log(level: LogLevel, key: string, text: string): void {
    const left = this.#problems.take(key);
    if (left === null) return;
    this.#events.onLog(level, left > 0 ? `${text} (and ${left} more like it)` : text);
  }
}
