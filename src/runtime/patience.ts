const STEP_MS_MAX = 250;
const STEP_MS_MIN = 10;

/**
 * Waits for so long and no longer, in steps that count at most double: where this whole process stood still (a paused
 * machine, a stopped process, a blocked thread), the other side is not called late for it.
 */
export class Patience {
  readonly #timer: NodeJS.Timeout;
  #waited_ms = 0;

  /** @param progress whether there is any since it was asked last: then it waits anew. @param onOver called once */
  constructor(ms: number, onOver: () => void, progress: () => boolean = () => false) {
    const step_ms = Math.min(STEP_MS_MAX, Math.max(STEP_MS_MIN, ms / 8));
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#waited_ms = progress() ? 0 : this.#waited_ms + Math.min(now - last, 2 * step_ms);
      last = now;
      if (this.#waited_ms < ms) return;
      this.end();
      onOver();
    }, step_ms);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
