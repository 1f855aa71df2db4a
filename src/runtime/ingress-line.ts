import type { FlowThread } from './flow-thread.ts';
import type { RunnerEvents } from './runner-options.ts';

/** The way into a flow, whichever version runs: says when there is room again after there was none. */
export class IngressLine {
  readonly #events: RunnerEvents;
  #starved = false;

  constructor(events: RunnerEvents) {
    this.#events = events;
  }

  hasRoom(thread: FlowThread, length: number): boolean {
    if (thread.hasRoom(length)) return true;
    this.#starve(thread, true);
    // Room that was made between the look and the flag would wake nobody.
    return thread.hasRoom(length);
  }

  /** There may be room again. */
  wake(thread: FlowThread): void {
    if (!this.#starved) return;
    this.#starve(thread, false);
    this.#events.onRoom?.();
  }

  /** Says on the board whether room in the ring is worth a wake-up. */
  #starve(thread: FlowThread, starved: boolean): void {
    this.#starved = starved;
    thread.starve(starved);
  }
}
