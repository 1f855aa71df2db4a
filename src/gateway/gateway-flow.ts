import { EGRESS_KIND } from '#abi';
import { GatewayError } from '#diagnostic';
import { type Capture, describeFault, type EgressRecord, type FaultRecord, type FlowArtifact } from '#engine';
import type { Ingest } from '#ingest';
import type { FlowStats, SwapReport } from '#runtime';
import { answerControl, listenControl } from './control.ts';
import { DeadLetters, type FullLetter, type Letter } from './dead-letters.ts';
import { Deployer, PROBATION_DEFAULTS, type ProbationOptions } from './deploy.ts';
import { Feed } from './feed.ts';
import { FlowLog } from './flow-log.ts';
import {
  type FlowTraits,
  flowLimits,
  type GatewayFlowEvents,
  type GatewayFlowOptions,
  type StateStats,
} from './flow-options.ts';
import { type FlowService, startService } from './flow-service.ts';
import { LatencyHistogram } from './latency.ts';
import { LetterBox } from './letter-box.ts';
import type { SinkStatus } from './outlets.ts';
import { retryLetter } from './retry.ts';

const STOP_MS = 10_000;
const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** One flow in service: drivers on one side, sinks on the other, back-pressure all the way from a slow sink to the sockets. */
export class GatewayFlow {
  readonly latency = new LatencyHistogram();
  readonly #flow: FlowTraits;
  readonly #first: FlowArtifact;
  readonly #options: GatewayFlowOptions;
  readonly #events: GatewayFlowEvents;
  readonly #log: FlowLog;
  #service: FlowService | null = null;
  #deployer: Deployer | null = null;
  #letters: DeadLetters | null = null;
  #box: LetterBox | null = null;
  readonly #feed: Feed;
  #control: { close(): Promise<void> } | null = null;
  #lastDeadLetter = '';
  #stopping: Promise<void> | null = null;

