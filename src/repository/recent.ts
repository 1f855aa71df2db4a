/** Values used lately, by key, up to a weight; the one used longest ago goes first. */
export class Recent<V> {
  readonly #values = new Map<string, V>();
  readonly #weigh: (value: V) => number;
  readonly #most: number;
  #weight = 0;

  constructor(most: number, weigh: (value: V) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  get(key: string, make: () => V): V {
    const known = this.#values.get(key);
    const value = known ?? make();
    if (known !== undefined) this.#values.delete(key);
    else this.#weight += this.#weigh(value);
    this.#values.set(key, value);
    for (const [oldest, one] of this.#values) {
      if (this.#weight <= this.#most) break;
      this.#values.delete(oldest);
      this.#weight -= this.#weigh(one);
    }
    return value;
  }

  delete(key: string): void {
    const known = this.#values.get(key);
    if (known === undefined) return;
    this.#values.delete(key);
    this.#weight -= this.#weigh(known);
  }
}
