import type { Permission } from '#api';

/** What of a request says who sends it. */
export interface Credentials {
  readonly method: string;
  /** IP of the other side. */
  readonly address: string;
  /** The whole header. */
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  /** `X-CSRF-Token` */
  readonly csrf: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

/** Who sends a request; `role` is null of one who has not logged in. */
export interface Identity {
  readonly name: string;
  readonly role: string | null;
  /** How it was proved, e.g. `session`, `token`, `none`; `anonymous` when it was not. */
  readonly kind: string;
}

/** What the server asks of `access`. */
export interface Access {
  /** @throws GatewayError unauthenticated, forbidden, csrf-failed, login-throttled (with `retry_after_s`) */
  authenticate(credentials: Credentials): Promise<Identity>;
  can(identity: Identity, permission: Permission): boolean;
}

export const ANONYMOUS: Identity = { name: 'anonymous', role: null, kind: 'anonymous' };
