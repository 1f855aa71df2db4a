import type { LogLevel } from '#abi';
import type { FlowStatusDto } from '#api';
import { GatewayError } from '#diagnostic';
import { describeFault, type LastValue, type Trace, TraceCollector } from '#engine';
import { GatewayFlow, type GatewayFlowOptions } from '#gateway';
import type { FlowSettings } from '#repository';
import type { SwapReport } from '#runtime';
import type { MadeArtifact } from './artifacts.ts';

export type HostState = FlowStatusDto['state'];

export interface HostOptions {
  readonly ingest: NonNullable<GatewayFlowOptions['ingest']>;
  /** The flow's folder. */
  readonly state: string;
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  readonly stop_ms: number;
  readonly snapshots: GatewayFlowOptions['snapshots'];
  readonly resolveSecrets: GatewayFlowOptions['resolve'];
}
export interface HostEvents {
  readonly onLog: (level: LogLevel, text: string, node: string | null) => void;
  /** Its state has changed. */
  readonly onChanged: () => void;
  readonly onDeadLetter: () => void;
  /** The version before is back, because the new one kept failing. */
  readonly onRolledBack: (version: number, reason: string) => void;
  /** It is down though it should run, and its time to be tried again has come. */
  readonly onRestart: () => void;
}
/** A version, and how it is run. */
export interface Planned {
  readonly version: number;
  readonly made: MadeArtifact;
  readonly settings: FlowSettings;
}

/** A flow that goes down is started again after this long; the last goes on. */
const RESTART_MS = [1_000, 5_000, 30_000, 300_000];
/** One that has run for so long has recovered. */
const RECOVERED_MS = 600_000;

