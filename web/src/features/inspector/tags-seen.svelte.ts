/** Tags that come in now, as the forms suggest and show them; asked for only while somebody looks. */
import { SvelteMap } from 'svelte/reactivity';
import { api, ask, type Shapes } from '$lib/api/client.ts';

export type SeenTag = Shapes['Tag'];
export interface Match {
  /** Of what could be counted: see `more`. */
  readonly count: number;
  readonly more: boolean;
  readonly rate: number;
  /** The busiest first. */
  readonly tags: readonly SeenTag[];
}
const PAGE = 500;
const PAGES_MAX = 10;
const AGAIN_MS = 2_000;
const POINTS = 30;
/** Patterns asked for in one round; of more, others come the next time. */
const AT_ONCE = 6;

class TagsSeen {
  /** Some of those that come in, to suggest from. */
  known = $state.raw<readonly SeenTag[]>([]);
  /** What matches a pattern now. */
  readonly matches = new SvelteMap<string, Match>();
  readonly units = $derived([
    ...new Set(this.known.map(one => one.update?.update?.unit ?? '').filter(unit => unit !== '')),
  ]);
  /** Values of the last minute by tag. */
  readonly #history = new Map<string, number[]>();
  readonly #wanted = new Map<symbol, readonly string[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  /** Also follows these patterns. @returns what ends it */
  look(patterns: readonly string[]): () => void {
    const key = Symbol('look');
    this.#wanted.set(key, patterns);
    if (this.#wanted.size === 1) void this.#round();
    else void this.#ask(patterns.filter(one => !this.matches.has(one)));
    return () => {
      this.#wanted.delete(key);
      if (this.#wanted.size === 0) clearTimeout(this.#timer);
    };
  }

  /** The last values of a tag, oldest first. */
  historyOf(tag: string): readonly number[] {
    return this.#history.get(tag) ?? [];
  }

  async #round(): Promise<void> {
    clearTimeout(this.#timer);
    const all = [...new Set([...this.#wanted.values()].flat())];
    const from = all.length > AT_ONCE ? this.#turn % all.length : 0;
    this.#turn += AT_ONCE;
    if (document.visibilityState === 'visible') {
      await this.#ask([...all, ...all].slice(from, from + Math.min(AT_ONCE, all.length)));
      await this.#suggestions();
    }
    if (this.#wanted.size > 0) this.#timer = setTimeout(() => void this.#round(), AGAIN_MS);
  }

  async #ask(patterns: readonly string[]): Promise<void> {
    await Promise.all(
      patterns.map(async pattern => {
        const match = await matchOf(pattern);
        if (match === null) this.matches.delete(pattern);
        else {
          this.matches.set(pattern, match);
          for (const tag of match.tags) this.#remember(tag);
        }
      }),
    );
  }

  async #suggestions(): Promise<void> {
    try {
      this.known = (await ask(api.GET('/api/v1/tags', { params: { query: { limit: PAGE } } }))).items;
    } catch {
      this.known = [];
    }
  }

  #remember({ tag, update }: SeenTag): void {
    const value = Number(update?.update?.value);
    if (!Number.isFinite(value)) return;
    this.#history.set(tag, [...(this.#history.get(tag) ?? []), value].slice(-POINTS));
  }
}

/** null: the pattern is none, or nobody answers. */
async function matchOf(match: string): Promise<Match | null> {
  const tags: SeenTag[] = [];
  try {
    for (let after: string | undefined, page = 0; ; page += 1) {
      const query = { limit: PAGE, match, ...(after !== undefined && { after }) };
      const { items, next } = await ask(api.GET('/api/v1/tags', { params: { query } }));
      tags.push(...items);
      const isEnd = next === null || page + 1 >= PAGES_MAX;
      if (isEnd) {
        const rate = tags.reduce((sum, one) => sum + one.rate, 0);
        return { count: tags.length, more: next !== null, rate, tags: tags.sort((a, b) => b.rate - a.rate) };
      }
      after = next ?? undefined;
    }
  } catch {
    return null;
  }
}

export const tagsSeen = new TagsSeen();
