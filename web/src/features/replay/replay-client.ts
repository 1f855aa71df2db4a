/** The page's end of the worker that runs a recording. */
import type { Answered, LoadStage, ReplayCall, ReplayCalls } from '$lib/model/replay.ts';

/** A worker that says nothing for so long has been ended. */
export const SILENT_MS = 20_000;

/** It did not answer: its module runs on and on, or it took more memory than there is. */
export class ReplayStuck extends Error {}
/** It was ended by the page. */
export class ReplayEnded extends Error {}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class ReplayClient {
  readonly #worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { type: 'module' });
  readonly #onProgress: (stage: LoadStage, share: number | null) => void;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #why: Error | null = null;

  constructor(onProgress: (stage: LoadStage, share: number | null) => void) {
    this.#onProgress = onProgress;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => this.#take(data));
    this.#worker.addEventListener('error', event => {
      event.preventDefault();
      this.#end(new ReplayStuck(event.message));
    });
  }

  /** @throws ReplayStuck, ReplayEnded, Error: what is wrong with the recording */
  ask<C extends ReplayCall>(call: C, ask: ReplayCalls[C]['ask']): Promise<ReplayCalls[C]['answer']> {
    if (this.#why) return Promise.reject(this.#why);
    this.#count += 1;
    const id = this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<ReplayCalls[C]['answer']>();
    this.#waiting.set(id, { resolve: resolve as (answer: never) => void, reject });
    this.#worker.postMessage({ id, call, ask });
    this.#watch();
    return promise;
  }

  end(): void {
    this.#end(new ReplayEnded());
  }

  #take(answer: Answered): void {
    if (answer.kind === 'progress') this.#onProgress(answer.stage, answer.share);
    else {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.kind === 'answer') waiting?.resolve(answer.answer as never);
      else waiting?.reject(new Error(answer.message));
    }
    this.#watch();
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#waiting.size > 0) this.#watchdog = setTimeout(() => this.#end(new ReplayStuck()), SILENT_MS);
  }

  #end(why: Error): void {
    if (this.#why) return;
    this.#why = why;
    clearTimeout(this.#watchdog);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}
