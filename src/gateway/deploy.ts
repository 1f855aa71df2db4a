import { GatewayError } from '#diagnostic';
import type { FlowArtifact } from '#engine';
import type { FlowRunner, SwapReport } from '#runtime';
import type { Outlets } from './outlets.ts';

export interface ProbationOptions {
  /** A new version is on probation for this long; 0: not at all. */
  readonly probation_ms: number;
  /** More faults than this on probation, and the old version comes back. */
  readonly probation_faults: number;
  /** The new version is compiled and configured; from here on it takes over. */
  readonly onLoaded?: () => void;
}
export const PROBATION_DEFAULTS: ProbationOptions = { probation_ms: 10_000, probation_faults: 3 };

export interface DeployEvents {
  /** A version is about to take over; `onVersion` or `onRefused` says whether it did. */
  readonly onComing: (version: FlowArtifact) => void;
  readonly onRefused: (version: FlowArtifact) => void;
  /** A version took over, or came back. */
  readonly onVersion: (version: FlowArtifact) => void;
  /** @param since records with greater numbers that faulted belong to the version that failed. */
  readonly onRolledBack: (reason: string, since: number) => void;
  readonly onProblem: (error: GatewayError) => void;
}

/** Puts versions in service and takes them back when they fail. */
export class Deployer {
  readonly #runner: FlowRunner;
  readonly #outlets: Outlets;
  readonly #events: DeployEvents;
  #probation: {
    readonly old: FlowArtifact;
    readonly report: SwapReport;
    readonly faults_max: number;
    readonly timer: NodeJS.Timeout;
    faults: number;
  } | null = null;

  constructor(runner: FlowRunner, outlets: Outlets, events: DeployEvents) {
    this.#runner = runner;
    this.#outlets = outlets;
    this.#events = events;
  }

  /** @throws GatewayError: nothing has changed then. */
  async deploy(version: FlowArtifact, options: ProbationOptions): Promise<SwapReport> {
    const old = this.#runner.artifact;
    const report = await this.#swap(version, null, options.onLoaded);
    this.#endProbation();
    if (options.probation_ms > 0) {
      const timer = setTimeout(() => this.#endProbation(), options.probation_ms);
      this.#probation = { old, report, faults_max: options.probation_faults, timer, faults: 0 };
    }
    return report;
  }

  /** To be told of each fault. @param final the flow is down, or would be set aside. */
  fault(reason: string, final: boolean): void {
    const probation = this.#probation;
    if (!probation) return;
    probation.faults += 1;
    if (probation.faults <= probation.faults_max && !final) return;
    this.#endProbation();
    const { old, report } = probation;
    this.#swap(old, report.before)
      .then(() => this.#events.onRolledBack(reason, report.record))
      .catch(error => this.#events.onProblem(error as GatewayError));
  }

  stop(): void {
    this.#endProbation();
  }

  #endProbation(): void {
    if (this.#probation) clearTimeout(this.#probation.timer);
    this.#probation = null;
  }

  async #swap(of: FlowArtifact, older: SwapReport['before'] | null, onLoaded?: () => void): Promise<SwapReport> {
    // An object of its own: the same version may run already, or may not be drained since it ran before.
    const version = { ...of };
    await this.#outlets.open(version);
    this.#events.onComing(version);
    try {
      const report = await this.#runner.swap(version, older, onLoaded);
      this.#events.onVersion(version);
      for (const { node, reason } of report.lost) this.#events.onProblem(new GatewayError('state-lost', node, reason));
      return report;
    } catch (error) {
      this.#events.onRefused(version);
      this.#outlets.close(version);
      throw error;
    }
  }
}
