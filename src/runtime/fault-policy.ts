/** How many faults a flow may have before it is set aside for a while, and for how long. */
export interface FaultLimits {
  /** Faults within `fault_window_ms` after which the flow is quarantined. */
  readonly faults_max: number;
  readonly fault_window_ms: number;
  /** Length of the first quarantine; each further one is twice as long, up to `quarantine_ms_max`. */
  readonly quarantine_ms: number;
  readonly quarantine_ms_max: number;
  /** Quarantines in a row, without a calm time of `calm_ms` between them, after which only a person lets the flow go on. */
  readonly quarantines_max: number;
  readonly calm_ms: number;
}

export const FAULT_LIMITS: FaultLimits = {
  faults_max: 100,
  fault_window_ms: 10_000,
  quarantine_ms: 1_000,
  quarantine_ms_max: 60_000,
  quarantines_max: 10,
  calm_ms: 60_000,
};

export class FaultPolicy {
  readonly #limits: FaultLimits;
  /** Times of the last faults, oldest first. */
  #faults: number[] = [];
  /** Quarantines since the flow was last calm. */
  #inRow = 0;
  #releasedAt = Number.NEGATIVE_INFINITY;

  constructor(limits: FaultLimits) {
    this.#limits = limits;
  }

  /** @returns ms for which the flow is to be set aside; 0: it goes on; Infinity: until a person says so. */
  note(now_ms: number): number {
    const { faults_max, fault_window_ms, quarantine_ms, quarantine_ms_max, quarantines_max, calm_ms } = this.#limits;
    this.#faults.push(now_ms);
    while (this.#faults[0]! < now_ms - fault_window_ms) this.#faults.shift();
    if (this.#faults.length <= faults_max) return 0;
    this.#faults = [];
    if (now_ms - this.#releasedAt > calm_ms) this.#inRow = 0;
    this.#inRow += 1;
    if (this.#inRow > quarantines_max) return Number.POSITIVE_INFINITY;
    return Math.min(quarantine_ms_max, quarantine_ms * 2 ** (this.#inRow - 1));
  }

  released(now_ms: number): void {
    this.#releasedAt = now_ms;
  }
}
