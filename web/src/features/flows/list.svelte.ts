import { api, ask, type Shapes } from '$lib/api/client.ts';
import { live } from '$lib/state/live.svelte.ts';

/** Several changes at once are one. */
const SOON_MS = 250;
const PAGE = 500;

/** All flows of the gateway, kept up to date while somebody looks. */
export class FlowList {
  /** null: not loaded yet. */
  flows = $state.raw<readonly Shapes['Flow'][] | null>(null);
  problem = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @returns what ends it */
  watch(): () => void {
    void this.load();
    const over = live.onChanged(({ what }) => {
      if (what === 'dead-letters' || what === 'node') return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), SOON_MS);
    });
    return () => {
      clearTimeout(this.#timer);
      over();
    };
  }

  async load(): Promise<void> {
    try {
      const flows: Shapes['Flow'][] = [];
      for (let after: string | undefined; ; ) {
        const query = { limit: PAGE, ...(after && { after }) };
        const { items, next } = await ask(api.GET('/api/v1/flows', { params: { query } }));
        flows.push(...items);
        if (next === null) break;
        after = next;
      }
      this.flows = flows;
      this.problem = null;
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }
}
