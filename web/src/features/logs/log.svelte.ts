/** The log as one reads it: what was written before, what comes, and what of it is wanted. */
import { ApiError, api, ask } from '$lib/api/client.ts';
import { type Entry, filtered, LogBuffer, type LogLevel, type LogLine } from '$lib/model/log-buffer.ts';
import { live } from '$lib/state/live.svelte.ts';

/** Lines of one answer. */
const PAGE = 500;

export class Log {
  /** Of this flow only; null: of all. */
  readonly only: string | null;
  level = $state<LogLevel>('debug');
  /** Empty: all. */
  flow = $state('');
  text = $state('');
  loaded = $state(false);
  problem = $state.raw<ApiError | null>(null);
  #buffer = $state.raw(new LogBuffer());
  /** What stood there when one began to read; null: one follows. */
  #held = $state.raw<LogBuffer | null>(null);

  readonly left = $derived(this.#buffer.left);
  readonly entries: readonly Entry[] = $derived(
    filtered((this.#held ?? this.#buffer).entries, { level: this.level, flow: this.flow || null, text: this.text }),
  );
  /** Lines that came since, as far as they are wanted. */
  readonly fresh: number = $derived.by(() => {
    if (this.#held === null) return 0;
    const last = this.#held.entries.at(-1)?.key;
    const since = this.#buffer.entries.slice(this.#buffer.entries.findIndex(entry => entry.key === last) + 1);
    return filtered(since, { level: this.level, flow: this.flow || null, text: this.text }).length;
  });

  constructor(only: string | null) {
    this.only = only;
  }

  get follows(): boolean {
    return this.#held === null;
  }
  /** Nothing moves until one follows again. */
  hold(): void {
    this.#held ??= this.#buffer;
  }
  follow(): void {
    this.#held = null;
  }

  /** @returns what ends it */
  start(): () => void {
    return live.onLogs((lines, dropped) => this.#take(lines, dropped));
  }

  /** What the gateway has kept; what is here already stays as it is. */
  async load(): Promise<void> {
    try {
      for (let after = 0; ; ) {
        const query = { limit: PAGE, after, ...(this.only !== null && { flow: this.only }) };
        const { items } = await ask(api.GET('/api/v1/logs', { params: { query } }));
        this.#take(items, 0);
        if (items.length < PAGE) break;
        after = items.at(-1)!.seq;
      }
      this.problem = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error;
    } finally {
      this.loaded = true;
    }
  }

  #take(lines: readonly LogLine[], dropped: number): void {
    const mine = this.only === null ? lines : lines.filter(line => line.flow === this.only);
    this.#buffer = this.#buffer.with(mine, dropped);
  }
}
