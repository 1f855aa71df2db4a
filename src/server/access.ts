import type { Credentials } from '#access';
import type { Permission } from '#api';

/** Who sends a request; `role` is null of one who has not logged in. */
export interface Identity {
  readonly name: string;
  readonly role: string | null;
  /** How it was proved: `session`, `token`, `local`; `anonymous` when it was not. */
  readonly kind: string;
}

/** What the server asks of `#access`. */
export interface Access {
  /** @throws GatewayError unauthenticated, forbidden, csrf-failed, login-throttled (perhaps with `retry_after_ms`) */
  authenticate(credentials: Credentials): Identity | Promise<Identity>;
  can(identity: Identity, permission: Permission): boolean;
}

export const ANONYMOUS: Identity = { name: 'anonymous', role: null, kind: 'anonymous' };
