import { GatewayError } from '#diagnostic';
import { demand, type Identity } from './identity.ts';
import { checkUserName } from './names.ts';
import { checkPassword, type Passwords } from './passwords.ts';
import type { Role } from './roles.ts';
import type { AccessStore, Listing, Page, UserRow } from './store.ts';
import type { Throttle } from './throttle.ts';

/** What may be seen of a user. */
export type UserSummary = Omit<UserRow, 'password_hash'>;

export const summaryOf = ({ password_hash: _, ...rest }: UserRow): UserSummary => rest;

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}
export interface UserChange {
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

/** Who there is. Every change is audited, both or neither. */
export class Users {
  readonly #store: AccessStore;
  readonly #passwords: Passwords;
  readonly #throttle: Throttle;
  readonly #chars_min: number;

  constructor(store: AccessStore, passwords: Passwords, throttle: Throttle, chars_min: number) {
    this.#store = store;
    this.#passwords = passwords;
    this.#throttle = throttle;
    this.#chars_min = chars_min;
  }

  /** @throws GatewayError forbidden */
  list(by: Identity, page?: Page): Listing<UserSummary> {
    demand(by, 'admin');
    const { items, next } = this.#store.users.list(page);
    return { items: items.map(summaryOf), next };
  }

  /** One's own, or as admin any. @throws GatewayError forbidden */
  get(by: Identity, name: string): UserSummary | null {
    if (name !== by.name) demand(by, 'admin');
    const row = this.#store.users.get(name);
    return row && summaryOf(row);
  }

  /** @throws GatewayError forbidden, name-invalid, password-weak, exists */
  async create(by: Identity, { name, role, password }: NewUser): Promise<UserSummary> {
    demand(by, 'admin');
    const password_hash = await this.hashOf(name, password);
    return this.#store.transaction(() => this.add(by, { name, role, password_hash }));
  }

  /** For within a transaction. */
  add(by: Identity, user: Pick<UserRow, 'name' | 'role' | 'password_hash'>): UserSummary {
    const row = this.#store.users.create(user);
    this.#audit(by, 'user.create', user.name, { role: user.role });
    return summaryOf(row);
  }

  /** @throws GatewayError name-invalid, password-weak */
  hashOf(name: string, password: string): Promise<string> {
    checkUserName(name);
    checkPassword(password, name, this.#chars_min);
    return this.#passwords.hash(password);
  }

  /** Who is disabled is out at once. @throws GatewayError forbidden, not-found, last-admin */
  update(by: Identity, name: string, { role, disabled }: UserChange): UserSummary {
    demand(by, 'admin');
    return this.#store.transaction(() => {
      const row = this.#store.users.update(name, { role, disabled });
      this.#checkAdmins(name);
      if (disabled) this.#store.sessions.removeOf(name);
      this.#audit(by, 'user.update', name, { role, disabled });
      return summaryOf(row);
    });
  }

  /** With sessions and tokens. @throws GatewayError forbidden, not-found, last-admin */
  remove(by: Identity, name: string): void {
    demand(by, 'admin');
    this.#store.transaction(() => {
      this.#store.users.remove(name);
      this.#checkAdmins(name);
      this.#audit(by, 'user.remove', name);
    });
  }

  /**
   * One's own, with the one before, or as admin that of others. All sessions of the user end.
   * @throws GatewayError forbidden, login-failed, login-throttled, password-weak
   */
  async setPassword(by: Identity, name: string, password: string, current?: string): Promise<void> {
    if (by.kind === 'token') throw new GatewayError('forbidden', 'password', 'a token does not change passwords');
    if (name !== by.name) demand(by, 'admin');
    else await this.#confirm(by, current ?? '');
    const password_hash = await this.hashOf(name, password);
    this.#store.transaction(() => {
      this.#store.users.update(name, { password_hash });
      this.#store.sessions.removeOf(name);
      this.#audit(by, 'user.password', name);
    });
  }

  async #confirm(by: Identity, current: string): Promise<void> {
    const attempt = this.#throttle.attempt(by.name, by.address);
    const stored = this.#store.users.get(by.name)?.password_hash ?? null;
    if (!(await this.#passwords.matches(current, stored)))
      throw new GatewayError('login-failed', by.name, 'the current password is another');
    attempt.succeeded();
  }

  /** After a change that may have taken the last. */
  #checkAdmins(name: string): void {
    if (this.#store.users.count() > 0 && this.#store.users.count({ role: 'admin', disabled: false }) === 0)
      throw new GatewayError('last-admin', name, 'make another user admin first');
  }

  #audit(by: Identity, action: string, target: string, details?: unknown): void {
    this.#store.audit.append({ actor: by.name, action, target, details, address: by.address });
  }
}
