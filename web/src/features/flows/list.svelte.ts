import { api, ask, type Shapes } from '$lib/api/client.ts';
import { live } from '$lib/state/live.svelte.ts';

const PAGE = 500;

/** All flows of the gateway, kept up to date while somebody looks. */
export class FlowList {
  /** null: not loaded yet. */
  flows = $state.raw<readonly Shapes['Flow'][] | null>(null);
  problem = $state<string | null>(null);

  /** @returns what ends it */
  watch(): () => void {
    void this.load();
    return live.onChangedSoon(
      ({ what }) => what !== 'dead-letters' && what !== 'node',
      () => void this.load(),
    );
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
