/** Requests that fit an OpenAPI document, and how they are spoiled. */
import type { Random } from '../support/random.ts';
import { type Schema, SchemaValues } from './schema-values.ts';

/** As far as it is looked into. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
}
export interface Target {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}
export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** Without a length: in chunks. */
  isChunked: boolean;
}
const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '../../etc/passwd',
  '%2e%2e%2f',
  '%ff',
  '%',
  '__proto__',
  'constructor',
  'null',
  'ÄÖ漢字🙂',
  '\ud800',
  '\u202e',
  'a'.repeat(5_000),
  '<script>',
  "' OR 1=1 --",
  '{jndi}',
  '\r\nX-Injected: 1',
  '-1',
  '1e400',
  '99999999999999999999',
  'NaN',
  '[]',
  '{}',
];
const ODD_NUMBERS = [-1, 0, 1e308, -1e308, 2 ** 53, 2 ** 63, 0.1, -0, 1e-320, 4_294_967_296];
const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['if-match', 'W/"1"'],
  ['if-match', '"a", "b"'],
  ['if-match', '1'],
  ['if-match', `"${'9'.repeat(400)}"`],
  ['if-none-match', '*'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'multipart/form-data'],
  ['content-type', 'multipart/form-data; boundary=x'],
  ['content-type', ';;;'],
  ['content-encoding', 'gzip'],
  ['authorization', 'Bearer'],
  ['authorization', 'Basic YTpi'],
  ['authorization', `Bearer ${'x'.repeat(3_000)}`],
  ['cookie', 'fusewire=%ff; =; a'],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['sec-fetch-site', 'cross-site'],
  ['idempotency-key', 'one'],
  ['idempotency-key', 'ö'],
  ['idempotency-key', 'k'.repeat(2_000)],
  ['last-event-id', 'end'],
  ['last-event-id', '-1'],
  ['accept', 'image/png'],
  ['range', 'bytes=0-1'],
  ['expect', '100-continue'],
  ['x-forwarded-for', '127.0.0.1'],
  ['x-http-method-override', 'DELETE'],
  ['traceparent', '00-zz-zz-zz'],
  ['host', 'evil.example'],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

export class Requests {
  readonly #random: Random;
  readonly #values: SchemaValues;
  readonly #token: string | null;

  constructor(api: Document, random: Random, token: string | null) {
    this.#random = random;
    this.#values = new SchemaValues(api.components.schemas, random);
    this.#token = token;
  }

