import type { Permission } from '#api';
import { GatewayError } from '#diagnostic';
import { type Access, ANONYMOUS, type Credentials, type Identity } from './access.ts';
import { checkOrigin } from './origin.ts';
import type { Peer, Shared } from './route-server.ts';

export const credentialsOf = ({ method, headers }: Request, { address }: Peer): Credentials => ({
  method,
  address,
  cookie: headers.get('cookie') ?? undefined,
  authorization: headers.get('authorization') ?? undefined,
  csrf: headers.get('x-csrf-token') ?? undefined,
  origin: headers.get('origin') ?? undefined,
  secFetchSite: headers.get('sec-fetch-site') ?? undefined,
});

/**
 * Who asks, if they may. On a public route one may be nobody; who logs in is not asked for the cookie that may have expired.
 * @throws GatewayError unauthenticated, forbidden, csrf-failed, login-throttled
 */
export async function identify(
  { access, hosts }: Pick<Shared, 'access' | 'hosts'>,
  request: Request,
  credentials: Credentials,
  permission: Permission,
  isLogin = false,
): Promise<Identity> {
  checkOrigin(request, hosts);
  const shown = isLogin ? { ...credentials, cookie: undefined, authorization: undefined } : credentials;
  let identity: Identity;
  try {
    identity = await access.authenticate(shown);
  } catch (error) {
    if (permission === 'public' && error instanceof GatewayError && error.code === 'unauthenticated') return ANONYMOUS;
    throw error;
  }
  if (permission !== 'public' && !access.can(identity, permission))
    throw new GatewayError('forbidden', identity.name, `needs the permission ${permission}`);
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