/** One flow of the gateway: runs a version of it, or says why not. What it is told comes in the flow's turn. */
export class FlowHost {
  readonly id: string;
  readonly #options: HostOptions;
  readonly #events: HostEvents;
  #gateway: GatewayFlow | null = null;
  /** What runs, ran, or is to run. */
  #planned: Planned | null = null;
  #before: Planned | null = null;
  #starting = false;
  #problem: string | null = null;
  /** Of the last quarantine: why, and for how long. */
  #quarantine: { readonly text: string; readonly node: string | null } | null = null;
  /** One that went down gives its folder back. */
  #leaving: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | null = null;
  #restarts = 0;
  #startedAt = 0;
  /** It should run: somebody has started it, and nobody has stopped it. */
  #wanted = false;
  readonly #tracers = new Set<(trace: Trace) => void>();
  readonly #collector = new TraceCollector(trace => {
    for (const tracer of this.#tracers) tracer(trace);
  });

  constructor(id: string, options: HostOptions, events: HostEvents) {
    this.id = id;
    this.#options = options;
    this.#events = events;
  }

  /** null while it does not run. */
  get gateway(): GatewayFlow | null {
    return this.#gateway;
  }
  /** Number of the version that runs, or ran last. */
  get version(): number | null {
    return this.#planned?.version ?? null;
  }
  get made(): MadeArtifact | null {
    return this.#planned?.made ?? null;
  }
  /** Why it does not run though it should, or the last that went wrong while it does. */
  get problem(): string | null {
    return this.state === 'quarantined' ? (this.#quarantine?.text ?? null) : this.#problem;
  }
  /** What a quarantined flow is set aside for. */
  get failingNode(): string | null {
    return this.state === 'quarantined' ? (this.#quarantine?.node ?? null) : null;
  }
  get state(): HostState {
    if (this.#gateway) return this.#gateway.state;
    if (this.#starting) return 'starting';
    return this.#problem === null ? 'stopped' : 'down';
  }

  /** What was traced is told to the listener. @returns what ends that */
  onTrace(listener: (trace: Trace) => void): () => void {
    this.#tracers.add(listener);
    return () => void this.#tracers.delete(listener);
  }

  /** What each node last emitted on each port, as far as somebody looked. */
  lastValues(): readonly LastValue[] {
    return this.#collector.lastValues();
  }

  /** Starts a version from the state that its folder holds. @throws GatewayError: all is as it was */
  async start(planned: Planned): Promise<void> {
    this.#clearRestart();
    this.#starting = true;
    this.#events.onChanged();
    try {
      await this.#leaving;
      this.#gateway = await this.#bringUp(planned);
      this.#planned = planned;
      this.#problem = null;
      this.#wanted = true;
      this.#startedAt = performance.now();
    } catch (error) {
      if (this.#wanted) this.#restartLater();
      throw error;
    } finally {
      this.#starting = false;
      this.#events.onChanged();
    }
  }

  async #bringUp({ made, settings }: Planned): Promise<GatewayFlow> {
    let lost: GatewayError | null = null;
    const gateway: GatewayFlow = this.#create(made, settings, error => {
      if (this.#gateway === gateway) this.#down(gateway, error);
      else lost ??= error;
    });
    await gateway.start();
    if (!lost) return gateway;
    await gateway.stop();
    throw lost;
  }

  /** Lets another version take over live; the one before comes back if it keeps failing. @throws GatewayError: nothing has changed */
  async swap(planned: Planned, onLoaded: () => void): Promise<SwapReport> {
    const { made, settings } = planned;
    const report = await this.#gateway!.deploy(made.artifact, { probation_ms: settings.probation_ms, onLoaded });
    this.#before = this.#planned;
    this.#planned = planned;
    this.#problem = null;
    this.#events.onChanged();
    return report;
  }

  /** Handles what is in hand, keeps the state. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#restarts = 0;
    this.#clearRestart();
    const gateway = this.#gateway;
    this.#gateway = null;
    this.#problem = null;
    if (gateway) this.#leave(gateway);
    await this.#leaving;
    this.#events.onChanged();
  }

  /** @throws GatewayError not-running */
  running(): GatewayFlow {
    if (this.#gateway) return this.#gateway;
    throw new GatewayError('not-running', this.id, this.#problem ?? 'start it first');
  }

  #create(made: MadeArtifact, settings: FlowSettings, onDown: (error: GatewayError) => void): GatewayFlow {
    const { ingest, state, directory, stop_ms, snapshots, resolveSecrets } = this.#options;
    return new GatewayFlow(
      made,
      made.artifact,
      {
        ingest,
        id: this.id,
        directory,
        confined: true,
        state,
        stop_ms,
        quarantine: settings.overload,
        ...(snapshots && { snapshots }),
        ...(resolveSecrets && { resolve: resolveSecrets }),
      },
      {
        onLog: (level, text, node) => this.#events.onLog(level, text, node),
        onTrace: (record, version) => this.#collector.take(record, version),
        onDeadLetter: () => this.#events.onDeadLetter(),
        onQuarantined: (fault, ms) => {
          const until = Number.isFinite(ms) ? `for ${ms / 1_000} s` : 'until somebody resumes it';
          const text = `it keeps failing and is set aside ${until}; last: ${describeFault(fault)}`;
          this.#quarantine = { text, node: fault.node };
          this.#events.onChanged();
        },
        onReleased: () => {
          this.#quarantine = null;
          this.#events.onChanged();
        },
        onRolledBack: reason => this.#rolledBack(reason),
        onDown,
      },
    );
  }

  #rolledBack(reason: string): void {
    const before = this.#before;
    this.#before = null;
    this.#problem = `rolled back: ${reason}`;
    if (!before) return;
    this.#planned = before;
    this.#events.onRolledBack(before.version, reason);
    this.#events.onChanged();
  }

  /** Whatever it is, the flow is tried again: nobody may be there to do it. */
  #down(gateway: GatewayFlow, error: GatewayError): void {
    this.#gateway = null;
    this.#events.onLog('error', error.message, null);
    if (performance.now() - this.#startedAt > RECOVERED_MS) this.#restarts = 0;
    this.#leave(gateway);
    this.failed(error);
  }

  #leave(gateway: GatewayFlow): void {
    this.#leaving = gateway.stop().catch(error => this.#events.onLog('error', (error as Error).message, null));
  }

  /** It should run and does not: it is tried again after a while. */
  failed(error: Error): void {
    this.#problem = error.message;
    this.#wanted = true;
    this.#restartLater();
    this.#events.onChanged();
  }

  #restartLater(): void {
    const ms = RESTART_MS[Math.min(this.#restarts, RESTART_MS.length - 1)]!;
    this.#restarts += 1;
    this.#clearRestart();
    this.#restart = setTimeout(() => this.#events.onRestart(), ms);
  }

  #clearRestart(): void {
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
  }
}
