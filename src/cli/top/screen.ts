import { writeSync } from 'node:fs';
import { type Key, keysOf } from './keys.ts';

/** A key that comes alone and one that begins a sequence look the same until the rest is there. */
const ESCAPE_MS = 30;
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';

/** The terminal's other screen, with keys one by one. However the process ends, the first screen comes back. */
export class Screen {
  readonly #onKey: (key: Key) => void;
  readonly #redraw: () => void;
  #entered = false;
  #waiting = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(onKey: (key: Key) => void, redraw: () => void) {
    this.#onKey = onKey;
    this.#redraw = redraw;
    // Also after an exception that nobody caught.
    process.on('exit', () => this.leave());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => process.exit(signal === 'SIGINT' ? 0 : 143));
    process.on('SIGCONT', () => this.enter());
    process.stdout.on('resize', redraw);
  }

  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    process.stdout.write(ENTER);
    if (process.stdin.isTTY) {
      process.stdin.setRawMode(true);
      process.stdin.on('data', this.#take);
      process.stdin.resume();
    }
    this.#redraw();
  }

  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    if (process.stdin.isTTY) {
      process.stdin.off('data', this.#take);
      process.stdin.setRawMode(false);
      process.stdin.pause();
    }
    try {
      // At once: the process may be about to end.
      writeSync(1, LEAVE);
    } catch (error) {
      // A terminal that is gone needs no cleaning up.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  draw(lines: readonly string[]): void {
    // Each line clears what stood behind it: no flicker.
    if (this.#entered) process.stdout.write(`\u001b[H${lines.map(line => `${line}\u001b[K`).join('\n')}\u001b[J`);
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#timer) clearTimeout(this.#timer);
    const text = this.#waiting + chunk.toString('utf8');
    const open = text.endsWith('\u001b') ? '\u001b' : '';
    this.#waiting = open;
    this.#give(text.slice(0, text.length - open.length));
    if (open) this.#timer = setTimeout(this.#alone, ESCAPE_MS);
  };

  /** Nothing came behind it: it was the key. */
  readonly #alone = (): void => {
    const text = this.#waiting;
    this.#waiting = '';
    this.#give(text);
  };

  #give(text: string): void {
    for (const key of keysOf(text)) {
      if (key === 'suspend') this.#suspend();
      else this.#onKey(key);
    }
  }

  /** As the terminal would, for the whole group: the launcher stands before us. */
  #suspend(): void {
    this.leave();
    process.kill(0, 'SIGTSTP');
  }
}
