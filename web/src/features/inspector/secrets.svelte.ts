/** Names of secrets, for who may see them. */
import { api, ask } from '$lib/api/client.ts';
import { session } from '$lib/state/session.svelte.ts';

class SecretNames {
  current = $state.raw<readonly string[]>([]);
  #asked = false;

  async load(): Promise<void> {
    if (this.#asked || !session.may('edit')) return;
    this.#asked = true;
    try {
      this.current = (await ask(api.GET('/api/v1/secrets'))).items.map(one => one.name);
    } catch {
      // Nothing is suggested then; the next form asks again.
      this.#asked = false;
    }
  }
}
export const secretNames = new SecretNames();
