import { COMMAND } from '#abi';
import { GatewayError } from '#diagnostic';
import { type Capture, describeFault, type FaultRecord, type FlowArtifact } from '#engine';
import { EgressLine } from './egress-line.ts';
import { FAULT_LIMITS, FaultPolicy } from './fault-policy.ts';
import { FlowThread, type ThreadEvents } from './flow-thread.ts';
import { IngressLine } from './ingress-line.ts';
import { type CheckpointHead, copyCheckpoint, headOfLast } from './kept.ts';
import type { Beginning, Predecessor } from './protocol.ts';
import { reclaimSoon } from './reclaim.ts';
import { captureRunning } from './recording.ts';
import { RUNNER_DEFAULTS, type RunnerEvents, type RunnerOptions } from './runner-options.ts';
import { type FlowStats, isAside, type RunnerState } from './stats.ts';
import { stuckIn } from './stuck.ts';
import { type SwapReport, switchVersion } from './switch-version.ts';
import { Turns } from './turns.ts';
import { Watchdog } from './watchdog.ts';

/** One flow: feeds it, drains it, watches it, brings it back after a fault, sets it aside, replaces it by another version. */
export class FlowRunner {
  readonly #options: typeof RUNNER_DEFAULTS;
  readonly #events: RunnerEvents;
  readonly #policy: FaultPolicy;
  #thread: FlowThread;
  readonly #ingress: IngressLine;
  readonly #egress: EgressLine;
  #state: RunnerState = 'starting';
  #faults = 0;
  #restarts = 0;
  #quarantine: NodeJS.Timeout | undefined;
  readonly #watchdog: Watchdog;
  /** Starts, swaps, quarantines and ends happen one after the other. */
  readonly #turns = new Turns();
  /** A worker that hung is being replaced. */
  #recovering: Promise<void> = Promise.resolve();