  /** @param flow a LoadedFlow, or what of it counts here */
  constructor(flow: FlowTraits, artifact: FlowArtifact, options: GatewayFlowOptions, events: GatewayFlowEvents) {
    this.#flow = flow;
    this.#first = artifact;
    this.#options = options;
    this.#events = events;
    this.#log = new FlowLog(events.onLog);
    this.#feed = new Feed({
      ingest: options.ingest ?? null,
      id: options.id ?? artifact.plan.name,
      message_bytes_max: options.message_bytes_max,
      take: (driver, framing, span) => this.#service!.intake.take(driver, framing, span),
      onProblem: error => this.#log.problem('warn', error),
      onMalformed: sample => this.#log.malformed(sample),
    });
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
    await startService(this.#first, this.#flow.document, this.#options, {
      onService: service => this.#adopt(service),
      onEgress: (record, version) => this.#egress(record, version),
      onFault: (fault, capture) => this.#fault(fault, capture),
      onRecovered: path => this.#box!.recovered(path, this.#service!.runner.artifact.plan),
      onResume: () => this.#feed.resume(),
      onQuarantined: (fault, ms) => this.#quarantined(fault, ms),
      onReleased: () => {
        this.#log.line('info', 'released', 'the flow goes on');
        this.#events.onReleased?.();
      },
      onOutputFailed: (node, error, body, sequence) => {
        this.#log.line('error', `sink ${node}`, `${node}: ${error.message}`);
        const kind = this.#service!.runner.artifact.plan.nodes.find(one => one.id === node)?.node_type ?? '-';
        this.#box!.output(node, kind, error, body, sequence);
      },
      onProblem: error => this.#log.problem('warn', error),
      onDown: error => this.#down(error),
    });
    if (this.#service!.runner.artifact !== this.#first)
      await this.deploy(this.#first, { probation_ms: 0, probation_faults: 0 });
    if (this.#options.state)
      this.#control = await listenControl(this.#options.state, request => answerControl(this, request));
    await this.#feed.open(this.version, this.#options.listen ?? []);
  }

  /** Before anything runs: what runs reports to these. */
  #adopt(service: FlowService): void {
    const problem = (error: GatewayError): void => this.#log.problem('error', error);
    this.#service = service;
    const { dead_letters, dead_letters_per_second } = flowLimits(this.#flow.document.limits);
    this.#letters = new DeadLetters(service.state?.place('dead-letters') ?? null, dead_letters);
    this.#box = new LetterBox(this.#letters, dead_letters_per_second, letter => this.#dead(letter), problem);
    this.#deployer = new Deployer(service.runner, service.outlets, {
      onComing: version => this.#feed.comes(version),
      onRefused: version => this.#feed.failed(version),
      onVersion: version => {
        this.#feed.runs(version);
        service.adopt(version);
      },
      onRolledBack: (reason, since) => this.#rolledBack(reason, since),
      onProblem: problem,
    });
  }

  /** The version that runs. */
  get version(): FlowArtifact {
    return this.#service?.runner.artifact ?? this.#first;
  }

  /** Where its updates come from. */
  get ingest(): Ingest {
    return this.#feed.ingest;
  }
  /** Addresses that its ingest is bound to. */
  get addresses(): string[] {
    return this.#feed.ingest.addresses;
  }
  get lastDeadLetter(): string {
    return this.#lastDeadLetter;
  }

  /** As `stats` says, at the cost of one look. */
  get state(): FlowStats['state'] {
    return this.#service!.runner.state;
  }

  stats(): FlowStats & StateStats {
    const { runner, intake, state, snapshots, recordings } = this.#service!;
    const { malformed, ...stats } = runner.stats();
    return {
      ...stats,
      // A shared ingest counts for itself what is malformed for all.
      malformed: malformed + (this.#feed.own ? this.#feed.ingest.stats().malformed : 0),
      drivers: this.#feed.ingest.drivers(),
      letters: this.#letters!.stats,
      ingress_dropped: intake.dropped,
      stalled: intake.stalled,
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
    if (recordings && capture) return recordings.request(runner.artifact, capture);
    throw new GatewayError('state-needed', runner.artifact.plan.name, 'to keep a recording in');
  }

  /**
   * Traces the first record of what comes next, and the next tick: for who watches, a few times a second.
   * @param all of the next span: for who looks for certain records
   */
  sample(all = false): void {
    this.#service!.intake.sample(all);
  }

  /** Ends a quarantine or a pause now. */
  release(): Promise<void> {
    return this.#service!.runner.release();
  }

  /** Sets the flow aside until `release`: it keeps its state; input is treated as its policy says. @throws GatewayError */
  async pause(): Promise<void> {
    await this.#service!.runner.pause();
    this.#log.line('info', 'paused', 'the flow is paused');
    this.#feed.resume();
  }

  /** Stops taking records in, handles those in hand, writes out what the sinks hold, keeps the state. */
  stop = (): Promise<void> => (this.#stopping ??= this.#stop());

  async #stop(): Promise<void> {
    await this.#feed.close();
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
    if (record.kind === EGRESS_KIND.trace) return this.#events.onTrace?.(record, version);
    const node = version.plan.nodes[record.node]?.id ?? 'flow';
    if (record.kind === EGRESS_KIND.dead_letter || record.kind === EGRESS_KIND.fault) this.#box!.take(record, version);
    else this.#log.record(record, node);
  }

  #fault(fault: FaultRecord, capture: Capture | null): void {
    const { runner, recordings } = this.#service!;
    this.#log.line('error', 'fault', describeFault(fault));
    this.#box!.fault(fault, runner.artifact.plan);
    this.#events.onFault?.(fault);
    this.#deployer!.fault(describeFault(fault), false);
    if (!capture || !recordings) return;
    recordings
      .write(runner.artifact, fault, capture)
      .then(file => file && this.#events.onRecording?.(file))
      .catch(error => this.#log.line('warn', 'recording', (error as GatewayError).message));
  }

  #quarantined(fault: FaultRecord, ms: number): void {
    const until = ms === Number.POSITIVE_INFINITY ? 'until it is released' : `for ${ms / 1_000} s`;
    this.#log.line(
      'error',
      'quarantine',
      `the flow keeps failing and is set aside ${until}; last: ${describeFault(fault)}`,
    );
    this.#events.onQuarantined?.(fault, ms);
    this.#deployer!.fault(describeFault(fault), true);
    // What is not held back goes to disk, or is dropped.
    this.#feed.resume();
  }

  #down(error: GatewayError): void {
    // The others on the ingest do not wait for a flow that will not come back.
    if (!this.#feed.own) void this.#feed.close();
    this.#events.onDown?.(error);
  }

  #dead(letter: Letter): void {
    this.#lastDeadLetter = `${letter.node}: ${letter.reason}`;
    this.#log.line('warn', `dead ${letter.node}`, `dead letter ${letter.id} at ${this.#lastDeadLetter}`);
    this.#events.onDeadLetter?.(letter);
  }

  /** What failed in the version that is gone runs again in the one that is back. */
  #rolledBack(reason: string, since: number): void {
    const failed = this.#letters!.list().filter(letter => letter.kind === 'fault' && letter.record > since);
    for (const { id } of failed.reverse()) this.retryDeadLetter(id);
    this.#log.line('error', 'rollback', `the new version was rolled back: ${reason}`);
    this.#events.onRolledBack?.(reason);
  }
}
