/** Requests that fit an OpenAPI document, and how they are spoiled. */
import type { Random } from '../support/random.ts';
import { METHODS, ODD_HEADERS, ODD_NUMBERS, ODD_TEXTS } from './fuzz-odd.ts';
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
  /** Something is wrong with it. */
  isSpoiled: boolean;
}
const KNOWN_MAX = 50;

export class Requests {
  readonly #random: Random;
  readonly #values: SchemaValues;
  readonly #token: string | null;
  /** By names of path parameters: what the server has told that there is. */
  readonly #known = new Map<string, string[]>();

  constructor(api: Document, random: Random, token: string | null) {
    this.#random = random;
    this.#values = new SchemaValues(api.components.schemas, random);
    this.#token = token;
  }

  /** Ids in an answer: later requests are about what is there. */
  learn({ path }: Target, answer: unknown): void {
    const parts = path.split('/').filter(part => !part.startsWith('{'));
    const { items } = (answer ?? {}) as { items?: unknown };
    for (const item of Array.isArray(items) ? items : [answer]) {
      const { id, hash, number, name, node } = (item ?? {}) as Record<string, unknown>;
      const list = parts.at(-1);
      if (list === 'flows') this.#note('flow', id);
      if (list === 'deploys') this.#note('deploy', id);
      if (list === 'nodes') this.#note('hash', hash ?? (node as { hash?: unknown } | undefined)?.hash);
      if (list === 'versions') this.#note('version', number);
      if (list === 'dead-letters') this.#note('letter', id);
      if (list === 'users' || list === 'secrets' || list === 'recordings') this.#note('name', name);
      if (list === 'tokens') this.#note('id', id);
    }
  }

  #note(name: string, value: unknown): void {
    if (typeof value !== 'string' && typeof value !== 'number') return;
    const list = this.#known.get(name) ?? [];
    if (!list.includes(String(value))) this.#known.set(name, [...list.slice(-KNOWN_MAX + 1), String(value)]);
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
      const known = this.#known.get(name) ?? [];
      const value =
        known.length > 0 && this.#random.chance(0.8) ? this.#random.pick(known) : String(this.#values.value(schema));
      if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
      else if (!required && this.#random.chance(0.5)) continue;
      else if (place === 'query') query.set(name, value);
      else headers[name.toLowerCase()] = name === 'If-Match' ? this.#random.pick(['"1"', '"7"', '*']) : value;
    }
    const body = this.#body(operation, headers);
    const search = query.size > 0 ? `?${query}` : '';
    return {
      method: method.toUpperCase(),
      path: filled + search,
      headers,
      body,
      isChunked: this.#random.chance(0.2),
      isSpoiled: false,
    };
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
    sent.isSpoiled = true;
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