  constructor(artifact: FlowArtifact, events: RunnerEvents, options: RunnerOptions = {}) {
    this.#events = events;
    this.#ingress = new IngressLine(events);
    this.#egress = new EgressLine(events);
    this.#options = { ...RUNNER_DEFAULTS, ...options };
    this.#policy = new FaultPolicy({ ...FAULT_LIMITS, ...options });
    this.#watchdog = new Watchdog(
      this.#options.watchdog_ms,
      () => this.#thread.buffers?.board ?? null,
      () => this.#stuck(),
    );
    this.#thread = this.#spawn(artifact, true);
  }

  get artifact(): FlowArtifact {
    return this.#thread.artifact;
  }
  get state(): RunnerState {
    return this.#state;
  }

  /** Compiles, and configures or restores. @throws GatewayError configure-failed, flow-faulted */
  async start(beginning: Beginning = { kind: 'afresh' }, sequence = 0): Promise<void> {
    try {
      await this.#loaded(this.#thread);
      await this.#thread.go(beginning, sequence);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#state = 'running';
    this.#watchdog.start();
    // What was read and compiled for it is not needed any more.
    reclaimSoon();
  }

  /** Copies a span of whole frames into the ring. @returns false when it is full or the flow is being brought back. */
  write(span: Uint8Array, framing: number, driver: number, now_us: number, trace = 0): boolean {
    return this.hasRoom(span.length) && this.#thread.write(span, framing, driver, now_us, trace);
  }

  /** Whether `write` would take a span of so many bytes now; if not, `onRoom` says when to try again. */
  readonly hasRoom = (length: number): boolean => this.#ingress.hasRoom(this.#thread, length);

  /** Takes what egress holds. Called by itself when there is something new. */
  pump(): void {
    this.#egress.pump(this.#thread);
  }

  /** Records handled, as `stats` says, at the cost of one look. */
  get records(): number {
    return this.#thread.records;
  }

  stats(): FlowStats {
    return { ...this.#thread.stats(), state: this.#state, faults: this.#faults, restarts: this.#restarts };
  }

  /** A copy of the last checkpoint; null before the first. */
  checkpoint = (): Uint8Array | null => this.#thread.kept && copyCheckpoint(this.#thread.kept);

  /** How far the last checkpoint has come, at the cost of one look; null before the first. */
  checkpointed = (): CheckpointHead | null => this.#thread.kept && headOfLast(this.#thread.kept);

  /** The last checkpoint, and the input since; null before the first. */
  capture(): Capture | null {
    const { buffers, kept } = this.#thread;
    return buffers && kept && captureRunning(buffers, kept);
  }

  /** Handles what is in the ring, then ends. Nothing may be written any more. */
  drain(): Promise<void> {
    return this.#turns.take(() => this.#drain());
  }

  /** Ends at once; what is in the rings stays where it is. */
  abandon = (): void => this.#finish('stopped');

  /** Number of the egress record that comes next. */
  get sequence(): number {
    return this.#egress.sequence(this.#thread);
  }

  /** Ends a quarantine or a pause now. */
  release(): Promise<void> {
    return this.#turns.take(async () => void (isAside(this.#state) && (await this.#goOn())));
  }

  /** Sets the flow aside until `release`: it keeps its state and what its ring holds, and takes nothing in. */
  pause(): Promise<void> {
    clearTimeout(this.#quarantine);
    return this.#turns.take(() => {
      clearTimeout(this.#quarantine);
      this.#mustBeThere('pause');
      return this.#halt('paused');
    });
  }

  async #goOn(): Promise<void> {
    clearTimeout(this.#quarantine);
    await this.#thread.go({ kind: 'go-on' });
    this.#policy.released(performance.now());
    this.#state = 'running';
    this.#watchdog.start();
    this.#events.onReleased?.();
    this.#ingress.wake(this.#thread);
  }

  async #halt(state: 'quarantined' | 'paused'): Promise<void> {
    const running = this.#state === 'running';
    this.#state = state;
    if (running) await this.#park(COMMAND.stop);
    this.#watchdog.stop();
    this.pump();
  }

  /**
   * Replaces the version between two records; state goes over as `statePlan` says. The old one runs until the new one is
   * configured, and goes on if it refuses. @param older state from before an earlier swap, for nodes that come back.
   * @throws GatewayError configure-failed, flow-faulted: nothing has changed then.
   */
  swap(artifact: FlowArtifact, older: Predecessor | null = null, onLoaded?: () => void): Promise<SwapReport> {
    return this.#turns.take(async () => {
      this.#mustBeThere('swap');
      const fresh = this.#spawn(artifact, true);
      try {
        await this.#loaded(fresh);
        onLoaded?.();
        return await this.#switch(fresh, older);
      } catch (error) {
        fresh.end();
        throw error;
      }
    });
  }

  async #switch(fresh: FlowThread, older: Predecessor | null): Promise<SwapReport> {
    const paused = this.#state === 'paused';
    const parked = isAside(this.#state);
    const ended = parked ? now_us() : await this.#park(COMMAND.stop);
    this.#watchdog.stop();
    const old = this.#thread;
    try {
      const report = await switchVersion(old, fresh, ended, older, paused);
      this.#egress.replaced(old);
      this.#thread = fresh;
      old.end();
      clearTimeout(this.#quarantine);
      if (paused) await this.#park(COMMAND.stop);
      else this.#state = 'running';
      return report;
    } catch (error) {
      if (!parked) await old.go({ kind: 'go-on' });
      throw error;
    } finally {
      if (this.#state === 'running') this.#watchdog.start();
      this.#ingress.wake(this.#thread);
      this.pump();
    }
  }

  #mustBeThere(what: string): void {
    if (this.#state !== 'running' && !isAside(this.#state))
      throw new GatewayError('flow-faulted', this.artifact.plan.name, `it is ${this.#state}: nothing to ${what}`);
  }

  #loaded(thread: FlowThread): Promise<void> {
    return thread.loaded(this.#options.compile_ms_max, this.#options.watchdog_ms);
  }

  #spawn(artifact: FlowArtifact, configure: boolean, predecessor: FlowThread | null = null): FlowThread {
    const events: ThreadEvents = {
      onWake: () => {
        if (thread !== this.#thread) return;
        this.pump();
        if (thread.live) this.#ingress.wake(this.#thread);
      },
      // Of a version that is to take over and fails, who asked for it hears.
      onFault: (fault, hopeless, capture) => {
        if (thread === this.#thread) this.#fault(fault, hopeless, capture);
      },
      onRecovered: path => this.#events.onRecovered?.(path),
      onLost: error => {
        if (thread === this.#thread) this.#down(error);
      },
    };
    const { spin_us } = this.#options;
    const thread: FlowThread = new FlowThread(artifact, { spin_us, configure }, events, predecessor);
    return thread;
  }

  #fault(fault: FaultRecord, hopeless: boolean, capture: Capture | null): void {
    this.#faults += 1;
    this.#events.onFault?.(fault, capture);
    if (this.#state !== 'running') return;
    if (hopeless) return this.#down(new GatewayError('flow-faulted', this.artifact.plan.name, describeFault(fault)));
    const ms = this.#policy.note(performance.now());
    if (ms > 0) void this.#turns.take(() => this.#setAside(fault, ms));
  }

  async #setAside(fault: FaultRecord, ms: number): Promise<void> {
    if (this.#state !== 'running') return;
    await this.#halt('quarantined');
    if (ms !== Number.POSITIVE_INFINITY) this.#quarantine = setTimeout(() => void this.release(), ms);
    this.#events.onQuarantined?.(fault, ms);
  }

  /** The worker hangs in a node: it is ended, and another one goes on behind the record. */
  #stuck(): void {
    const old = this.#thread;
    const { fault, capture } = stuckIn(old, this.#options.watchdog_ms);
    this.#restarts += 1;
    this.#thread = this.#spawn(old.artifact, false, old);
    old.end();
    this.#recovering = this.#goOnFrom(old).catch(error => this.#down(error as Error));
    this.#fault(fault, false, capture);
  }

  async #goOnFrom(old: FlowThread): Promise<void> {
    await this.#loaded(this.#thread);
    await this.#thread.go({ kind: 'recover', kept: old.kept! });
    this.#watchdog.start();
    this.#ingress.wake(this.#thread);
  }

  /** The worker may hang on its way, and another one take its place. */
  async #park(command: typeof COMMAND.stop | typeof COMMAND.drain): Promise<number> {
    for (;;) {
      await this.#recovering;
      const thread = this.#thread;
      const at = await thread.park(command);
      if (thread === this.#thread) return at;
    }
  }

  async #drain(): Promise<void> {
    clearTimeout(this.#quarantine);
    if (isAside(this.#state)) await this.#thread.go({ kind: 'go-on' });
    if (this.#state === 'running' || isAside(this.#state)) await this.#park(COMMAND.drain);
    this.#finish('stopped');
  }

  #finish(state: RunnerState): void {
    this.#state = state;
    this.#watchdog.stop();
    this.#thread.end();
    this.pump();
  }

  #fail(error: unknown): GatewayError {
    this.#finish('down');
    if (error instanceof GatewayError) return error;
    return new GatewayError('flow-faulted', this.artifact.plan.name, (error as Error).message, error);
  }

  #down(error: Error): void {
    if (this.#state === 'down' || this.#state === 'stopped') return;
    this.#events.onDown?.(this.#fail(error));
  }
}

const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);
