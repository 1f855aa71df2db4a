const WINDOW_MS = 3_000;

interface Sample {
  readonly at_ms: number;
  readonly count: number;
}

/** How fast a counter grows, over the last seconds. */
export class Rate {
  readonly #samples: Sample[] = [];

  /** @param at_ms of a clock that only goes on. */
  add(count: number, at_ms: number): void {
    const last = this.#samples.at(-1);
    // The counter began again: with a flow that was started anew.
    if (last && count < last.count) this.#samples.length = 0;
    this.#samples.push({ at_ms, count });
    while (this.#samples.length > 2 && at_ms - this.#samples[0]!.at_ms > WINDOW_MS) this.#samples.shift();
  }

  get per_s(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at_ms === first.at_ms) return 0;
    return ((last.count - first.count) * 1_000) / (last.at_ms - first.at_ms);
  }
}

/** Rates of many counters by name. Those that were not added for a while are forgotten. */
export class Rates {
  #rates = new Map<string, Rate>();

  /** The counters of one look; others are forgotten. */
  add(counts: Iterable<readonly [string, number]>, at_ms: number): void {
    const rates = new Map<string, Rate>();
    for (const [name, count] of counts) {
      const rate = this.#rates.get(name) ?? new Rate();
      rate.add(count, at_ms);
      rates.set(name, rate);
    }
    this.#rates = rates;
  }

  per_s(name: string): number {
    return this.#rates.get(name)?.per_s ?? 0;
  }
}
