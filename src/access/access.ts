import { GatewayError } from '#diagnostic';
import {
  type Credentials,
  checkLocalHost,
  checkOrigin,
  hashOf,
  isSafe,
  isSecret,
  newSecret,
  sameHash,
} from './credentials.ts';
import { can, demand, type Identity, localIdentity } from './identity.ts';
import { ACCESS_LIMITS } from './limits.ts';
import { isUserName } from './names.ts';
import { type PasswordCost, Passwords } from './passwords.ts';
import type { Permission } from './roles.ts';
import { type Login, type SessionOptions, Sessions } from './sessions.ts';
import type { AccessStore, UserRow } from './store.ts';
import { Throttle, type ThrottleOptions } from './throttle.ts';
import { Tokens } from './tokens.ts';
import { Users } from './users.ts';

/** `auth` of the configuration, and what else counts here. */
export interface AccessOptions extends SessionOptions, ThrottleOptions {
  /** Without, everybody is admin. */
  readonly enabled: boolean;
  readonly password_chars_min: number;
  /** Without a login, answer to names other than those of loopback, too (`http.insecure`). */
  readonly any_host?: boolean;
  readonly password_cost?: PasswordCost;
  /** ms since the epoch. */
  readonly now?: () => number;
}

const MINUTE_MS = 60_000;

/** Who may do what. */
export class Access {
  readonly enabled: boolean;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly #store: AccessStore;
  readonly #options: AccessOptions;
  readonly #now: () => number;
  readonly #passwords: Passwords;
  readonly #throttle: Throttle;
  readonly #sessions: Sessions;
  #setup_hash: string | null = null;
  #failures = { minute: 0, count: 0 };

  constructor(store: AccessStore, options: AccessOptions) {
    this.enabled = options.enabled;
    this.#store = store;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#passwords = new Passwords(options.password_cost);
    this.#throttle = new Throttle(options, this.#now);
    this.#sessions = new Sessions(store, options, this.#now);
    this.users = new Users(store, this.#passwords, this.#throttle, options.password_chars_min);
    this.tokens = new Tokens(store, this.#now);
  }

  /**
   * @throws GatewayError login-failed, which does not tell whether there is such a user, in what it says nor in the time it
   * takes; login-throttled, perhaps as LoginThrottled
   */
  async login(name: string, password: string, address: string | null): Promise<Login> {
    if (!this.enabled) throw new GatewayError('login-failed', 'gateway', 'it has no login (auth.enabled)');
    // Whatever is no name counts as one, so that it cannot be told from others.
    const attempt = this.#throttle.attempt(isUserName(name) ? name : '', address);
    const found = isUserName(name) ? this.#store.users.get(name) : null;
    const matches = await this.#passwords.matches(password, found?.password_hash ?? null).catch(error => {
      attempt.cancelled();
      throw error;
    });
    // What has changed meanwhile counts.
    const user = found && this.#store.users.get(found.name);
    if (!matches || !user || user.disabled || user.password_hash !== found.password_hash) {
      this.#noteFailure(name, address);
      throw new GatewayError('login-failed', 'user', 'name or password are wrong');
    }
    attempt.succeeded();
    const password_hash = await this.#rehash(user, password);
    return this.#store.transaction(() => {
      const current = this.#store.users.get(user.name);
      if (!current || current.disabled || current.password_hash !== user.password_hash)
        throw new GatewayError('login-failed', 'user', 'it was changed meanwhile');
      const row = this.#store.users.update(user.name, { password_hash, last_login_at: this.#now() });
      this.#store.audit.append({ actor: user.name, action: 'login', target: user.name, address });
      return this.#sessions.begin(row, address);
    });
  }

  /** @returns values of Set-Cookie headers that delete the cookies */
  logout(identity: Identity): readonly string[] {
    if (identity.kind !== 'session') return [];
    return this.#store.transaction(() => {
      this.audit(identity, 'logout', identity.name);
      return this.#sessions.end(identity.id!);
    });
  }

  /** Whose request it is. @throws GatewayError unauthenticated, csrf-failed, forbidden */
  authenticate(request: Credentials): Identity {
    if (this.enabled)
      return request.authorization === null ? this.#sessions.authenticate(request) : this.tokens.authenticate(request);
    if (this.#options.any_host !== true) checkLocalHost(request.host);
    // A page of another site in a browser on this machine reaches loopback, too.
    if (!isSafe(request)) checkOrigin(request);
    return localIdentity(request.address);
  }

  /** The CSRF token of the session that a request belongs to, as its cookie has it. */
  csrfOf(request: Credentials): string | null {
    return this.#sessions.csrfOf(request);
  }

  /** For requests without identity that change something: login and setup. @throws GatewayError csrf-failed */
  checkOrigin(request: Credentials): void {
    checkOrigin(request);
  }

  can(identity: Identity, permission: Permission): boolean {
    return can(identity, permission);
  }

  /** @throws GatewayError forbidden */
  demand(identity: Identity, permission: Permission): void {
    demand(identity, permission);
  }

  /** Ends all sessions of a user: one's own, or as admin those of others. @throws GatewayError forbidden */
  endSessions(by: Identity, user: string): number {
    if (user !== by.name) demand(by, 'admin');
    return this.#store.transaction(() => {
      this.audit(by, 'user.logout', user);
      return this.#store.sessions.removeOf(user);
    });
  }

  /** Notes what somebody did. @param details JSON, without secrets */
  audit(by: Identity, action: string, target: string | null = null, details?: unknown): void {
    this.#store.audit.append({ actor: by.name, action, target, details, address: by.address });
  }

  /** There is no user yet, and logins are asked for. */
  get needsSetup(): boolean {
    return this.enabled && this.#store.users.count() === 0;
  }

  /** While there is no user: what makes the first one, once; each call makes a new one. Else null. */
  setupToken(): string | null {
    this.#setup_hash = null;
    if (!this.needsSetup) return null;
    const token = newSecret();
    this.#setup_hash = hashOf(token);
    return token;
  }

  /** Makes the first admin, and logs in. @throws GatewayError login-failed, name-invalid, password-weak */
  async setup(token: string, name: string, password: string, address: string | null): Promise<Login> {
    const isRight = (): boolean =>
      this.#setup_hash !== null &&
      isSecret(token) &&
      sameHash(token, this.#setup_hash) &&
      this.#store.users.count() === 0;
    const refuse = (): never => {
      throw new GatewayError('login-failed', 'setup', 'the token is wrong, or there is a user already');
    };
    if (!isRight()) refuse();
    const password_hash = await this.users.hashOf(name, password);
    if (!isRight()) refuse();
    const login = this.#store.transaction(() => {
      this.users.add({ ...localIdentity(address), name: 'setup' }, { name, role: 'admin', password_hash });
      return this.#sessions.begin(this.#store.users.get(name)!, address);
    });
    this.#setup_hash = null;
    return login;
  }

  async #rehash({ password_hash }: UserRow, password: string): Promise<string> {
    return this.#passwords.isOutdated(password_hash) ? this.#passwords.hash(password) : password_hash;
  }

  /** A name may be a password in the wrong field: what is no user is not written down. */
  #noteFailure(name: string, address: string | null): void {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    if (this.#failures.minute !== minute) this.#failures = { minute, count: 0 };
    this.#failures.count += 1;
    if (this.#failures.count > ACCESS_LIMITS.audited_failures) return;
    const target = isUserName(name) && this.#store.users.get(name) ? name : null;
    this.#store.audit.append({ actor: 'gateway', action: 'login.failed', target, address });
  }
}
