import { isPattern } from '#abi';
import { GatewayError } from '#diagnostic';
import { PatternTrie } from './patterns.ts';
import type { Router } from './router.ts';

export interface TagQuery {
  /** An MQTT pattern; default: all, `$…` too. */
  readonly match?: string;
  /** Default 100. */
  readonly limit?: number;
  readonly offset?: number;
}
/** A tag that came in lately. */
export interface SeenTag {
  readonly tag: string;
  /** Updates of it since it is remembered. */
  readonly count: number;
  /** µs since the Unix epoch. */
  readonly last_seen_us: number;
  /** Slot of the driver that sent it last. */
  readonly driver: number;
  /** The last update, as `readMessage` reads it; null: it was too long to keep. */
  readonly update: Uint8Array | null;
  /** Ids of the flows that get it. */
  readonly flows: readonly string[];
}
export interface TagsSeen {
  /** Tags that the query matches. */
  readonly total: number;
  readonly tags: readonly SeenTag[];
}

const LISTED = 100;

/** Of these tags those that are remembered, in the same order. @param id of a subscriber */
export const readTags = (router: Router, tags: readonly string[], id: (index: number) => string): SeenTag[] =>
  tags.flatMap(tag => {
    const entry = router.entryOf(Buffer.from(tag, 'utf8'));
    if (entry < 0) return [];
    const { subscribers, ...seen } = router.tag(entry);
    return [{ ...seen, flows: subscribers.map(id) }];
  });

/** @param id of a subscriber. @throws GatewayError pattern-invalid */
export function listTags(router: Router, query: TagQuery, most: number, id: (index: number) => string): TagsSeen {
  const { match, offset = 0 } = query;
  const limit = Math.min(query.limit ?? LISTED, most);
  if (match !== undefined && !isPattern(match)) throw new GatewayError('pattern-invalid', match);
  const trie = match === undefined ? null : new PatternTrie();
  if (match !== undefined) trie!.add(0, [match]);
  const tags: SeenTag[] = [];
  let total = 0;
  for (let entry = 0; entry < router.tags; entry += 1) {
    if (trie && trie.match(Buffer.from(router.tagBytes(entry)).toString('latin1')).length === 0) continue;
    total += 1;
    if (total <= offset || tags.length >= limit) continue;
    const { subscribers, ...tag } = router.tag(entry);
    tags.push({ ...tag, flows: subscribers.map(id) });
  }
  return { total, tags };
}
