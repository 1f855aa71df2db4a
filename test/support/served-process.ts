/** `fusewire serve` as a process of its own, to be killed, stopped, or refused. */
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '#client';
import { ROOT } from './plant.ts';

const FLAGS = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning'];
const MAIN = join(ROOT, 'src/cli/main.ts');

/** What `--json` prints, among the log. */
const LISTENING = /^\{"url":"([^"]+)","ingest":\[.*\n/m;

export interface ServedOptions {
  /** Default: `tcp://127.0.0.1:0`. */
  readonly ingest?: string;
  /** Default: a free port. */
  readonly listen?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Loaded before the program. */
  readonly imports?: readonly string[];
  /** Of the user that runs it. */
  readonly uid?: number;
  /** What was built, started as users do; to be ended by SIGTERM. */
  readonly isInstalled?: boolean;
}
export interface ServedEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ServedProcess {
  out = '';
  err = '';
  readonly child: ChildProcess;
  readonly ended: Promise<ServedEnd>;

  constructor(data: string, { ingest = 'tcp://127.0.0.1:0', listen = '127.0.0.1:0', ...more }: ServedOptions = {}) {
    const imports = (more.imports ?? []).flatMap(file => ['--import', file]);
    const args = ['serve', '--json', '--data', data, '--listen', listen, '--ingest', ingest];
    const { PATH = '' } = process.env;
    const program = more.isInstalled ? [join(ROOT, 'bin/fusewire')] : [...FLAGS, ...imports, MAIN];
    this.child = spawn(process.execPath, [...program, ...args], {
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, NODE_COMPILE_CACHE: join(ROOT, '.cache/compile'), ...more.env },
      ...(more.uid !== undefined && { uid: more.uid }),
    });
    this.child.stdout!.on('data', chunk => (this.out += String(chunk)));
    this.child.stderr!.on('data', chunk => (this.err += String(chunk)));
    this.ended = new Promise(resolve => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  /** Until it has started. @throws Error with what it said, when it ends before */
  async ready(): Promise<Client> {
    while (!LISTENING.test(this.out)) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.out}${this.err}`);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    return new Client({ url: this.url });
  }

  get url(): string {
    return LISTENING.exec(this.out)![1]!;
  }
  /** Addresses for drivers. */
  get ingest(): string[] {
    return (JSON.parse(LISTENING.exec(this.out)![0]) as { ingest: string[] }).ingest;
  }
  kill(signal: NodeJS.Signals): Promise<ServedEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}
