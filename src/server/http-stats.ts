/** Upper bounds of the buckets of answer times, in seconds. */
export const TIME_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

export interface RouteTimes {
  readonly route: string;
  /** Requests by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests up to each bound of `TIME_BUCKETS_S`, not summed up; the last is beyond all. */
  readonly buckets: readonly number[];
  readonly sum_s: number;
  readonly count: number;
}

interface Times {
  readonly route: string;
  readonly statuses: Map<number, number>;
  readonly buckets: number[];
  sum_s: number;
  count: number;
}

/** How many requests came, and how long they took. Routes are those of the table, so that labels are bounded. */
export class HttpStats {
  readonly #routes = new Map<string, Times>();

  /** @param ms until the headers of the answer were ready. */
  add(route: string, status: number, ms: number): void {
    let times = this.#routes.get(route);
    if (!times) {
      times = { route, statuses: new Map(), buckets: TIME_BUCKETS_S.map(() => 0).concat(0), sum_s: 0, count: 0 };
      this.#routes.set(route, times);
    }
    times.statuses.set(status, (times.statuses.get(status) ?? 0) + 1);
    const seconds = ms / 1_000;
    let at = 0;
    while (at < TIME_BUCKETS_S.length && seconds > TIME_BUCKETS_S[at]!) at += 1;
    times.buckets[at]! += 1;
    times.sum_s += seconds;
    times.count += 1;
  }

  routes(): RouteTimes[] {
    return [...this.#routes.values()];
  }
}
