import { closeSync, fstatSync, openSync, readSync, truncateSync } from 'node:fs';

const NEWLINE = 10;

/** Counts the lines that another writes to a file, as it grows. */
export class LineCount {
  readonly #path: string;
  readonly #buffer = Buffer.allocUnsafeSlow(1 << 20);
  #at = 0;
  lines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Counts what has come since the last time. */
  look(): void {
    const file = openSync(this.#path, 'r');
    for (const { size } = fstatSync(file); this.#at < size; ) {
      const length = readSync(file, this.#buffer, 0, this.#buffer.length, this.#at);
      const chunk = this.#buffer.subarray(0, length);
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.lines += 1;
      this.#at += length;
    }
    closeSync(file);
  }

  /** Empties the file; nobody may be writing to it. */
  empty(): void {
    truncateSync(this.#path);
    this.#at = 0;
  }
}
