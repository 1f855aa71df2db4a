/** Headers of one answer; several values of `set-cookie` are an array. */
export type Extra = Record<string, string | string[]>;

/** On every answer. HSTS comes to it under TLS. */
const ALWAYS = {
  // Scripts are files of ours only; the studio runs fused modules, which is WebAssembly, and places what it draws by styles.
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};
export const HSTS = 'max-age=31536000';

export type Payload = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

/** Everything that is sent is made here, so that nothing goes without the headers of security. */
export function respond(status: number, body: Payload, type: string | null, extra: Extra = {}): Response {
  const { 'set-cookie': cookies, ...rest } = extra;
  const headers: Record<string, string> = {
    ...ALWAYS,
    'cache-control': 'no-store',
    ...(type === null ? {} : { 'content-type': type }),
    ...(rest as Record<string, string>),
  };
  if (cookies === undefined) return new Response(body, { status, headers });
  const list = new Headers(headers);
  for (const cookie of [cookies].flat()) list.append('set-cookie', cookie);
  return new Response(body, { status, headers: list });
}

export const json = (status: number, value: unknown, extra: Extra = {}): Response =>
  respond(status, JSON.stringify(value), 'application/json', extra);

export type Coding = 'br' | 'gzip';
/** Taken, and not at a quality of zero. */
const CODINGS: Record<Coding, RegExp> = {
  br: /\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i,
  gzip: /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i,
};
/** Whether the client takes an answer compressed so. */
export const takes = (request: Request, coding: Coding): boolean =>
  CODINGS[coding].test(request.headers.get('accept-encoding') ?? '');
