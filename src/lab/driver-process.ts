import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** `fusewire simulate` in a process of its own. */
export class DriverProcess {
  readonly #child: ChildProcess;
  #output = '';

  /** @param launcher what node is called with to be the command `fusewire`. */
  constructor(launcher: readonly string[], url: string, rate: number, seed: number) {
    const flags = ['--to', url, '--rate', String(rate), '--seed', String(seed), '--json'];
    this.#child = spawn(process.execPath, [...launcher, 'simulate', ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.stdout!.on('data', chunk => {
      this.#output += String(chunk);
    });
  }

  /** Lets it send what it has begun. @returns updates sent. */
  async finish(): Promise<number> {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return (JSON.parse(this.#output) as { sent: number }).sent;
  }

  /** Holds it where it stands. On `resume` it sends what has become due in the meantime. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it at once: its flow may never take what it sends. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
