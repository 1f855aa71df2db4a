import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { INGEST_LIMITS, type IngestLimits } from './limits.ts';
import { PatternTrie } from './patterns.ts';

/** What the module exports: see router/index.ts and router/layout.ts. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly TOTALS: WebAssembly.Global;
  readonly SENDERS: WebAssembly.Global;
  readonly SENDER_BYTES: WebAssembly.Global;
  readonly ENTRIES: WebAssembly.Global;
  readonly ENTRY_BYTES: WebAssembly.Global;
  readonly UPDATES: WebAssembly.Global;
  readonly UPDATE_BYTES: WebAssembly.Global;
  readonly INPUT: WebAssembly.Global;
  readonly RECEIVERS: WebAssembly.Global;
  readonly AUDIENCES: WebAssembly.Global;
  readonly AUDIENCES_MAX: WebAssembly.Global;
  readonly SETS: WebAssembly.Global;
  readonly SETS_MAX: WebAssembly.Global;
  configure(tags: number, tags_bytes: number, tag_bytes: number, random: number): void;
  openSender(sender: number): void;
  route(sender: number, bytes: number, header: number, now_us: number, first: number, from: number, to: number): number;
  isOverflowed(): number;
  receivers(): number;
  gather(subscriber: number, header: number): number;
  gathered(): number;
  tags(): number;
  entryOf(bytes: number): number;
  isFull(): number;
  forgetAllAudiences(): void;
  forgetTags(before_us: number): void;
}

/** The exported numbers. */
type Places = { readonly [K in keyof Exports]: number };

/** Offsets in an entry, a sender and the totals, as in router/table.ts and router/index.ts. */
const ENTRY = { tag_at: 4, tag_bytes: 8, kept_bytes: 32, driver: 36, count: 40, seen: 48 } as const;
const SENDER = { received: 16, gaps: 24, resets: 32 } as const;
const TOTAL = { received: 0, malformed: 8, unmatched: 16, unremembered: 24 } as const;

/** Audiences that are always there: nobody, and everybody. */
const NOBODY = 0;
const EVERYBODY = 1;

let compiled: WebAssembly.Module | null = null;
const moduleOfRouter = (): WebAssembly.Module =>
  (compiled ??= new WebAssembly.Module(
    readFileSync(new URL('../../router/dist/router.wasm', import.meta.url)) as BufferSource,
  ));

export interface Followed {
  /** Updates. */
  readonly received: number;
  /** Sequence numbers missing. */
  readonly gaps: number;
  /** Times the number went back or stood still. */
  readonly resets: number;
}

/** A tag as the router remembers it. */
export interface RememberedTag {
  readonly tag: string;
  readonly count: number;
  readonly last_seen_us: number;
  /** Slot of the driver that sent it last. */
  readonly driver: number;
  /** The last update as it came; null: it was too long to keep. */
  readonly update: Uint8Array | null;
  /** Subscribers by number, ascending. */
  readonly subscribers: readonly number[];
}

/** The module `router/`, with the patterns: which bytes of a chunk go to which subscribers. */
export class Router {
  readonly #wasm: Exports;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #view: DataView;
  readonly #at: Places;
  #trie = new PatternTrie();
  #subscribers = 0;
  /** Number of a set of subscribers, by its text. */
  readonly #audiences = new Map<string, number>();
  #setsEnd = 0;
  #outOfAudiences = false;

