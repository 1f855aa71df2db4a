/** What is asked for more often than it is worth making anew. */
export class Lately<T> {
  readonly #make: () => T;
  readonly #ms: number;
  #kept: { readonly value: T; readonly until_ms: number } | null = null;

  /** @param ms how old it may be */
  constructor(ms: number, make: () => T) {
    this.#make = make;
    this.#ms = ms;
  }

  get value(): T {
    const now = performance.now();
    if (this.#kept === null || now >= this.#kept.until_ms)
      this.#kept = { value: this.#make(), until_ms: now + this.#ms };
    return this.#kept.value;
  }

  /** Something has changed that everybody must see. */
  forget(): void {
    this.#kept = null;
  }
}
