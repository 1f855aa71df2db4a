/** A gateway in memory that speaks the table of routes: for clients to be tested against, without anything that runs. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import {
  type AnswerOf,
  type BodyOf,
  type DiagnosticDto,
  type ParamsOf,
  type QueryOf,
  type Route,
  type RouteName,
  type Routes,
  routes,
} from '#api';

export interface FakeCall<N extends RouteName> {
  readonly params: ParamsOf<Routes[N]>;
  readonly query: QueryOf<Routes[N]>;
  readonly body: BodyOf<Routes[N]>;
  readonly ifMatch: string | null;
  readonly key: string | null;
  readonly user: string;
  readonly reply: { etag?: string; cookie?: string };
  readonly signal: AbortSignal;
}
type Streamed<N extends RouteName> = Routes[N]['answer'] extends { events: z.ZodType }
  ? AsyncIterable<AnswerOf<Routes[N]>>
  : AnswerOf<Routes[N]>;
export type FakeHandlers = {
  [N in RouteName]: (call: FakeCall<N>) => Streamed<N> | Promise<Streamed<N>>;
};

/** Becomes problem details. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly diagnostics: readonly DiagnosticDto[] | undefined;

  constructor(status: number, code: string, detail: string, diagnostics?: readonly DiagnosticDto[]) {
    super(detail);
    this.status = status;
    this.code = code;
    this.diagnostics = diagnostics;
  }
}
export const missing = (what: string): Refusal => new Refusal(404, 'not-found', `there is no ${what}`);

export interface FakeAccess {
  /** @returns the user's name, or null when nobody may */
  identify(request: IncomingMessage): string | null;
}

interface Mounted {
  readonly name: RouteName;
  readonly route: Route;
  readonly pattern: RegExp;
}
const mounted: Mounted[] = Object.entries(routes).map(([name, route]) => ({
  name: name as RouteName,
  route: route as Route,
  pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

export class FakeGateway {
  readonly #server: Server;
  readonly #handlers: FakeHandlers;
  readonly #access: FakeAccess;
  /** Names of the routes that were called, oldest first. */
  readonly calls: RouteName[] = [];
  /** What happens once, right after the next answer of a route. */
  readonly afterwards = new Map<RouteName, () => void>();

  constructor(handlers: FakeHandlers, access: FakeAccess) {
    this.#handlers = handlers;
    this.#access = access;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#handle(request, response);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      const known = error instanceof Refusal ? error : new Refusal(500, 'internal', String((error as Error).stack));
      const { status, code, message: detail, diagnostics } = known;
      const body = { type: `#${code}`, title: code, status, detail, code, ...(diagnostics && { diagnostics }) };
      response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://fake');
    const ways = mounted.filter(one => one.pattern.test(url.pathname));
    // `/flows/import` is no flow: what has fewer parameters goes first.
    const way = ways.filter(one => one.route.method === request.method!.toLowerCase()).sort(fewerParams)[0];
    if (!way) throw missing(`route ${request.method} ${url.pathname}`);
    this.calls.push(way.name);
    const user = this.#access.identify(request);
    if (user === null && way.route.permission !== 'public') throw new Refusal(401, 'unauthorized', 'log in first');
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const reply: { etag?: string; cookie?: string } = {};
    const groups = way.pattern.exec(url.pathname)!.groups ?? {};
    const params = Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, decodeURIComponent(value)]));
    const call = {
      params: held(way.route.params, params, 'params'),
      query: held(way.route.query, Object.fromEntries(url.searchParams), 'query'),
      body: await bodyOf(way.route, request),
      ifMatch: request.headers['if-match'] ?? null,
      key: (request.headers['idempotency-key'] as string | undefined) ?? null,
      user: user ?? '',
      reply,
      signal: gone.signal,
    };
    if (way.route.ifMatch === 'required' && call.ifMatch === null)
      throw new Refusal(428, 'precondition-required', 'say by If-Match which revision you have');
    const handler = this.#handlers[way.name] as (call: unknown) => unknown;
    const answer = await handler(call);
    if (reply.etag) response.setHeader('etag', reply.etag);
    if (reply.cookie) response.setHeader('set-cookie', reply.cookie);
    await send(way.route, answer, response);
    this.afterwards.get(way.name)?.();
    this.afterwards.delete(way.name);
  }
}

const fewerParams = (a: Mounted, b: Mounted): number =>
  Object.keys(a.route.params?.shape ?? {}).length - Object.keys(b.route.params?.shape ?? {}).length;

function held(shape: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (!shape) return {};
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  throw new Refusal(400, 'request-invalid', `${what}: ${read.error.issues[0]?.message}`);
}

async function bodyOf(route: Route, request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (!route.body) return undefined;
  if ('bytes' in route.body) return new Uint8Array(bytes);
  if (bytes.length === 0 && route.bodyOptional) return route.body.safeParse({}).data;
  return held(route.body, JSON.parse(bytes.toString()), 'body');
}

async function send(route: Route, answer: unknown, response: ServerResponse): Promise<void> {
  const shape = route.answer;
  if (shape === null) return void response.writeHead(204).end();
  if ('bytes' in shape) {
    response.writeHead(200, { 'content-type': shape.bytes }).end(answer as Uint8Array);
  } else if ('events' in shape) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    for await (const event of answer as AsyncIterable<unknown>)
      response.write(`data: ${JSON.stringify(shape.events.parse(event))}\n\n`);
    response.end();
  } else {
    response.writeHead(route.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(shape.parse(answer)));
  }
}
