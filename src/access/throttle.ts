import { isIPv4, isIPv6 } from 'node:net';
import { GatewayError } from '#diagnostic';
import { ACCESS_LIMITS } from './limits.ts';

const FIRST_WAIT_MS = 1_000;

export interface ThrottleOptions {
  /** Failed logins before the next has to wait. */
  readonly login_failures: number;
  readonly login_wait_ms_max: number;
}

/** There were too many failed logins; the next is looked at after `retry_after_ms`. */
export class LoginThrottled extends GatewayError {
  readonly retry_after_ms: number;

  constructor(where: string, retry_after_ms: number) {
    super('login-throttled', where, `try again in ${Math.ceil(retry_after_ms / 1_000)} s`);
    this.retry_after_ms = retry_after_ms;
  }
}

interface Counter {
  failures: number;
  last: number;
  /** Nothing is looked at before. */
  until: number;
}

/** Counters by name; the ones longest ago go first. */
class Counters {
  readonly #counters = new Map<string, Counter>();
  readonly #options: ThrottleOptions;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  waitOf(key: string, now: number): number {
    return Math.max(0, (this.#of(key, now)?.until ?? 0) - now);
  }

  failed(key: string, now: number): void {
    const { login_failures, login_wait_ms_max } = this.#options;
    const failures = (this.#of(key, now)?.failures ?? 0) + 1;
    const over = failures - login_failures;
    const wait = over < 0 ? 0 : Math.min(login_wait_ms_max, FIRST_WAIT_MS * 2 ** Math.min(over, 40));
    this.#put(key, { failures, last: now, until: now + wait });
  }

  /** Takes back failures, and the wait that came of them. @param left of so many */
  forgive(key: string, left: (failures: number) => number): void {
    const counter = this.#counters.get(key);
    if (!counter) return;
    const failures = left(counter.failures);
    if (failures <= 0) this.#counters.delete(key);
    else this.#counters.set(key, { ...counter, failures, until: 0 });
  }

  /** Forgotten after a time without failures. */
  #of(key: string, now: number): Counter | null {
    const counter = this.#counters.get(key);
    return counter && now - counter.last < 2 * this.#options.login_wait_ms_max ? counter : null;
  }

  #put(key: string, counter: Counter): void {
    this.#counters.delete(key);
    if (this.#counters.size >= ACCESS_LIMITS.throttled) this.#counters.delete(this.#counters.keys().next().value!);
    this.#counters.set(key, counter);
  }
}

/** A login that is being looked at; it counts as failed unless it is said otherwise. */
export interface Attempt {
  succeeded(): void;
  /** It was not looked at. */
  cancelled(): void;
}

/**
 * Makes guessing slow, by user and by address, and keeps nobody out for ever: a wait is bounded, and attempts during it do not
 * prolong it. From an address at which a user has logged in before only the failures there count for that user: others cannot
 * keep a user out by failing in that name.
 */
export class Throttle {
  readonly #users: Counters;
  readonly #addresses: Counters;
  readonly #pairs: Counters;
  /** User and address, as JSON, oldest first. */
  readonly #known = new Set<string>();
  readonly #now: () => number;

  constructor(options: ThrottleOptions, now: () => number) {
    this.#users = new Counters(options);
    this.#addresses = new Counters(options);
    this.#pairs = new Counters(options);
    this.#now = now;
  }

  /** @throws LoginThrottled */
  attempt(user: string, address: string | null): Attempt {
    const now = this.#now();
    const place = networkOf(address);
    const pair = JSON.stringify([user, place]);
    const [counters, key] = this.#known.has(pair) ? [this.#pairs, pair] : [this.#users, user];
    const wait = Math.max(counters.waitOf(key, now), this.#addresses.waitOf(place, now));
    if (wait > 0) throw new LoginThrottled('login', wait);
    // At once, not after the password was looked at: many at the same time count as many.
    counters.failed(key, now);
    this.#addresses.failed(place, now);
    return {
      succeeded: () => {
        counters.forgive(key, () => 0);
        this.#addresses.forgive(place, failures => (failures - 1) >> 1);
        this.#remember(pair);
      },
      cancelled: () => {
        counters.forgive(key, failures => failures - 1);
        this.#addresses.forgive(place, failures => failures - 1);
      },
    };
  }

  #remember(pair: string): void {
    this.#known.delete(pair);
    if (this.#known.size >= ACCESS_LIMITS.throttled) this.#known.delete(this.#known.values().next().value!);
    this.#known.add(pair);
  }
}

/** What one person has many of counts as one: of IPv6 the first 64 bits. */
export function networkOf(address: string | null): string {
  const plain = (address ?? '').split('%')[0]!.toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1] ?? plain;
  if (isIPv4(mapped) || !isIPv6(mapped)) return mapped.slice(0, 64);
  const [head = '', tail] = mapped.split('::') as [string?, string?];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
