/** Commands in a pseudo terminal. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { MAIN } from './remote.ts';
import { LONGEST_MS } from './until.ts';

// The script of util-linux gives a command a terminal, and passes on what comes on standard input.
export const noTerminal = spawnSync('script', ['--version']).stdout?.includes('util-linux')
  ? false
  : 'no script of util-linux here';
export const ENTERED = '\u001b[?1049h';
export const LEFT = '\u001b[?1049l';

/** `fusewire` with a terminal of 100 columns and 24 rows; behind it the shell says its code and how the terminal is. */
export class Terminal {
  out = '';
  readonly #script: ChildProcess;
  readonly ended: Promise<void>;

  constructor(environment: Readonly<Record<string, string>>, ...args: string[]) {
    const words = [process.execPath, ...MAIN, ...args].map(word => `'${word}'`).join(' ');
    const command = `stty cols 100 rows 24; sh -c 'echo pid $$; exec "$@"' - ${words}; echo code $?; stty -a`;
    const env = { ...environment, TERM: 'xterm', SHELL: '/bin/sh' };
    this.#script = spawn('script', ['-qefc', command, '/dev/null'], { env });
    this.#script.stdout!.on('data', chunk => (this.out += String(chunk)));
    this.ended = new Promise(resolve => this.#script.once('close', () => resolve()));
  }

  press(keys: string): void {
    this.#script.stdin!.write(keys);
  }

  /** The last picture that was drawn whole. */
  get picture(): string {
    return this.out.split('\u001b[H').findLast(one => one.includes('\u001b[J')) ?? '';
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const began = performance.now();
    while (!condition()) {
      if (performance.now() - began > LONGEST_MS) {
        this.kill('SIGKILL');
        this.#script.kill();
        throw new Error(`${what} does not come about: ${JSON.stringify(this.out.slice(-3_000))}`);
      }
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  }

  kill(signal: NodeJS.Signals): void {
    const pid = /pid (\d+)/.exec(this.out)?.[1];
    if (pid) process.kill(Number(pid), signal);
  }

  /** Ended, the first screen is back, the cursor is seen, and lines are lines again. */
  async isRestored(code: number): Promise<void> {
    await this.ended;
    assert.ok(this.out.lastIndexOf(LEFT) > this.out.lastIndexOf(ENTERED), 'the first screen is back');
    assert.ok(this.out.lastIndexOf('\u001b[?25h') > this.out.lastIndexOf('\u001b[?25l'), 'the cursor is back');
    assert.match(this.out, new RegExp(`code ${code}\\b`));
    assert.match(this.out, /[^-]icanon/);
    assert.match(this.out, /[^-]echo\b/);
  }
}
