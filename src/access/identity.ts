import { GatewayError } from '#diagnostic';
import { atLeast, PERMISSIONS, type Permission, type Role } from './roles.ts';

/** Who does something. */
export interface Identity {
  /** `local`: there is no login; or a command that works on the data directory. */
  readonly kind: 'local' | 'session' | 'token';
  /** Of the user; `local` without a login. */
  readonly name: string;
  readonly role: Role;
  readonly address: string | null;
  /** Hash of the session, or id of the token. */
  readonly id: string | null;
  /** When it ends, in ms since the epoch, as things are now; null: never. */
  readonly expires_at: number | null;
}

export const localIdentity = (address: string | null = null): Identity => ({
  kind: 'local',
  name: 'local',
  role: 'admin',
  address,
  id: null,
  expires_at: null,
});

export const can = ({ role }: Identity, permission: Permission): boolean => atLeast(role, PERMISSIONS[permission]);

/** @throws GatewayError forbidden */
export function demand(identity: Identity, permission: Permission): void {
  if (can(identity, permission)) return;
  const detail = `it needs the role ${PERMISSIONS[permission]}, and ${identity.name} is ${identity.role}`;
  throw new GatewayError('forbidden', permission, detail);
}
