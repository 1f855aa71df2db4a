/** `fusewire serve` as a user starts it: a process of its own, asked over its API, looked at in /proc. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** A tick of the system's clock for CPU time. */
const TICK_MS = 10;
const START_MS_MAX = 120_000;

export interface Memory {
  readonly rss_mb: number;
  /** Of this process alone: what one more of it would cost. */
  readonly private_mb: number;
}
export interface Look {
  readonly updates: number;
  readonly cpu_ms: number;
  readonly at_ms: number;
  readonly p50_us: number;
  readonly p99_us: number;
}
interface Status {
  readonly ingest: { readonly updates: number };
  readonly flows: readonly {
    readonly ingress_fill: number;
    readonly latency_us: { readonly p50: number | null; readonly p99: number | null };
  }[];
}

export const fusewire = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(ROOT, 'bin/fusewire'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

export class Gateway {
  readonly url: string;
  /** Where drivers push to. */
  readonly ingest: string;
  readonly start_ms: number;
  /** CPU time until it was ready. */
  readonly start_cpu_ms: number;
  readonly #launcher: ChildProcess;
  readonly #pid: number;

  private constructor(launcher: ChildProcess, url: string, ingest: string, start_ms: number) {
    this.#launcher = launcher;
    this.#pid = childOf(launcher.pid!);
    this.url = url;
    this.ingest = ingest;
    this.start_ms = start_ms;
    this.start_cpu_ms = this.cpu_ms;
  }

  /** Waits until it is ready. @param data folder */
  static async start(data: string): Promise<Gateway> {
    const began = performance.now();
    const listen = ['--listen', '127.0.0.1:0', '--ingest', 'tcp://127.0.0.1:0'];
    const launcher = fusewire(['serve', '--data', data, ...listen, '--json']);
    const ready = Promise.withResolvers<readonly [string, string]>();
    let text = '';
    launcher.stdout!.on('data', chunk => {
      text += String(chunk);
      const found = /"url":\s*"([^"]+)",\s*"ingest":\s*\[\s*"([^"]+)"/.exec(text);
      if (found) ready.resolve([found[1]!, found[2]!]);
    });
    launcher.once('exit', code => ready.reject(new Error(`the gateway ended with ${code}: ${text}`)));
    const timer = setTimeout(() => ready.reject(new Error(`not ready: ${text}`)), START_MS_MAX);
    const [url, ingest] = await ready.promise.finally(() => clearTimeout(timer));
    return new Gateway(launcher, url, ingest, performance.now() - began);
  }

  /** @throws Error with the problem that it answers */
  async ask<T>(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<T> {
    const headers = body === undefined ? more : { ...more, 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, ...content });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  get memory(): Memory {
    const text = readFileSync(`/proc/${this.#pid}/smaps_rollup`, 'utf8');
    const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)![1]) / 1024;
    return { rss_mb: mb('Rss'), private_mb: mb('Private_Clean') + mb('Private_Dirty') };
  }

  get cpu_ms(): number {
    const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  async look(): Promise<Look> {
    const status = await this.ask<Status>('GET', '/status');
    const worst = (quantile: 'p50' | 'p99'): number =>
      Math.max(0, ...status.flows.map(flow => flow.latency_us[quantile] ?? 0));
    return {
      updates: status.ingest.updates,
      cpu_ms: this.cpu_ms,
      at_ms: performance.now(),
      p50_us: worst('p50'),
      p99_us: worst('p99'),
    };
  }

  /** Until so many updates have come, and all flows have handled theirs. */
  async handled(updates: number): Promise<void> {
    for (;;) {
      const { ingest, flows } = await this.ask<Status>('GET', '/status');
      if (ingest.updates >= updates && flows.every(flow => flow.ingress_fill === 0)) return;
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    this.#launcher.kill('SIGTERM');
    if (this.#launcher.exitCode === null) await once(this.#launcher, 'exit');
  }
}

/** The launcher runs the gateway under the Node that it has brought along. */
function childOf(pid: number): number {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) throw new Error('memory and CPU time are read from /proc: this bench needs Linux');
  return Number(readFileSync(file, 'utf8').trim().split(' ')[0]) || pid;
}

/** A driver in a process of its own: the simulated line of 300 tags. @param rate 0: as fast as they are taken. @param count 0: until `kill` */
export const drive = (gateway: Gateway, rate: number, count: number): ChildProcess =>
  fusewire([
    'simulate',
    ...['--to', gateway.ingest, '--rate', String(rate), '--count', String(count), '--tags', '300', '--quiet'],
  ]);
