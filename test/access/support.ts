import assert from 'node:assert/strict';
import { Access, type AccessOptions, type Credentials, type Identity, type Login, localIdentity } from '#access';
import { GatewayError, type GatewayErrorCode } from '#diagnostic';
import { Clock, MemoryStore } from './memory-store.ts';

export const PASSWORD = 'correct horse battery';
export const ADDRESS = '10.1.2.3';
/** Cheap: most tests are not about the cost. */
export const CHEAP = { ln: 4, r: 8, p: 1 };

export interface Place {
  readonly clock: Clock;
  readonly store: MemoryStore;
  readonly access: Access;
  readonly admin: Identity;
}

/** A gateway with a user of each role, whose name is the role. */
export async function place(options: Partial<AccessOptions> = {}): Promise<Place> {
  const clock = new Clock();
  const store = new MemoryStore(clock.now);
  const access = new Access(store, {
    enabled: true,
    session_hours: 12,
    session_idle_minutes: 60,
    password_chars_min: 12,
    login_failures: 5,
    login_wait_ms_max: 900_000,
    secure: true,
    password_cost: CHEAP,
    now: clock.now,
    ...options,
  });
  for (const role of ['viewer', 'editor', 'operator', 'admin'] as const)
    await access.users.create(localIdentity(), { name: `the-${role}`, role, password: PASSWORD });
  store.rows.audit.length = 0;
  return {
    clock,
    store,
    access,
    admin: { ...localIdentity(), kind: 'session', name: 'the-admin' },
  };
}

/** A request of a browser, with what a login gave it. */
export const request = (login: Login | null, change: Partial<Credentials> = {}): Credentials => ({
  method: 'GET',
  address: ADDRESS,
  host: 'gateway.example:8480',
  cookie: login?.cookies.map(one => one.split(';')[0]).join('; ') ?? null,
  authorization: null,
  csrf: null,
  origin: null,
  fetch_site: null,
  ...change,
});

export const failsWith = (code: GatewayErrorCode) => (error: unknown) => {
  assert.ok(error instanceof GatewayError, String(error));
  assert.equal(error.code, code, error.message);
  return true;
};
