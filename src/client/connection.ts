import { GatewayError } from '#diagnostic';

/** Failures that say: nobody was there to take the request. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);

/** Failures of a connection that was there, or that may come about at the next try. */
const PASSING = new Set([
  ...NOBODY,
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/** The connection failed: before anything answered, or in the middle of the answer. */
export class ConnectionLost extends GatewayError {
  /** Nothing of the request can have been heard. */
  readonly unheard: boolean;
  /** Worth another try. A browser does not tell what happened; what Node says of certificates, say, will stay so. */
  readonly passing: boolean;

  constructor(url: string, cause: unknown) {
    const { code, message } = rootOf(cause);
    super('gateway-unreachable', url, message, cause);
    this.unheard = NOBODY.has(code);
    this.passing = PASSING.has(code) || !(cause as Error).cause;
  }
}

/** `fetch` wraps what happened, sometimes twice. */
function rootOf(error: unknown): { code: string; message: string } {
  let at = error as { code?: string; message?: string; cause?: unknown; errors?: unknown[] };
  while (at?.cause ?? at?.errors?.[0]) at = (at.cause ?? at.errors?.[0]) as typeof at;
  return { code: at?.code ?? '', message: at?.message || at?.code || String(at) };
}

/** Time before the next try, growing, with some chance in it so that many do not come back at once. */
export const backoff = (attempt: number, first_ms: number, most_ms: number): number =>
  Math.min(most_ms, first_ms * 2 ** attempt) * (0.5 + Math.random() / 2);

/** @throws the signal's reason when it is aborted meanwhile */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** A key that nobody else has. Not `randomUUID`: browsers have it over https only. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
