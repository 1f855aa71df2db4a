/** One output on its way. */
export interface Item {
  readonly body: Buffer;
  readonly sequence: number;
  readonly prefix: string;
  /** When it was stored on disk, ms since the epoch; Infinity when it is in memory only. */
  time_ms: number;
  /** Its number on disk, see Spool; -1 when it is in memory only. */
  ordinal: number;
  state: 'waiting' | 'sent' | 'acknowledged';
  /** It was sent at least once. */
  tried: boolean;
}

/**
 * What is in memory of a sink's outputs, oldest first: some sent, the others waiting. Leaves at the head only, so that after any
 * trouble everything from the oldest unacknowledged on can be sent again in order.
 */
export class Outbox {
  #items: (Item | undefined)[] = [];
  #head = 0;
  /** Index of the next one to send. */
  #cursor = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }
  get bytes(): number {
    return this.#bytes;
  }
  /** Those that are not sent yet. */
  get waiting(): number {
    return this.#items.length - this.#cursor;
  }
  get first(): Item | undefined {
    return this.#items[this.#head];
  }
  get last(): Item | undefined {
    return this.#items.at(-1);
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#bytes += item.body.length;
  }

  /** The next one to send, which counts as sent from now on. */
  next(): Item | undefined {
    const item = this.#items[this.#cursor];
    if (!item) return undefined;
    this.#cursor += 1;
    item.state = 'sent';
    return item;
  }

  /** Takes acknowledged ones off the head. */
  retire(taken: (item: Item) => void): void {
    for (let item = this.first; item?.state === 'acknowledged'; item = this.first) {
      this.#behead();
      taken(item);
    }
  }

  /** Takes this one out. */
  take(item: Item): void {
    if (this.first === item) this.#behead();
    else this.remove(one => one === item);
  }

  /** Takes out those that fulfil this, wherever they stand. @returns how many. */
  remove(test: (item: Item) => boolean): number {
    const kept: Item[] = [];
    let cursor = 0;
    for (let i = this.#head; i < this.#items.length; i += 1) {
      const item = this.#items[i]!;
      if (test(item)) this.#bytes -= item.body.length;
      else {
        kept.push(item);
        if (i < this.#cursor) cursor += 1;
      }
    }
    const removed = this.length - kept.length;
    this.#items = kept;
    this.#head = 0;
    this.#cursor = cursor;
    return removed;
  }

  /** Begins again at the head, with those acknowledged behind one that is not, too: else they would be in front of it. */
  rewind(): void {
    for (let i = this.#head; i < this.#cursor; i += 1) this.#items[i]!.state = 'waiting';
    this.#cursor = this.#head;
  }

  find(test: (item: Item) => boolean): Item | undefined {
    for (let i = this.#head; i < this.#items.length; i += 1) if (test(this.#items[i]!)) return this.#items[i];
    return undefined;
  }

  all(): Item[] {
    return this.#items.slice(this.#head) as Item[];
  }

  #behead(): void {
    this.#bytes -= this.#items[this.#head]!.body.length;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    this.#cursor = Math.max(this.#cursor, this.#head);
    // Moving the rest is paid for by as many that have left.
    if (this.#head < 256 || this.#head * 2 < this.#items.length) return;
    this.#items.splice(0, this.#head);
    this.#cursor -= this.#head;
    this.#head = 0;
  }
}
