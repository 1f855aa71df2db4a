import { GatewayError } from '#diagnostic';
import { bearerOf, type Credentials, hashOf, newSecret, sameHash } from './credentials.ts';
import { can, demand, type Identity } from './identity.ts';
import { ACCESS_LIMITS } from './limits.ts';
import { checkTokenName } from './names.ts';
import { atLeast, lesser, type Role } from './roles.ts';
import { type AccessStore, type Listing, note, type Page, type TokenRow } from './store.ts';

/** What may be seen of a token. */
export type TokenSummary = Omit<TokenRow, 'hash'>;

export interface NewToken {
  /** What it is for. */
  readonly name: string;
  /** Not above that of its user, which is the default. */
  readonly role?: Role | undefined;
  /** Default: who makes it. Tokens of others make admins only. */
  readonly user?: string | undefined;
  /** 1 … `ACCESS_LIMITS.token_days`. */
  readonly days?: number | undefined;
}

const TOKEN = /^fwt_([A-Za-z0-9-]{1,64})_([A-Za-z0-9_-]{43})$/;
const DAY_MS = 24 * 3_600_000;

const summaryOf = ({ hash: _, ...rest }: TokenRow): TokenSummary => rest;

/** Tokens of programs: `fwt_<id>_<secret>`; only the secret's hash is stored. */
export class Tokens {
  readonly #store: AccessStore;
  readonly #now: () => number;

  constructor(store: AccessStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @returns the token, which nobody can see again. @throws GatewayError forbidden, name-invalid, not-found */
  create(
    by: Identity,
    { name, role: wanted, user = by.name, days = ACCESS_LIMITS.token_days_default }: NewToken,
  ): {
    readonly token: string;
    readonly row: TokenSummary;
  } {
    if (by.kind === 'token') throw new GatewayError('forbidden', 'token', 'a token does not make tokens');
    if (user !== by.name) demand(by, 'admin');
    checkTokenName(name);
    if (!Number.isInteger(days) || days < 1 || days > ACCESS_LIMITS.token_days)
      throw new GatewayError('forbidden', 'token', `it lasts 1 to ${ACCESS_LIMITS.token_days} days`);
    const secret = newSecret();
    return this.#store.transaction(() => {
      const owner = this.#store.users.get(user);
      if (!owner) throw new GatewayError('forbidden', 'token', `there is no user ${user}`);
      const role = wanted ?? owner.role;
      if (!atLeast(owner.role, role)) throw new GatewayError('forbidden', 'token', `${user} is ${owner.role} only`);
      const expires_at = this.#now() + days * DAY_MS;
      const row = this.#store.tokens.create({ name, user, hash: hashOf(secret), role, expires_at });
      const details = { name, user, role, expires_at };
      this.#store.audit.append({
        actor: by.name,
        action: 'token.create',
        target: row.id,
        details,
        address: by.address,
      });
      return { token: `fwt_${row.id}_${secret}`, row: summaryOf(row) };
    });
  }

  /** One's own; of others as admin. What is revoked already stays so. @throws GatewayError forbidden */
  revoke(by: Identity, id: string): void {
    this.#store.transaction(() => {
      const row = this.#store.tokens.get(id);
      // Whether there is one of others is not said.
      if (row?.user !== by.name) demand(by, 'admin');
      this.#store.tokens.revoke(id);
      const details = row && { name: row.name, user: row.user };
      this.#store.audit.append({ actor: by.name, action: 'token.revoke', target: id, details, address: by.address });
    });
  }

  /** One's own, newest first; as admin those of `user`, or all. @throws GatewayError forbidden */
  list(by: Identity, filter: Page & { readonly user?: string | undefined } = {}): Listing<TokenSummary> {
    const user = filter.user ?? (can(by, 'admin') ? undefined : by.name);
    if (user !== by.name) demand(by, 'admin');
    const { items, next } = this.#store.tokens.list({ ...filter, user });
    return { items: items.map(summaryOf), next };
  }

  /** @throws GatewayError unauthenticated */
  authenticate({ authorization, address }: Credentials): Identity {
    const [, id, secret] = TOKEN.exec(bearerOf(authorization ?? '') ?? '') ?? [];
    const row = id === undefined ? null : this.#store.tokens.get(id);
    const now = this.#now();
    // One answer to all: what a token lacks is said to nobody who has none.
    if (!row || !sameHash(secret!, row.hash)) throw new GatewayError('unauthenticated', 'token', 'it is not known');
    const user = this.#store.users.get(row.user);
    if (row.revoked_at !== null) throw new GatewayError('unauthenticated', 'token', 'it was revoked');
    if (row.expires_at !== null && now >= row.expires_at)
      throw new GatewayError('unauthenticated', 'token', 'it has expired');
    if (!user || user.disabled) throw new GatewayError('unauthenticated', 'token', 'its user is disabled');
    if (now - (row.last_used_at ?? 0) >= ACCESS_LIMITS.touch_ms) note(() => this.#store.tokens.touch(row.id));
    const role = lesser(row.role, user.role);
    return { kind: 'token', name: user.name, role, address, id: row.id, expires_at: row.expires_at };
  }
}
