/** Which versions of flows hold a node, asked once for each node that is shown. */
import { SvelteMap } from 'svelte/reactivity';
import { api, ask, type Shapes } from '$lib/api/client.ts';

export type Pin = Shapes['LibraryNodeFull']['pinned_by'][number];
const AT_ONCE = 4;

class UsedBy {
  readonly #pins = new SvelteMap<string, readonly Pin[]>();

  /** Flows, each once; null: not known yet. */
  of(hash: string): readonly string[] | null {
    const pins = this.#pins.get(hash);
    return pins ? [...new Set(pins.map(one => one.flow))] : null;
  }

  /** Asks for these nodes, a few at a time. @returns what ends it */
  look(hashes: readonly string[]): () => void {
    const rest = [...hashes];
    let over = false;
    const worker = async (): Promise<void> => {
      for (let hash = rest.shift(); hash !== undefined && !over; hash = rest.shift()) await this.#ask(hash);
    };
    for (let n = 0; n < AT_ONCE; n += 1) void worker();
    return () => {
      over = true;
    };
  }

  async #ask(hash: string): Promise<void> {
    try {
      const { pinned_by } = await ask(api.GET('/api/v1/nodes/{hash}', { params: { path: { hash } } }));
      this.#pins.set(hash, pinned_by);
    } catch {
      // Gone meanwhile, or nobody answers: the list is loaded anew then.
      this.#pins.delete(hash);
    }
  }
}
export const usedBy = new UsedBy();
