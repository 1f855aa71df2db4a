import { GatewayError } from '#diagnostic';
import {
  type Credentials,
  checkOrigin,
  cookieOf,
  hashOf,
  isSafe,
  isSecret,
  newSecret,
  sameHash,
} from './credentials.ts';
import type { Identity } from './identity.ts';
import { ACCESS_LIMITS } from './limits.ts';
import { type AccessStore, note, type SessionRow, type UserRow } from './store.ts';

export interface SessionOptions {
  readonly session_hours: number;
  readonly session_idle_minutes: number;
  /** The gateway speaks TLS: cookies go over TLS only. */
  readonly secure: boolean;
}

/** What a login gives to a browser. */
export interface Login {
  readonly identity: Identity;
  /** Values of Set-Cookie headers. */
  readonly cookies: readonly string[];
  /** To be sent back as X-CSRF-Token with all that changes something; a cookie that scripts can read holds it, too. */
  readonly csrf: string;
  /** ms since the epoch, if it is used all the time. */
  readonly expires_at: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Sessions in cookies: 256 random bits, of which only the hash is stored. */
export class Sessions {
  readonly #store: AccessStore;
  readonly #options: SessionOptions;
  readonly #now: () => number;

  constructor(store: AccessStore, options: SessionOptions, now: () => number) {
    this.#store = store;
    this.#options = options;
    this.#now = now;
  }

  /** With `__Host-` no other host and no plain HTTP can set it. */
  get cookieName(): string {
    return this.#options.secure ? '__Host-fusewire' : 'fusewire';
  }
  get csrfCookieName(): string {
    return this.#options.secure ? '__Host-fusewire-csrf' : 'fusewire-csrf';
  }

  begin(user: UserRow, address: string | null): Login {
    const [id, csrf] = [newSecret(), newSecret()];
    const now = this.#now();
    const longest_ms = this.#options.session_hours * HOUR_MS;
    const hash = hashOf(id);
    const expires_at = this.#expiry(now, now);
    this.#store.sessions.purge(now);
    this.#store.sessions.create({
      hash,
      user: user.name,
      csrf_hash: hashOf(csrf),
      expires_at,
      address,
    });
    return {
      identity: identityOf(user, address, hash, expires_at),
      cookies: this.#cookies(id, csrf, longest_ms / 1_000),
      csrf,
      expires_at: now + longest_ms,
    };
  }

  /** Ends a session. @returns values of Set-Cookie headers that delete the cookies */
  end(hash: string): readonly string[] {
    this.#store.sessions.remove(hash);
    return this.#cookies('', '', 0);
  }

  /** @throws GatewayError unauthenticated, csrf-failed */
  authenticate(request: Credentials): Identity {
    const id = cookieOf(request.cookie, this.cookieName);
    if (id === null || !isSecret(id)) throw new GatewayError('unauthenticated', 'session', 'there is none');
    const session = this.#store.sessions.get(hashOf(id));
    const user = session && this.#store.users.get(session.user);
    const now = this.#now();
    if (!user || user.disabled || now >= this.#expiry(session.created_at, session.last_seen_at))
      throw new GatewayError('unauthenticated', 'session', 'it has ended');
    if (!isSafe(request)) {
      checkOrigin(request);
      // A browser cannot add a header to a WebSocket: of it the origin must be known, and it was checked.
      const checked = request.upgrade === true ? request.origin !== null : this.#hasToken(request, session);
      if (!checked) throw new GatewayError('csrf-failed', 'X-CSRF-Token', 'it is missing, or not of this session');
    }
    this.#touch(session, now);
    return identityOf(user, request.address, session.hash, this.#expiry(session.created_at, now));
  }

  /** The CSRF token that a browser holds in its cookie, for pages that begin anew. */
  csrfOf({ cookie }: Credentials): string | null {
    const csrf = cookieOf(cookie, this.csrfCookieName);
    return csrf !== null && isSecret(csrf) ? csrf : null;
  }

  #hasToken({ csrf }: Credentials, session: SessionRow): boolean {
    return csrf !== null && isSecret(csrf) && sameHash(csrf, session.csrf_hash);
  }

  #touch(session: SessionRow, now: number): void {
    const often_ms = Math.min(ACCESS_LIMITS.touch_ms, this.#options.session_idle_minutes * (MINUTE_MS / 10));
    if (now - session.last_seen_at < often_ms) return;
    note(() => this.#store.sessions.touch(session.hash, this.#expiry(session.created_at, now)));
  }

  #expiry(created_at: number, seen_at: number): number {
    const { session_hours, session_idle_minutes } = this.#options;
    return Math.min(created_at + session_hours * HOUR_MS, seen_at + session_idle_minutes * MINUTE_MS);
  }

  #cookies(id: string, csrf: string, age_s: number): string[] {
    const rest = `; Path=/; SameSite=Strict; Max-Age=${age_s}${this.#options.secure ? '; Secure' : ''}`;
    return [`${this.cookieName}=${id}${rest}; HttpOnly`, `${this.csrfCookieName}=${csrf}${rest}`];
  }
}

const identityOf = (user: UserRow, address: string | null, id: string, expires_at: number): Identity => ({
  kind: 'session',
  name: user.name,
  role: user.role,
  address,
  id,
  expires_at,
});
