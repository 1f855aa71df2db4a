/** All that the drivers send, as one looks at it: what is seen is asked for every second, the rest goes round slowly. */
import { ApiError, api, ask } from '$lib/api/client.ts';
import { isPattern } from '$lib/contract.ts';
import { type Order, sorted } from '$lib/model/sorting.ts';
import {
  hasWildcards,
  isOfKind,
  searching,
  TAG_KEYS,
  type TagColumn,
  type TagKind,
  type TagRow,
  TagTable,
} from '$lib/model/tag-table.ts';
import { live } from '$lib/state/live.svelte.ts';

const LOOK_MS = 1_000;
/** Tags of one answer. */
const PAGE = 500;
/** Values change: an order by them is made anew after so many looks; of very many tags seldom, because it takes a while. */
const SORT_AFTER = 5;
const SORT_MANY_AFTER = 30;
const MANY = 10_000;
/** Columns that do not change by themselves. */
const STEADY: ReadonlySet<TagColumn> = new Set(['tag', 'driver', 'flows']);

export class Tags {
  text = $state('');
  kind = $state<TagKind>('all');
  order = $state.raw<Order<TagColumn>>({ by: 'tag', way: 'up' });
  problem = $state.raw<ApiError | null>(null);
  /** All tags were asked for once. */
  complete = $state(false);
  known = $state(0);
  /** Names of the tags that are looked for, in order. */
  names = $state.raw<readonly string[]>([]);
  /** When there was the last look; what is shown of rows depends on it. */
  looked_ms = $state(0);
  readonly #table = new TagTable();
  /** Names of the rows on the screen. */
  #seen: readonly string[] = [];
  #after: string | null = null;
  /** How many the gateway had when the last round ended. */
  #counted = 0;
  #looks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** What is written is a pattern that a source can have; null: it is none. */
  readonly pattern = $derived(hasWildcards(this.text) && isPattern(this.text.trim()) ? this.text.trim() : null);
  readonly isUnsound = $derived(hasWildcards(this.text) && this.pattern === null);

  row(name: string): TagRow | null {
    void this.looked_ms;
    return this.#table.get(name);
  }

  /** Rows that are on the screen now. */
  watch(names: readonly string[]): void {
    this.#seen = names;
  }

  /** Asks for all tags, then looks at what is seen, until it is ended. */
  async run(): Promise<void> {
    while (!this.#ended) {
      if (!document.hidden) {
        await this.#look();
        // What is missing is asked for without a pause.
        if (!this.#isAtEnd && this.problem === null) continue;
      }
      await new Promise(resolve => {
        this.#timer = setTimeout(resolve, LOOK_MS);
      });
    }
  }
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** Finds and sorts anew. */
  arrange(): void {
    this.known = this.#table.size;
    const search = searching(this.text);
    const rows = [...this.#table.rows()].filter(row => isOfKind(row, this.kind) && search(row.name));
    this.names = sorted(rows, this.order, TAG_KEYS).map(row => row.name);
  }

  async #look(): Promise<void> {
    try {
      const isOther = await this.#go();
      if (this.#seen.length > 0) {
        const { items } = await ask(api.POST('/api/v1/tags/read', { body: { tags: [...this.#seen] } }));
        this.#table.take(items, performance.now(), true);
      }
      this.problem = null;
      this.#looks += 1;
      const every = this.#table.size > MANY ? SORT_MANY_AFTER : SORT_AFTER;
      if (isOther || (!STEADY.has(this.order.by) && this.#looks % every === 0)) this.arrange();
      this.looked_ms = Date.now();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problem = error;
    }
  }

  /** One page further; many, as long as not all are known. @returns whether tags have come or gone */
  async #go(): Promise<boolean> {
    const began_ms = performance.now();
    let isOther = await this.#page();
    while (!this.#ended && !this.#isAtEnd && performance.now() - began_ms < LOOK_MS)
      isOther = (await this.#page()) || isOther;
    return isOther;
  }

  /** All that there are, are known: new ones stand at the end. */
  get #isAtEnd(): boolean {
    return this.complete && ((live.status?.ingest.tags ?? 0) <= this.#counted || this.#after === null);
  }

  /** The next page of the round. @returns whether tags have come or gone */
  async #page(): Promise<boolean> {
    const query = { limit: PAGE, ...(this.#after !== null && { after: this.#after }) };
    const { items, next } = await ask(api.GET('/api/v1/tags', { params: { query } }));
    let isOther = this.#table.take(items, performance.now());
    this.#after = next;
    if (next === null) {
      isOther = this.#table.endRound() || isOther;
      this.#counted = Math.max(this.#table.size, live.status?.ingest.tags ?? 0);
      this.complete = true;
    }
    return isOther;
  }
}
