/** Dead letters of one flow: those that are loaded, and the one that is open. */
import { ApiError, api, ask, type Shapes } from '$lib/api/client.ts';

export type Letter = Shapes['DeadLetter'];
export type Done = Shapes['LettersDone'];
export const KINDS = ['error', 'fault', 'tick', 'output'] as const;
const PAGE = 100;
const PAGE_MOST = 500;
/** Of one request that retries or drops. */
const IDS_MOST = 10_000;

export class Letters {
  readonly flow: string;
  /** Empty: all. */
  node = $state('');
  kind = $state('');
  items = $state.raw<readonly Letter[]>([]);
  dropped = $state(0);
  loaded = $state(false);
  hasMore = $state(false);
  problem = $state.raw<ApiError | null>(null);
  /** What is open; it stays so while it is retried or others come. */
  open = $state.raw<Shapes['DeadLetterFull'] | null>(null);
  #next: string | null = null;
  #asked = 0;

  constructor(flow: string) {
    this.flow = flow;
  }

  /** The newest again. */
  async refresh(): Promise<void> {
    await this.#load(null);
  }
  /** Those before the last that is loaded. */
  async more(): Promise<void> {
    if (this.#next !== null) await this.#load(this.#next);
  }

  /** @throws ApiError */
  async show(id: number): Promise<void> {
    const path = { flow: this.flow, letter: id };
    this.open = await ask(api.GET('/api/v1/flows/{flow}/dead-letters/{letter}', { params: { path } }));
  }

  /** @param ids null: all that the filter lets through. @throws ApiError */
  async retry(ids: readonly number[] | null): Promise<Done> {
    const body = { ids: ids ? [...ids] : await this.#all() };
    const params = { path: { flow: this.flow } };
    const done = await ask(api.POST('/api/v1/flows/{flow}/dead-letters/retry', { params, body }));
    await this.#gone();
    return done;
  }
  /** @param ids null: all that the filter lets through. @throws ApiError */
  async drop(ids: readonly number[] | null): Promise<Done> {
    const body = { ids: ids ? [...ids] : await this.#all() };
    const params = { path: { flow: this.flow } };
    const done = await ask(api.POST('/api/v1/flows/{flow}/dead-letters/drop', { params, body }));
    await this.#gone();
    return done;
  }

  async #load(after: string | null): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const page = await this.#page(PAGE, after);
      // What was asked for later has been answered already.
      if (turn !== this.#asked) return;
      this.items = after === null ? page.items : [...this.items, ...page.items];
      this.#next = page.next;
      this.hasMore = page.next !== null;
      this.dropped = page.dropped;
      this.problem = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error;
    } finally {
      this.loaded = true;
    }
  }

  #page(limit: number, after: string | null): Promise<Shapes['DeadLetters']> {
    const { node, kind } = this;
    const query = { limit, ...(node && { node }), ...(kind && { kind }), ...(after !== null && { after }) };
    return ask(
      api.GET('/api/v1/flows/{flow}/dead-letters', { params: { path: { flow: this.flow }, query } }),
    ) as Promise<Shapes['DeadLetters']>;
  }

  async #all(): Promise<'all' | number[]> {
    if (!this.node && !this.kind) return 'all';
    const ids: number[] = [];
    for (let after: string | null = null; ids.length < IDS_MOST; ) {
      const page = await this.#page(PAGE_MOST, after);
      ids.push(...page.items.map(one => one.id));
      after = page.next;
      if (after === null) break;
    }
    return ids.slice(0, IDS_MOST);
  }

  /** Letters have gone; the one that is open may be among them. */
  async #gone(): Promise<void> {
    await this.refresh();
    if (!this.open) return;
    const { id } = this.open;
    this.open = this.items.some(one => one.id === id) ? this.open : null;
  }
}
