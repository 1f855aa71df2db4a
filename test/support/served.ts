/** `fusewire serve` as a process, and commands that talk to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, environment, MAIN, type RunOptions, runCommand } from './remote.ts';
import { LONGEST_MS } from './until.ts';

/** Those of the launcher. */
const FLAGS = ['--expose-gc', '--no-liftoff', '--no-wasm-lazy-compilation', '--no-wasm-inlining'];

export class Served {
  readonly home: string;
  log = '';
  ingest = '';
  #env: Record<string, string>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(home: string, env: Record<string, string>) {
    this.home = home;
    mkdirSync(home, { recursive: true });
    this.#env = environment(home, '');
    const args = [
      'serve',
      '--data',
      join(home, 'data'),
      '--listen',
      '127.0.0.1:0',
      '--ingest',
      'tcp://127.0.0.1:0',
      '--json',
    ];
    this.#child = spawn(process.execPath, [...FLAGS, ...MAIN, ...args], { cwd: home, env: { ...this.#env, ...env } });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', chunk => (this.log += String(chunk)));
    this.#ended = new Promise(resolve => this.#child.once('close', resolve));
  }

  static async start(home: string, env: Record<string, string> = {}): Promise<Served> {
    const served = new Served(home, env);
    await served.until(async () => /"ingest":\s*\[[^\]]*\]/.test(served.log));
    const url = /"url":\s*"([^"]*)"/.exec(served.log)![1]!;
    served.#env = environment(home, url);
    served.ingest = /"ingest":\s*\[\s*"([^"]*)"/.exec(served.log)![1]!;
    return served;
  }

  file(name: string, content: object): string {
    writeFileSync(join(this.home, name), JSON.stringify(content));
    return join(this.home, name);
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return runCommand(args, this.home, this.#env, options);
  }

  async json<T>(...args: string[]): Promise<T> {
    const { code, out, err } = await this.run([...args, '--json']);
    if (code !== 0) throw new Error(`fusewire ${args.join(' ')} ended with ${code}: ${err}${out}`);
    return JSON.parse(out) as T;
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    for (const began = performance.now(); !(await condition()); ) {
      if (performance.now() - began > LONGEST_MS || this.#child.exitCode !== null) {
        this.#child.kill('SIGKILL');
        throw new Error(`${condition} does not come about: ${this.log.slice(-3_000)}`);
      }
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}