  /** @param onMalformed gets a view of a message that is none. */
  constructor(limits: IngestLimits, onMalformed: (message: Uint8Array) => void) {
    const host = {
      audience: (at: number, bytes: number) => this.#audienceOf(at >>> 0, bytes),
      malformed: (at: number, bytes: number) => onMalformed(this.#bytes.subarray(at, at + bytes)),
    };
    this.#wasm = new WebAssembly.Instance(moduleOfRouter(), { host }).exports as unknown as Exports;
    this.#wasm.configure(limits.tags, limits.tags_bytes, limits.tag_bytes, randomInt(2 ** 31));
    const { buffer } = this.#wasm.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#view = new DataView(buffer);
    this.#at = Object.fromEntries(
      Object.entries(this.#wasm).map(([name, one]) => [name, one instanceof WebAssembly.Global ? one.value : 0]),
    ) as Places;
    this.setPatterns([]);
  }

  /** Patterns of the subscribers 0, 1, …; null: every tag. Audiences are looked up anew, each when its tag comes again. */
  setPatterns(patterns: readonly (readonly string[] | null)[]): void {
    this.#trie = new PatternTrie();
    patterns.forEach((one, subscriber) => this.#trie.add(subscriber, one));
    this.#subscribers = patterns.length;
    this.#forgetAudiences();
  }

  openSender(sender: number): void {
    this.#wasm.openSender(sender);
  }

  /**
   * Routes the whole frames at the beginning of `chunk` for the subscribers `from` … `to`; then `receivers` and `gather` say
   * what is whose. @param first false: it was routed before, and is not counted again. @returns bytes of the whole frames.
   */
  route(
    sender: number,
    chunk: Uint8Array,
    header: number,
    now_us: number,
    first: boolean,
    from: number,
    to: number,
  ): number {
    if (this.#outOfAudiences) this.#forgetAudiences();
    this.#bytes.set(chunk, this.#at.INPUT);
    return this.#wasm.route(sender, chunk.length, header, now_us, Number(first), from, to);
  }

  /** Whether the last chunk had too many pieces: it is to be routed for fewer subscribers at once. */
  get overflowed(): boolean {
    return this.#wasm.isOverflowed() !== 0;
  }

  /** Subscribers that the last chunk has something for. */
  get receivers(): number {
    return this.#wasm.receivers();
  }
  receiver(index: number): number {
    return this.#words[this.#at.RECEIVERS / 4 + index]!;
  }

  /** What the last chunk has for a subscriber, as whole frames; a view, valid until the next call. */
  gather(subscriber: number, header: number): Uint8Array {
    const length = this.#wasm.gather(subscriber, header);
    const at = this.#wasm.gathered();
    return this.#bytes.subarray(at, at + length);
  }

  /** A tag found no room in the table. */
  get full(): boolean {
    return this.#wasm.isFull() !== 0;
  }
  forgetTags(before_us: number): void {
    this.#wasm.forgetTags(before_us);
  }

  /** Tags remembered. */
  get tags(): number {
    return this.#wasm.tags();
  }

  followed(sender: number): Followed {
    const at = this.#at.SENDERS + sender * this.#at.SENDER_BYTES;
    return {
      received: this.#u64(at + SENDER.received),
      gaps: this.#u64(at + SENDER.gaps),
      resets: this.#u64(at + SENDER.resets),
    };
  }

  totals(): { readonly [K in keyof typeof TOTAL]: number } {
    const total = (name: keyof typeof TOTAL): number => this.#u64(this.#at.TOTALS + TOTAL[name]);
    return {
      received: total('received'),
      malformed: total('malformed'),
      unmatched: total('unmatched'),
      unremembered: total('unremembered'),
    };
  }

  /** Where a tag stands, -1 if it is not remembered. Not while a chunk is passed on: both use the same bytes. */
  entryOf(tag: Uint8Array): number {
    if (tag.length > INGEST_LIMITS.tag_bytes) return -1;
    this.#bytes.set(tag, this.#at.INPUT);
    // As i32: no entry is all ones.
    return this.#wasm.entryOf(tag.length);
  }

  /** @param entry 0 … `tags` - 1. A view. */
  tagBytes(entry: number): Uint8Array {
    const line = this.#entry(entry);
    const at = this.#view.getUint32(line + ENTRY.tag_at, true);
    return this.#bytes.subarray(at, at + this.#view.getUint32(line + ENTRY.tag_bytes, true));
  }

  tag(entry: number): RememberedTag {
    const line = this.#entry(entry);
    const tag = this.tagBytes(entry);
    const kept = this.#view.getUint32(line + ENTRY.kept_bytes, true);
    const update = this.#at.UPDATES + entry * this.#at.UPDATE_BYTES;
    return {
      tag: Buffer.from(tag).toString('utf8'),
      count: this.#view.getFloat64(line + ENTRY.count, true),
      last_seen_us: this.#view.getFloat64(line + ENTRY.seen, true),
      driver: this.#view.getUint32(line + ENTRY.driver, true),
      update: kept === 0 ? null : this.#bytes.slice(update, update + kept),
      subscribers: this.#trie.match(latin1(tag)),
    };
  }

  #entry(entry: number): number {
    return this.#at.ENTRIES + entry * this.#at.ENTRY_BYTES;
  }

  #u64(at: number): number {
    return Number(this.#view.getBigUint64(at, true));
  }

  #forgetAudiences(): void {
    this.#wasm.forgetAllAudiences();
    this.#audiences.clear();
    this.#setsEnd = 0;
    this.#outOfAudiences = false;
    this.#addAudience([]);
    this.#addAudience(Array.from({ length: this.#subscribers }, (_, subscriber) => subscriber));
  }

  #audienceOf(at: number, bytes: number): number {
    const set = this.#trie.match(latin1(this.#bytes.subarray(at, at + bytes)));
    if (set.length === 0) return NOBODY;
    if (set.length === this.#subscribers) return EVERYBODY;
    const known = this.#audiences.get(set.join());
    if (known !== undefined) return known;
    if (this.#audiences.size < this.#at.AUDIENCES_MAX && this.#setsEnd + set.length < this.#at.SETS_MAX)
      return this.#addAudience(set);
    // Sources look at tags themselves: for the rest of this chunk they are given more than they ask for, not less.
    this.#outOfAudiences = true;
    return EVERYBODY;
  }

  #addAudience(set: readonly number[]): number {
    const audience = this.#audiences.size;
    this.#audiences.set(audience === EVERYBODY ? 'everybody' : set.join(), audience);
    this.#words[this.#at.AUDIENCES / 4 + audience] = this.#setsEnd;
    const at = this.#at.SETS / 4 + this.#setsEnd;
    this.#words[at] = set.length;
    this.#words.set(set, at + 1);
    this.#setsEnd += 1 + set.length;
    return audience;
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
