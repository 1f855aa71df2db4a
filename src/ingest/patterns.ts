/**
 * MQTT topic patterns over tags: `+` one level, `#` at the end all below and the level itself; leading wildcards do not match
 * `$…`. Text here is latin1, one character per UTF-8 byte: what is no UTF-8 is matched by its bytes, as in nodes.
 */

export const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

interface Branch {
  readonly below: Map<string, Branch>;
  one: Branch | null;
  /** Who has a pattern that ends here. */
  readonly ends: number[];
  /** Who has `#` here. */
  readonly tails: number[];
}
const branch = (): Branch => ({ below: new Map(), one: null, ends: [], tails: [] });

/** Patterns of many subscribers, as numbers; finds all that match a tag at once. */
export class PatternTrie {
  readonly #root = branch();
  /** Those that take every tag, `$…` too. */
  readonly #all: number[] = [];

  /** @param patterns sound ones; null: every tag. */
  add(subscriber: number, patterns: readonly string[] | null): void {
    if (patterns === null) this.#all.push(subscriber);
    for (const pattern of patterns ?? []) this.#addOne(subscriber, bytesOf(pattern).split('/'));
  }

  #addOne(subscriber: number, levels: readonly string[]): void {
    let at = this.#root;
    for (const level of levels) {
      if (level === '#') return void at.tails.push(subscriber);
      if (level === '+') {
        at.one ??= branch();
        at = at.one;
      } else {
        const next = at.below.get(level) ?? branch();
        at.below.set(level, next);
        at = next;
      }
    }
    at.ends.push(subscriber);
  }

  /** @param tag latin1. @returns the subscribers, ascending, each once. */
  match(tag: string): number[] {
    const found = new Set(this.#all);
    const levels = tag.split('/');
    // Branches of the trie that the tag's levels lead to so far: the same branch is reached by one way only.
    let reached: Branch[] = [this.#root];
    const wild = !tag.startsWith('$');
    levels.forEach((level, depth) => {
      const next: Branch[] = [];
      for (const one of reached) {
        if (depth > 0 || wild) {
          for (const subscriber of one.tails) found.add(subscriber);
          if (one.one) next.push(one.one);
        }
        const below = one.below.get(level);
        if (below) next.push(below);
      }
      reached = next;
    });
    for (const one of reached) for (const subscriber of [...one.ends, ...one.tails]) found.add(subscriber);
    return [...found].sort((a, b) => a - b);
  }
}
