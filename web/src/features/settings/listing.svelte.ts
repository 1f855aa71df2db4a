/** A list of the gateway, as a page of settings shows it. */
export class Listing<T> {
  readonly #ask: () => Promise<readonly T[]>;
  /** null: not loaded yet. */
  items = $state.raw<readonly T[] | null>(null);
  problem = $state<string | null>(null);

  constructor(ask: () => Promise<readonly T[]>) {
    this.#ask = ask;
    void this.load();
  }

  async load(): Promise<void> {
    try {
      this.items = await this.#ask();
      this.problem = null;
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }
}
