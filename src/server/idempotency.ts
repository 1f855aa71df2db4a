import { createHash } from 'node:crypto';
import { GatewayError } from '#diagnostic';
import { SERVER_LIMITS } from './limits.ts';
import { invalid, later } from './problem.ts';

/** What became of a request with a key; `status` null: it is under way. */
export interface Remembered {
  readonly status: number | null;
  readonly body: string | null;
}

/** Where answers of requests with an `Idempotency-Key` are kept. */
export interface IdempotencyStore {
  /** @returns null: it is new, go on, then `finish` or `forget`. @throws GatewayError idempotency-mismatch */
  begin(scope: string, key: string, request_hash: string): Remembered | null;
  finish(scope: string, key: string, status: number, body: string): void;
  /** It came to nothing: the same key may be tried again. */
  forget(scope: string, key: string): void;
}

/** @throws RequestInvalid */
export function idempotencyKey(header: string | null): string | null {
  if (header === null) return null;
  if (header.length > SERVER_LIMITS.idempotency_key_chars || !/^[\x21-\x7e]+$/.test(header))
    throw invalid(
      'header.idempotency-key',
      'not a key',
      `1 to ${SERVER_LIMITS.idempotency_key_chars} visible ASCII characters, e.g. a UUID.`,
    );
  return header;
}

export function requestHash(method: string, url: string, body: Uint8Array): string {
  return createHash('sha256')
    .update(`${method} ${url.replace(/^\w+:\/\/[^/]*/, '')}\n`)
    .update(body)
    .digest('hex');
}

/**
 * Does `work` once for each key: an answer is kept and given again, a failure is forgotten.
 * @throws GatewayError idempotency-mismatch, idempotency-busy, and what `work` throws
 */
export async function once(
  store: IdempotencyStore,
  scope: string,
  key: string,
  hash: string,
  work: () => Promise<{ status: number; body: string }>,
): Promise<{ status: number; body: string; isReplay: boolean }> {
  const before = store.begin(scope, key, hash);
  if (before !== null) {
    if (before.status === null) throw later('idempotency-busy', key, 1_000);
    return { status: before.status, body: before.body ?? '', isReplay: true };
  }
  try {
    const { status, body } = await work();
    store.finish(scope, key, status, body);
    return { status, body, isReplay: false };
  } catch (error) {
    store.forget(scope, key);
    throw error;
  }
}

/** Keeps answers as long as the process lives: for tests, and for a gateway without storage. */
export class MemoryIdempotency implements IdempotencyStore {
  readonly #rows = new Map<string, Remembered & { readonly hash: string }>();
  readonly #most: number;

  constructor(most = 1_000) {
    this.#most = most;
  }

  begin(scope: string, key: string, hash: string): Remembered | null {
    const row = this.#rows.get(`${scope} ${key}`);
    if (row) {
      if (row.hash !== hash) throw new GatewayError('idempotency-mismatch', key);
      return row;
    }
    if (this.#rows.size >= this.#most) this.#rows.delete(this.#rows.keys().next().value!);
    this.#rows.set(`${scope} ${key}`, { hash, status: null, body: null });
    return null;
  }

  finish(scope: string, key: string, status: number, body: string): void {
    const row = this.#rows.get(`${scope} ${key}`);
    if (row) this.#rows.set(`${scope} ${key}`, { hash: row.hash, status, body });
  }

  forget(scope: string, key: string): void {
    this.#rows.delete(`${scope} ${key}`);
  }
}
