/** Buckets of a histogram: 8 per doubling, from 1 µs to about 2^28 µs (4 minutes). Error below 9 %. */
const PER_DOUBLING = 8;
const BUCKETS = 28 * PER_DOUBLING + 1;

/** Times from the driver's timestamp to egress, in a fixed amount of memory. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  /** What stood there at the last `rotate`. */
  readonly #before = new Float64Array(BUCKETS);
  #total = 0;

  add(us: number): void {
    const bucket = us <= 1 ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log2(us) * PER_DOUBLING));
    this.#counts[bucket]! += 1;
    this.#total += 1;
  }

  /** Upper edge of the bucket that holds the quantile, µs; null without samples. */
  quantile(q: number): number | null {
    if (this.#total === 0) return null;
    let left = q * this.#total;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return Math.round(2 ** (bucket / PER_DOUBLING) * 10) / 10;
    }
    return null;
  }

  /** From now on quantiles are of what comes, and of what came since the last call of this. */
  rotate(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) this.#counts[bucket]! -= this.#before[bucket]!;
    this.#before.set(this.#counts);
    this.#total = this.#counts.reduce((sum, count) => sum + count, 0);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#before.fill(0);
    this.#total = 0;
  }
}
