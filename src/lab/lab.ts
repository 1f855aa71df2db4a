import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttackResult, FromGateway, GatewaySetup, ToGateway } from './protocol.ts';

export interface LabOptions extends Omit<GatewaySetup, 'directory' | 'cache'> {
  /** Where fused modules are kept; null: every flow is fused anew. */
  readonly cache: string | null;
  readonly attacks: readonly string[];
  readonly onBegin: (attack: string) => void;
  readonly onReport: (report: AttackReport) => void;
}
/** `result` null: the attack ended the gateway, or took it out of reach. */
export interface AttackReport {
  readonly attack: string;
  readonly result: AttackResult | null;
}

export interface LabReport {
  readonly reports: AttackReport[];
  /** Updates of the healthy flows that are missing in the end, beside those that the attacks account for. */
  readonly unexplained: number;
}

/** Beyond phases and patience; an answer that takes longer never comes. */
const GRACE_MS = 60_000;

/** Runs attacks one after another in one gateway; after one that spoils it, in a fresh one. */
export async function runLab(options: LabOptions): Promise<LabReport> {
  const { attacks, onBegin, onReport, ...rest } = options;
  const directory = mkdtempSync(join(tmpdir(), 'fusewire-lab-'));
  const setup = { ...rest, cache: options.cache ?? join(directory, 'cache') };
  const reports: AttackReport[] = [];
  let unexplained = 0;
  let gateway: LabGateway | null = null;
  const clear = (): void => {
    gateway?.kill();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', clear);
  try {
    for (const attack of attacks) {
      onBegin(attack);
      gateway ??= await LabGateway.start(setup, directory);
      const report = { attack, result: await gateway.run(attack) };
      if (report.result === null || report.result.spoiled) {
        gateway.kill();
        gateway = null;
      }
      reports.push(report);
      onReport(report);
    }
    unexplained = (await gateway?.end()) ?? 0;
  } finally {
    process.off('exit', clear);
    clear();
  }
  return { reports, unexplained };
}

class LabGateway {
  readonly #child: ChildProcess;
  readonly #setup: GatewaySetup;
  readonly #gone: Promise<null>;
  #lost = 0;

  private constructor(setup: GatewaySetup) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    // A group of its own: its drivers and fusions go with it.
    this.#child = fork(new URL(`./gateway-process.${extension}`, import.meta.url), [], { detached: true });
    this.#setup = setup;
    this.#gone = once(this.#child, 'disconnect').then(() => null);
  }

  /** @param folder a folder of its own in it is the gateway's. */
  static async start(options: Omit<GatewaySetup, 'directory'>, folder: string): Promise<LabGateway> {
    const setup = { ...options, directory: mkdtempSync(join(folder, 'gateway-')) };
    const gateway = new LabGateway(setup);
    if ((await gateway.#ask({ type: 'begin', setup })) === null)
      throw new Error('the gateway of the lab does not start');
    return gateway;
  }

  async run(name: string): Promise<AttackResult | null> {
    const answer = await this.#ask({ type: 'attack', name });
    if (answer?.type !== 'result') return null;
    this.#lost += answer.result.lost;
    return answer.result;
  }

  /** Ends the drivers and compares what they have sent with all that came out. */
  async end(): Promise<number> {
    const answer = await this.#ask({ type: 'end' });
    return answer?.type === 'ended' ? Math.abs(answer.lost - this.#lost) : 0;
  }

  kill(): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      // The group may have ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** @returns null when no answer will come. */
  async #ask(message: ToGateway): Promise<FromGateway | null> {
    const answered = once(this.#child, 'message').then(([answer]) => answer as FromGateway);
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, this.#setup.patience_ms + 3 * this.#setup.phase_ms + GRACE_MS, null);
    this.#child.send(message);
    const answer = await Promise.race([answered, this.#gone, late]);
    clearTimeout(timer);
    return answer;
  }
}
