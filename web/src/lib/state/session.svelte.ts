/** Who uses the studio, and what they may do. */
import { api, ask, type Shapes, sayErrors, setCsrf, whenUnauthenticated } from '../api/client.ts';
import { t, tGateway } from '../i18n/index.svelte.ts';

export type Permission = 'read' | 'edit' | 'deploy' | 'operate' | 'admin';

class Session {
  current = $state.raw<Shapes['Session'] | null>(null);
  /** One text: who is asked after again and may the same has not changed for those who look. */
  readonly #permissions = $derived(this.current?.permissions.join(' ') ?? '');
  /** Nobody is logged in where one must be. */
  readonly mustLogIn = $derived(this.current !== null && this.#permissions === '');

  /** @throws ApiError */
  async load(): Promise<void> {
    sayErrors({ offline: () => t('shell:offline'), said: tGateway });
    whenUnauthenticated(() => void this.load().catch(() => undefined));
    this.#take(await ask(api.GET('/api/v1/session')));
  }
  /** @throws ApiError */
  async login(user: string, password: string): Promise<void> {
    this.#take(await ask(api.POST('/api/v1/session', { body: { user, password } })));
  }
  /** @throws ApiError */
  async setup(token: string, user: string, password: string): Promise<void> {
    this.#take(await ask(api.POST('/api/v1/setup', { body: { token, user, password } })));
  }
  /** @throws ApiError */
  async logout(): Promise<void> {
    await ask(api.DELETE('/api/v1/session'));
    await this.load();
  }

  may(permission: Permission): boolean {
    return this.#permissions.split(' ').includes(permission);
  }

  #take(session: Shapes['Session']): void {
    setCsrf(session.csrf);
    this.current = session;
  }
}

export const session = new Session();
