import { GatewayError } from '#diagnostic';
import { SERVER_LIMITS } from './limits.ts';
import { later } from './problem.ts';

/** Memory for the bodies of all requests in hand: however many come at once, together they do not have more. */
export class Bodies {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws GatewayError server-busy */
  take(bytes: number): void {
    if (this.#bytes + bytes > SERVER_LIMITS.bodies_bytes) throw later('server-busy', 'bodies', 1_000);
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/**
 * The whole body of a request; what is longer than `limit` is not read on. What it took of `bodies` the caller gives back:
 * `bytes.length` of it. @throws GatewayError body-too-large, server-busy
 */
export async function readBody(request: Request, limit: number, bodies: Bodies): Promise<Uint8Array<ArrayBuffer>> {
  const announced = request.headers.get('content-length');
  const length = announced === null ? null : Number(announced);
  if (length !== null && length > limit) throw tooLarge(limit);
  if (length === 0 || (length === null && !request.headers.has('transfer-encoding') && request.body === null))
    return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = request.body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) break;
      if (total + value.length > limit) throw tooLarge(limit);
      bodies.take(value.length);
      total += value.length;
      chunks.push(value);
    }
  } catch (error) {
    bodies.give(total);
    // Nobody waits for what canceling says: the connection is drained or closed by the listener.
    reader?.cancel().catch(() => undefined);
    throw error instanceof GatewayError ? error : new Unread(error);
  }
  return joined(chunks, total);
}

/** The client went away in the middle of its body: nobody is left to be told. */
export class Unread extends Error {
  constructor(cause: unknown) {
    super('the body ended early', { cause });
  }
}

const tooLarge = (limit: number): GatewayError => new GatewayError('body-too-large', 'body', `at most ${limit} bytes`);

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const first = chunks[0];
  if (chunks.length === 1 && first!.buffer instanceof ArrayBuffer) return first as Uint8Array<ArrayBuffer>;
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export const mediaType = (header: string): string => (header.split(';', 1)[0] ?? '').trim().toLowerCase();

/** @throws GatewayError media-type-unsupported */
export function checkMediaType(request: Request, allowed: readonly string[]): void {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
    throw new GatewayError('media-type-unsupported', 'header.content-encoding', 'send it as it is');
  const header = request.headers.get('content-type') ?? '';
  const type = mediaType(header);
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(header)?.[1]?.toLowerCase() ?? 'utf-8';
  const isTextual = type === 'application/json' || type.endsWith('+json');
  if (!allowed.includes(type) || (isTextual && charset !== 'utf-8' && charset !== 'utf8'))
    throw new GatewayError('media-type-unsupported', 'header.content-type', `one of ${allowed.join(', ')}`);
}
