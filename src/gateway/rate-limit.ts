/** Keys remembered; beyond this the oldest is forgotten. */
const KEYS_MAX = 256;

/** Lets one event per key through in `interval_ms` and counts the rest. */
export class RateLimit {
  readonly #interval_ms: number;
  readonly #keys = new Map<string, { at: number; left: number }>();

  constructor(interval_ms: number) {
    this.#interval_ms = interval_ms;
  }

  /** @returns null: not now. Else how many were left out since the last one. */
  take(key: string): number | null {
    const now = performance.now();
    const entry = this.#keys.get(key);
    if (entry && now - entry.at < this.#interval_ms) {
      entry.left += 1;
      return null;
    }
    if (this.#keys.size >= KEYS_MAX) this.#keys.delete(this.#keys.keys().next().value!);
    this.#keys.set(key, { at: now, left: 0 });
    return entry?.left ?? 0;
  }
}
