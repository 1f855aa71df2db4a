/**
 * What a listener has not taken yet, of each key the last only: however fast things happen and however slowly they are read,
 * it holds one value a key. Keys come out in the order in which they first waited. One listener.
 */
export class Latest<T> implements AsyncIterable<T>, AsyncIterator<T, undefined> {
  readonly #values = new Map<string, T>();
  readonly #gap_ms: number;
  readonly #onClose: () => void;
  #wake: (() => void) | null = null;
  #hasEnded = false;
  /** When the last value was taken. */
  #taken_ms = Number.NEGATIVE_INFINITY;

  /** @param gap_ms least time between two values. @param onClose ended, by whichever side; called once. */
  constructor(gap_ms = 0, onClose: () => void = () => undefined) {
    this.#gap_ms = gap_ms;
    this.#onClose = onClose;
  }

  get waiting(): number {
    return this.#values.size;
  }

  /** @param join what becomes of a value that still waits; default: the new one takes its place. */
  put(key: string, value: T, join: (waiting: T, value: T) => T = (_, next) => next): void {
    if (this.#hasEnded) return;
    const before = this.#values.get(key);
    this.#values.set(key, before === undefined ? value : join(before, value));
    this.#stir();
  }

  /** What waits still comes out. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stir();
    this.#onClose();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    const rest_ms = this.#taken_ms + this.#gap_ms - performance.now();
    if (rest_ms > 0 && !this.#hasEnded) await new Promise(resolve => setTimeout(resolve, Math.ceil(rest_ms)));
    while (this.#values.size === 0) {
      if (this.#hasEnded) return { done: true, value: undefined };
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    const [key, value] = this.#values.entries().next().value!;
    this.#values.delete(key);
    this.#taken_ms = performance.now();
    return { done: false, value };
  }

  /** The listener has gone. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#values.clear();
    this.end();
    return { done: true, value: undefined };
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