  /** Every other request fits; the rest has one to three things wrong. */
  make(target: Target): Sent {
    const sent = this.#fitting(target);
    if (this.#random.chance(0.5)) return sent;
    const times = 1 + this.#random.int(3);
    for (let i = 0; i < times; i += 1) this.#spoil(sent);
    return sent;
  }

  #fitting({ path, method, operation }: Target): Sent {
    const headers: Record<string, string> = this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
    const query = new URLSearchParams();
    let filled = path;
    for (const { name, in: place, required, schema } of operation.parameters ?? []) {
      const value = String(this.#values.value(schema));
      if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
      else if (!required && this.#random.chance(0.5)) continue;
      else if (place === 'query') query.set(name, value);
      else headers[name.toLowerCase()] = name === 'If-Match' ? this.#random.pick(['"1"', '"7"', '*']) : value;
    }
    const body = this.#body(operation, headers);
    const search = query.size > 0 ? `?${query}` : '';
    return { method: method.toUpperCase(), path: filled + search, headers, body, isChunked: this.#random.chance(0.2) };
  }

  #body({ requestBody }: Operation, headers: Record<string, string>): Buffer | null {
    if (!requestBody || this.#random.chance(0.05)) return null;
    const [type, { schema = {}, example }] = this.#random.pick(Object.entries(requestBody.content));
    headers['content-type'] = type;
    if (type !== 'application/json')
      return Buffer.from(Array.from({ length: this.#random.int(300) }, () => this.#random.int(256)));
    const value = example !== undefined && this.#random.chance(0.5) ? example : this.#values.value(schema);
    return Buffer.from(JSON.stringify(value));
  }

  #spoil(sent: Sent): void {
    const random = this.#random;
    const ways = [
      () => Object.assign(sent, { method: random.pick(METHODS) }),
      () => Object.assign(sent, { path: this.#oddPath(sent.path) }),
      () => Object.assign(sent, { path: `${sent.path}${sent.path.includes('?') ? '&' : '?'}${this.#oddQuery()}` }),
      () => this.#oddHeader(sent.headers),
      () => void delete sent.headers[random.pick(['content-type', 'if-match', 'authorization'])],
      () => this.#oddJson(sent),
      () => this.#oddJson(sent),
      () => this.#oddJson(sent),
      () => this.#oddBytes(sent),
    ];
    random.pick(ways)();
  }

  #oddPath(path: string): string {
    const parts = path.split('/');
    parts[1 + this.#random.int(parts.length - 1)] = encodeURIComponent(this.#random.pick(ODD_TEXTS).toWellFormed());
    const odd = parts.join('/');
    return this.#random.pick([
      odd,
      odd,
      `${path}/`,
      `/${path}`,
      path.toUpperCase(),
      `${path}%00`,
      `${path}/../..`,
      `${path}%`,
    ]);
  }

  #oddQuery(): string {
    const names = [
      'limit',
      'after',
      'from',
      'version',
      'values',
      'interval_ms',
      '__proto__',
      'constructor',
      'limit[]',
      'x',
    ];
    const one = (): string =>
      `${this.#random.pick(names)}=${encodeURIComponent(this.#random.pick(ODD_TEXTS).toWellFormed())}`;
    return Array.from({ length: this.#random.pick([1, 2, 50]) }, one).join('&');
  }

  #oddHeader(headers: Record<string, string>): void {
    const [name, value] = this.#random.pick(ODD_HEADERS);
    headers[name] = Buffer.from(value).toString('latin1');
  }

  /** Something in the value of the body is another value. */
  #oddJson(sent: Sent): void {
    const data = parsed(sent.body);
    sent.headers['content-type'] ??= 'application/json';
    sent.body = Buffer.from(JSON.stringify(this.#odd(data, 3)) ?? '');
  }

  #odd(value: unknown, depth: number): unknown {
    const random = this.#random;
    if (depth > 0 && Array.isArray(value) && value.length > 0 && random.chance(0.7)) {
      const copy = [...value];
      copy[random.int(copy.length)] = this.#odd(copy[0], depth - 1);
      return random.chance(0.1) ? Array.from({ length: 2_000 }, () => copy[0]) : copy;
    }
    if (depth > 0 && typeof value === 'object' && value !== null && random.chance(0.8)) {
      const copy: Record<string, unknown> = { ...value };
      const key = random.pick([...Object.keys(copy), 'extra']);
      if (random.chance(0.2)) delete copy[key];
      else copy[key] = this.#odd(copy[key], depth - 1);
      return copy;
    }
    return random.pick<() => unknown>([
      () => random.pick(ODD_TEXTS),
      () => random.pick(ODD_NUMBERS),
      () => null,
      () => [],
      () => ({}),
      () => true,
      () => nested(random.pick([10, 100, 2_000])),
      () => JSON.parse('{"__proto__": {"admin": true}}'),
      () => ({ constructor: { prototype: { admin: true } } }),
      () => Array.from({ length: 20_000 }, () => 0),
      () => 'x'.repeat(200_000),
    ])();
  }

  #oddBytes(sent: Sent): void {
    const random = this.#random;
    const body = sent.body ?? Buffer.from('{}');
    const cut = body.subarray(0, random.int(body.length + 1));
    const flipped = Buffer.from(body);
    if (flipped.length > 0) flipped[random.int(flipped.length)] = random.int(256);
    sent.body = random.pick([
      cut,
      flipped,
      Buffer.concat([body, body]),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\ufeff{}'),
      Buffer.alloc(0),
      Buffer.alloc(2 * 1024 * 1024, 0x20),
    ]);
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = i % 2 ? [value] : { a: value };
  return value;
}

function parsed(body: Buffer | null): unknown {
  try {
    return JSON.parse(body?.toString() ?? '{}');
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
