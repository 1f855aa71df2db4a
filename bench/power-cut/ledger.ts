export type Deed = 'flow' | 'draft' | 'secret' | 'deploy' | 'node';

interface Entry {
  readonly deed: Deed;
  readonly flow: string;
  /** The how manieth of its kind. */
  readonly number: number;
  readonly begun_at: number;
  answered_at: number;
}

/** What was asked of a gateway, and what it has answered: that must outlive a power cut. */
export class Ledger {
  readonly #entries: Entry[] = [];

  async note(deed: Deed, flow: string, number: number, work: () => Promise<unknown>): Promise<void> {
    const entry = { deed, flow, number, begun_at: performance.now(), answered_at: Number.POSITIVE_INFINITY };
    this.#entries.push(entry);
    await work();
    entry.answered_at = performance.now();
  }

  get answered(): number {
    return this.#entries.filter(one => one.answered_at < Number.POSITIVE_INFINITY).length;
  }

  /** The last one that was answered before the cut: at least that one is there. */
  least(deed: Deed, flow: string, cut: Cut): number {
    return this.#last(deed, flow, one => one.answered_at < cut.begun_at);
  }

  /** The last one that was begun before the cut was over: no later one is there. */
  most(deed: Deed, flow: string, cut: Cut): number {
    return this.#last(deed, flow, one => one.begun_at < cut.ended_at);
  }

  #last(deed: Deed, flow: string, counts: (entry: Entry) => boolean): number {
    const found = this.#entries.filter(one => one.deed === deed && one.flow === flow && counts(one));
    return Math.max(0, ...found.map(one => one.number));
  }
}

/** One power cut, with the time that it took. */
export interface Cut {
  readonly image: string;
  readonly begun_at: number;
  readonly ended_at: number;
}
