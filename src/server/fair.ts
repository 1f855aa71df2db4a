/** Requests answered in one turn of the event loop; each takes 50 to 100 µs. */
const PER_TURN = 4;
/** When nothing may be answered, this much later something may. */
const PAUSE_MS = 10;

export interface FairLimits {
  /** Requests answered in a second, over time. */
  readonly requests_per_s: number;
  /** As many at once, after a time with fewer. */
  readonly request_burst: number;
  /** Of one sender, and of all. */
  readonly requests_waiting_each: number;
  readonly requests_waiting: number;
}
interface Waiting {
  readonly answer: () => void;
  /** Whoever asked has gone. */
  readonly isGone: () => boolean;
}

/**
 * Requests are answered a few at a time, and so many a second: what drivers send and flows put out is not late because
 * somebody asks a lot. The others wait, one of each sender in turn: nor do others wait for who asks a lot.
 */
export class Fair {
  readonly #limits: FairLimits;
  /** By sender; whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #count = 0;
  #tokens: number;
  #filledAt = performance.now();
  #answered = 0;
  #next: NodeJS.Immediate | NodeJS.Timeout | null = null;

  constructor(limits: FairLimits) {
    this.#limits = limits;
    this.#tokens = limits.request_burst;
  }

  /** Now, or when its turn comes. @returns false when too many wait */
  take(sender: string, answer: () => void, isGone: () => boolean): boolean {
    this.#fill();
    if (this.#answered < PER_TURN && this.#tokens >= 1 && this.#count === 0) {
      this.#tokens -= 1;
      this.#answered += 1;
      this.#goOn();
      answer();
      return true;
    }
    const own = this.#waiting.get(sender) ?? [];
    const { requests_waiting, requests_waiting_each } = this.#limits;
    if (this.#count >= requests_waiting || own.length >= requests_waiting_each) return false;
    own.push({ answer, isGone });
    this.#waiting.set(sender, own);
    this.#count += 1;
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
    while (now.length < PER_TURN && now.length + 1 <= this.#tokens) {
      const first = this.#first();
      if (!first) break;
      if (!first.isGone()) now.push(first);
    }
    this.#tokens -= now.length;
    this.#answered = now.length;
    if (now.length > 0 || this.#count > 0) this.#goOn();
    for (const { answer } of now) answer();
  }

  /** The oldest of the sender whose turn it is, who comes behind the others then. */
  #first(): Waiting | null {
    for (const [sender, own] of this.#waiting) {
      const first = own.shift()!;
      this.#waiting.delete(sender);
      if (own.length > 0) this.#waiting.set(sender, own);
      this.#count -= 1;
      return first;
    }
    return null;
  }

  #fill(): void {
    const now = performance.now();
    const { requests_per_s, request_burst } = this.#limits;
    this.#tokens = Math.min(request_burst, this.#tokens + ((now - this.#filledAt) * requests_per_s) / 1_000);
    this.#filledAt = now;
  }
}
