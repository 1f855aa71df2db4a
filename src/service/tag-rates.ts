const TAG_RATES_MAX = 4_096;
/** Looks that are nearer to each other say nothing about a rate. */
const LOOK_MS_MIN = 500;

/** Rates of tags that somebody looks at: between two looks, because to count all of them every second is too much. */
export class TagRates {
  readonly #seen = new Map<string, { count: number; at_ms: number; per_s: number }>();

  note(tag: string, count: number, at_ms: number): void {
    const last = this.#seen.get(tag);
    this.#seen.delete(tag);
    if (last && at_ms - last.at_ms < LOOK_MS_MIN) {
      this.#seen.set(tag, last);
      return;
    }
    const per_s = last && count >= last.count ? ((count - last.count) * 1_000) / (at_ms - last.at_ms) : 0;
    this.#seen.set(tag, { count, at_ms, per_s });
    if (this.#seen.size > TAG_RATES_MAX) this.#seen.delete(this.#seen.keys().next().value!);
  }

  per_s(tag: string): number {
    return this.#seen.get(tag)?.per_s ?? 0;
  }
}
