/** Requests answered in one turn of the event loop; each takes 50 to 100 µs. */
const PER_TURN = 4;
/** When nothing may be answered, this much later something may. */
const PAUSE_MS = 10;

export interface FairLimits {
  /** Requests answered in a second, over time. */
  readonly requests_per_s: number;
  /** As many at once, after a time with fewer. */
  readonly request_burst: number;
  readonly requests_waiting: number;
}
interface Waiting {
  readonly answer: () => void;
  /** Whoever asked has gone. */
  readonly isGone: () => boolean;
}

/**
 * Requests are answered a few at a time, and so many a second: what drivers send and flows put out is not late because
 * somebody asks a lot. The others wait, in order.
 */
export class Fair {
  readonly #limits: FairLimits;
  readonly #waiting: Waiting[] = [];
  #tokens: number;
  #filledAt = performance.now();
  #answered = 0;
  #next: NodeJS.Immediate | NodeJS.Timeout | null = null;

  constructor(limits: FairLimits) {
    this.#limits = limits;
    this.#tokens = limits.request_burst;
  }

  /** Now, or when its turn comes. @returns false when too many wait */
  take(answer: () => void, isGone: () => boolean): boolean {
    this.#fill();
    if (this.#answered < PER_TURN && this.#tokens >= 1 && this.#waiting.length === 0) {
      this.#tokens -= 1;
      this.#answered += 1;
      this.#goOn();
      answer();
      return true;
    }
    if (this.#waiting.length >= this.#limits.requests_waiting) return false;
    this.#waiting.push({ answer, isGone });
    this.#goOn();
    return true;
  }

  #goOn(): void {
    this.#next ??=
      this.#tokens >= 1 ? setImmediate(() => this.#turn()) : setTimeout(() => this.#turn(), PAUSE_MS).unref();
  }

  #turn(): void {
    this.#next = null;
    this.#fill();
    const now: Waiting[] = [];
    while (now.length < PER_TURN && now.length + 1 <= this.#tokens && this.#waiting.length > 0) {
      const first = this.#waiting.shift()!;
      if (!first.isGone()) now.push(first);
    }
    this.#tokens -= now.length;
    this.#answered = now.length;
    if (now.length > 0 || this.#waiting.length > 0) this.#goOn();
    for (const { answer } of now) answer();
  }

  #fill(): void {
    const now = performance.now();
    const { requests_per_s, request_burst } = this.#limits;
    this.#tokens = Math.min(request_burst, this.#tokens + ((now - this.#filledAt) * requests_per_s) / 1_000);
    this.#filledAt = now;
  }
}
