import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '#diagnostic';
import { ACCESS_LIMITS } from './limits.ts';
import { LoginThrottled } from './throttle.ts';

/** Cost of scrypt. */
export interface PasswordCost {
  /** log2 of N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}
/** 128 · N · r bytes: 32 MiB for each that is hashed. */
export const PASSWORD_COST: PasswordCost = { ln: 15, r: 8, p: 1 };

/** After which to try again when too many passwords wait to be hashed. */
const BUSY_MS = 1_000;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Of a stored hash: what is beyond did not come from us. */
const COST_MAX: PasswordCost = { ln: 20, r: 32, p: 16 };
const STORED = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

interface Stored extends PasswordCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function parse(text: string): Stored | null {
  const [, ln, r, p, salt, hash] = STORED.exec(text) ?? [];
  if (hash === undefined) return null;
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const sound = (['ln', 'r', 'p'] as const).every(name => cost[name] >= 1 && cost[name] <= COST_MAX[name]);
  return sound ? { ...cost, salt: Buffer.from(salt!, 'base64url'), hash: Buffer.from(hash, 'base64url') } : null;
}

/** @throws GatewayError password-weak */
export function checkPassword(password: string, user: string, chars_min: number): void {
  const refuse = (why: string): never => {
    throw new GatewayError('password-weak', user, why);
  };
  const chars = [...password];
  if (!password.isWellFormed() || password.includes('\0')) refuse('it is not well-formed Unicode without zeros');
  if (chars.length < chars_min) refuse(`it has fewer than ${chars_min} characters`);
  if (Buffer.byteLength(password.normalize('NFC')) > ACCESS_LIMITS.password_bytes)
    refuse(`it has more than ${ACCESS_LIMITS.password_bytes} bytes`);
  if (new Set(chars).size < 5) refuse('it has fewer than 5 different characters');
  if (user.length > 3 && password.toLowerCase().includes(user)) refuse('it holds the name of the user');
}

/** Hashes and compares passwords, a few at once. */
export class Passwords {
  readonly #cost: PasswordCost;
  /** Compared with when there is no user, so that the answer takes as long. */
  readonly #nobody: Stored;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(cost: PasswordCost = PASSWORD_COST) {
    this.#cost = cost;
    this.#nobody = { ...cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
  }

  /** @returns `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`. @throws LoginThrottled */
  async hash(password: string): Promise<string> {
    const { ln, r, p } = this.#cost;
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#scrypt(password, { ln, r, p, salt });
    return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
  }

  /** @param stored null: there is no such user. @throws LoginThrottled */
  async matches(password: string, stored: string | null): Promise<boolean> {
    // HMAC, which scrypt is made of, does not see zeros at the end.
    if (password.includes('\0') || Buffer.byteLength(password) > 2 * ACCESS_LIMITS.password_bytes) return false;
    const known = stored === null ? null : parse(stored);
    const compared = known ?? this.#nobody;
    const same = timingSafeEqual(await this.#scrypt(password, compared), compared.hash);
    return same && known !== null;
  }

  /** It was made at a lower cost than now. */
  isOutdated(stored: string): boolean {
    const known = parse(stored);
    return known !== null && (['ln', 'r', 'p'] as const).some(name => known[name] < this.#cost[name]);
  }

  async #scrypt(password: string, { ln, r, p, salt }: Omit<Stored, 'hash'>): Promise<Buffer> {
    await this.#enter();
    try {
      const N = 2 ** ln;
      const options: ScryptOptions = { N, r, p, maxmem: 2 * 128 * N * r + 1024 * 1024 };
      return await new Promise((resolve, reject) =>
        scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, hash) =>
          error ? reject(error) : resolve(hash),
        ),
      );
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < ACCESS_LIMITS.hashes_at_once) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= ACCESS_LIMITS.hashes_waiting) throw new LoginThrottled('too many at once', BUSY_MS);
    await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  /** Its place goes to the next. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
