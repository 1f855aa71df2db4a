import type { Credentials } from '#access';
import type { Permission } from '#api';
import { GatewayError } from '#diagnostic';
import { type Access, ANONYMOUS, type Identity } from './access.ts';
import type { Peer } from './peer.ts';

export const credentialsOf = ({ method, headers }: Request, { address }: Peer): Credentials => ({
  method,
  address,
  host: headers.get('host'),
  cookie: headers.get('cookie'),
  authorization: headers.get('authorization'),
  csrf: headers.get('x-csrf-token'),
  origin: headers.get('origin'),
  fetch_site: headers.get('sec-fetch-site'),
});

/** Routes by which one becomes somebody: they are not asked for the cookie of a session that may have ended. */
export const isEntry = (route: string): boolean => route === 'login' || route === 'setup';

/**
 * Who asks, if they may. On a public route one may be nobody.
 * @throws GatewayError unauthenticated, forbidden, csrf-failed, login-throttled
 */
export async function identify(access: Access, credentials: Credentials, permission: Permission): Promise<Identity> {
  let identity: Identity;
  try {
    identity = await access.authenticate(credentials);
  } catch (error) {
    if (permission === 'public' && error instanceof GatewayError && error.code === 'unauthenticated') return ANONYMOUS;
    throw error;
  }
  if (permission !== 'public' && !access.can(identity, permission))
    throw new GatewayError('forbidden', permission, `${identity.name} is ${identity.role}`);
  return identity;
}

/** Whether who listens may still: sessions end, tokens are revoked. */
export async function stillAllowed(access: Access, credentials: Credentials, permission: Permission): Promise<boolean> {
  try {
    return access.can(await access.authenticate(credentials), permission);
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
