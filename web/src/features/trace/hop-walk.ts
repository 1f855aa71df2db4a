import type { Step } from '$lib/model/trace.ts';

/** Hops that are gone through one by one: of a record that was traced, of a step of a replay. */
export interface HopWalk {
  readonly steps: readonly Step[];
  readonly step: number;
  /** There were more than were kept. */
  readonly truncated: boolean;
  readonly playing: boolean;
  go(step: number): void;
  play(): void;
  stop(): void;
}
