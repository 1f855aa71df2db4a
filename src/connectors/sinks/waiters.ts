/** Those who wait until something is so. */
export class Waiters {
  #list: { readonly test: () => boolean; readonly done: () => void }[] = [];

  /** @param ms at the longest; for ever when it is left out. */
  async until(test: () => boolean, ms?: number): Promise<void> {
    if (test()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter = { test, done: resolve };
    this.#list.push(waiter);
    const timer = ms === undefined ? null : setTimeout(resolve, ms);
    await promise;
    if (timer) clearTimeout(timer);
    this.#list = this.#list.filter(one => one !== waiter);
  }

  /** To be called after anything has changed. */
  look(): void {
    for (const { test, done } of this.#list) if (test()) done();
  }

  /** Lets all go. */
  release(): void {
    for (const { done } of this.#list) done();
  }
}
