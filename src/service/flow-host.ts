import type { LogLevel } from '#abi';
import type { FlowStatusDto } from '#api';
import { GatewayError } from '#diagnostic';
import { GatewayFlow, type GatewayFlowOptions, type LastValue, type Trace, TraceCollector } from '#gateway';
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
}

/** A flow that goes down is started again after this long; the last goes on. */
const RESTART_MS = [1_000, 5_000, 30_000, 300_000];
/** One that has run for so long has recovered. */
const RECOVERED_MS = 600_000;

/** One flow of the gateway: runs a version of it, or says why not, and tries again. */
export class FlowHost {
  readonly id: string;
  readonly #options: HostOptions;
  readonly #events: HostEvents;
  #gateway: GatewayFlow | null = null;
  #made: MadeArtifact | null = null;
  #version: number | null = null;
  #before: { readonly version: number; readonly made: MadeArtifact } | null = null;
  #starting = false;
  #settings: FlowSettings | null = null;
  #problem: string | null = null;
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
  /** Number of the version that runs, or is to run. */
  get version(): number | null {
    return this.#version;
  }
  get made(): MadeArtifact | null {
    return this.#made;
  }
  /** Why it does not run though it should, or the last that went wrong while it does. */
  get problem(): string | null {
    return this.#problem;
  }
  get state(): HostState {
    if (this.#gateway) return this.#gateway.stats().state;
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

  /** Starts a version from the state that its folder holds. @throws GatewayError: it does not run */
  async start(version: number, made: MadeArtifact, settings: FlowSettings): Promise<void> {
    this.#clearRestart();
    this.#wanted = true;
    this.#version = version;
    this.#made = made;
    this.#settings = settings;
    this.#starting = true;
    this.#events.onChanged();
    const gateway = this.#create(made, settings);
    try {
      await gateway.start();
      this.#gateway = gateway;
      this.#problem = null;
      this.#startedAt = performance.now();
    } catch (error) {
      this.#problem = (error as Error).message;
      throw error;
    } finally {
      this.#starting = false;
      this.#events.onChanged();
    }
  }

  /** Lets another version take over live; the one before comes back if it keeps failing. @throws GatewayError: nothing has changed */
  async swap(version: number, made: MadeArtifact, settings: FlowSettings, onLoaded: () => void): Promise<SwapReport> {
    const before = this.#version === null || !this.#made ? null : { version: this.#version, made: this.#made };
    const report = await this.#gateway!.deploy(made.artifact, { probation_ms: settings.probation_ms, onLoaded });
    this.#before = before;
    this.#version = version;
    this.#made = made;
    this.#settings = settings;
    this.#problem = null;
    this.#events.onChanged();
    return report;
  }

  /** Handles what is in hand, keeps the state. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#clearRestart();
    const gateway = this.#gateway;
    this.#gateway = null;
    this.#problem = null;
    await gateway?.stop();
    this.#events.onChanged();
  }

  /** @throws GatewayError not-running */
  running(): GatewayFlow {
    if (this.#gateway) return this.#gateway;
    throw new GatewayError('not-running', this.id, this.#problem ?? 'start it first');
  }

  #create(made: MadeArtifact, settings: FlowSettings): GatewayFlow {
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
        onQuarantined: () => this.#events.onChanged(),
        onReleased: () => this.#events.onChanged(),
        onRolledBack: reason => this.#rolledBack(reason),
        onDown: error => this.#down(error),
      },
    );
  }

  #rolledBack(reason: string): void {
    const before = this.#before;
    this.#before = null;
    this.#problem = `rolled back: ${reason}`;
    if (!before) return;
    this.#version = before.version;
    this.#made = before.made;
    this.#events.onRolledBack(before.version, reason);
    this.#events.onChanged();
  }

  /** Whatever it is, the flow is tried again: nobody may be there to do it. */
  #down(error: GatewayError): void {
    const gateway = this.#gateway;
    this.#gateway = null;
    this.#problem = error.message;
    this.#events.onLog('error', error.message, null);
    this.#events.onChanged();
    if (performance.now() - this.#startedAt > RECOVERED_MS) this.#restarts = 0;
    void gateway?.stop().finally(() => this.restartLater());
  }

  /** It could not be started at all: it is tried again. */
  failed(error: GatewayError): void {
    this.#problem = error.message;
    this.#wanted = true;
    this.restartLater();
  }

  /** Starts again after a while what could not be started, or went down. */
  restartLater(): void {
    const ms = RESTART_MS[Math.min(this.#restarts, RESTART_MS.length - 1)]!;
    this.#restarts += 1;
    this.#clearRestart();
    if (!this.#wanted) return;
    this.#restart = setTimeout(() => {
      if (this.#gateway || this.#starting || !this.#made || this.#version === null || !this.#settings) return;
      this.start(this.#version, this.#made, this.#settings).catch(() => this.restartLater());
    }, ms);
  }

  #clearRestart(): void {
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
  }
}
