const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;

/** Exponential back-off with jitter: 100 ms, doubled up to 10 s, each between half of it and all of it. */
export class Backoff {
  #attempt = 0;

  /** @returns ms to wait before the next attempt. */
  next(): number {
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 32);
    return delay / 2 + (Math.random() * delay) / 2;
  }

  reset(): void {
    this.#attempt = 0;
  }
}

/** When the other side has said when to come back: not sooner, never at once, and not all its clients at the same moment. */
export const notBefore = (delay_ms: number): number => Math.max(FIRST_DELAY_MS, delay_ms) * (1 + Math.random() / 10);
