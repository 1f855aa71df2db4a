import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '#connectors';
import { GatewayError } from '#diagnostic';
import { ACCESS_LIMITS } from './limits.ts';

/** What a request says of who sends it; null: it does not have that header. */
export interface Credentials {
  readonly method: string;
  /** Of the client; behind a trusted proxy what that says. */
  readonly address: string | null;
  readonly host: string | null;
  readonly cookie: string | null;
  readonly authorization: string | null;
  /** X-CSRF-Token */
  readonly csrf: string | null;
  readonly origin: string | null;
  /** Sec-Fetch-Site */
  readonly fetch_site: string | null;
  /** It becomes a WebSocket: a GET that browsers send across sites. */
  readonly upgrade?: boolean;
}

const SECRET_BYTES = 32;
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** 256 random bits, base64url. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
export const isSecret = (text: string): boolean => SECRET.test(text);
/** How secrets are stored: a secret of 256 bits needs no salt and no slow hash. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
/** In a time that does not depend on where they differ. */
export function sameHash(secret: string, hash: string): boolean {
  const [a, b] = [Buffer.from(hashOf(secret)), Buffer.from(hash)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export const isSafe = ({ method, upgrade }: Credentials): boolean => SAFE_METHODS.has(method) && upgrade !== true;

/** The one value of a cookie; null when there is none, or several that differ. */
export function cookieOf(header: string | null, name: string): string | null {
  if (header === null || header.length > ACCESS_LIMITS.header_chars) return null;
  const values = header
    .split(';')
    .map(part => part.trim())
    .filter(part => part.startsWith(`${name}=`))
    .map(part => part.slice(name.length + 1));
  return new Set(values).size === 1 ? values[0]! : null;
}

/** The token of an Authorization header; null when it is of another kind. */
export function bearerOf(header: string): string | null {
  if (header.length > ACCESS_LIMITS.header_chars) return null;
  return /^Bearer +([A-Za-z0-9_-]+)$/i.exec(header)?.[1] ?? null;
}

/** Browsers say where a request comes from; it must be from our own pages. @throws GatewayError csrf-failed */
export function checkOrigin({ origin, fetch_site, host }: Credentials): void {
  if (fetch_site !== null && fetch_site !== 'same-origin' && fetch_site !== 'none')
    throw new GatewayError('csrf-failed', 'Sec-Fetch-Site', 'it says that it does');
  if (origin === null) return;
  const from = URL.canParse(origin) ? new URL(origin).host : null;
  if (!from || from !== host?.toLowerCase()) throw new GatewayError('csrf-failed', 'Origin', 'it is not this gateway');
}

/**
 * Without a login it is the address that protects: a name that a stranger has pointed at it (DNS rebinding) is not it.
 * @throws GatewayError forbidden
 */
export function checkLocalHost(host: string | null): void {
  if (host === null) return;
  if (!isLoopback(host.replace(/:\d{1,5}$/, '').replace(/^\[|\]$/g, '')))
    throw new GatewayError('forbidden', 'Host', 'without a login the gateway answers to the names of loopback only');
}
