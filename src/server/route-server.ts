import type { Credentials } from '#access';
import { API_LIMITS, type Route, type RouteName } from '#api';
import { GatewayError } from '#diagnostic';
import type { Access, Identity } from './access.ts';
import { bytesAnswer, eventsAnswer, jsonAnswer, type Parts, partsOf } from './answer.ts';
import { type Bodies, checkMediaType, readBody } from './body.ts';
import { type EventStreams, LAST_EVENT } from './events.ts';
import type { Bytes, Call } from './handlers.ts';
import { type IdempotencyStore, idempotencyKey, once, requestHash } from './idempotency.ts';
import { credentialsOf, identify, isEntry, stillAllowed } from './identify.ts';
import { parseJsonBody } from './json-body.ts';
import type { Log } from './log.ts';
import type { Peer } from './peer.ts';
import { invalid, problemOf } from './problem.ts';
import { respond } from './respond.ts';
import { checked, ifMatchOf, queryOf } from './validate.ts';

/** What all routes share. */
export interface Shared {
  readonly access: Access;
  readonly idempotency: IdempotencyStore;
  readonly log: Log;
  readonly bodies: Bodies;
  readonly streams: EventStreams;
  readonly heartbeat_ms: number;
  /** The server stops: event streams end. */
  readonly stopping: AbortSignal;
  /** Of any route; null: each has its own only. */
  readonly body_bytes_max: number | null;
  /** Answers are held against their shapes; what does not fit is a bug. For tests: it costs time. */
  readonly checkAnswers: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a handler is of its own route; which one that is, is known where it is mounted
type AnyHandler = (call: Call<any>) => Promise<any>;
const EMPTY = new Uint8Array(0);

/** Answers one route of the table: who asks, what they ask, whether they may; then the handler. */
export class RouteServer {
  readonly #name: RouteName;
  readonly #route: Route;
  readonly #handler: AnyHandler;
  readonly #shared: Shared;

  constructor(name: RouteName, route: Route, handler: AnyHandler, shared: Shared) {
    this.#name = name;
    this.#route = route;
    this.#handler = handler;
    this.#shared = shared;
  }

  /** @throws whatever becomes a problem */
  async answer(request: Request, params: Record<string, string>, peer: Peer): Promise<Response> {
    const route = this.#route;
    const credentials = credentialsOf(request, peer);
    const shown = isEntry(this.#name) ? { ...credentials, cookie: null, authorization: null } : credentials;
    const identity = await identify(this.#shared.access, shown, route.permission);
    const checkedParams = route.params ? checked(route.params, params, 'path') : {};
    const query = route.query ? checked(route.query, queryOf(request.url), 'query') : {};
    const header = request.headers.get('if-match');
    if (route.ifMatch === 'required' && header === null) throw new GatewayError('precondition-missing', route.path);
    const ifMatch = route.ifMatch ? ifMatchOf(header) : null;
    const key = route.idempotent ? idempotencyKey(request.headers.get('idempotency-key')) : null;
    const bytes = route.body ? await this.#read(request) : EMPTY;
    try {
      const call = new RequestCall(request, {
        params: checkedParams,
        query,
        body: this.#body(bytes),
        identity,
        credentials,
        ifMatch,
      });
      if (key === null) return await this.#reply(request, call, peer);
      return await this.#once(call, key, requestHash(request.method, request.url, bytes));
    } finally {
      this.#shared.bodies.give(bytes.length);
    }
  }

  async #read(request: Request): Promise<Uint8Array<ArrayBuffer>> {
    const { body, bodyOptional, body_bytes = API_LIMITS.body_bytes } = this.#route;
    const isEmpty = request.headers.get('content-length') === '0' || !hasBody(request);
    if (isEmpty && bodyOptional) return EMPTY;
    if (isEmpty) throw invalid('$', 'the body is missing', 'Send one; /docs shows its shape.');
    checkMediaType(request, 'bytes' in body! ? body.bytes : ['application/json']);
    return readBody(request, Math.min(body_bytes, this.#shared.body_bytes_max ?? body_bytes), this.#shared.bodies);
  }

  #body(bytes: Uint8Array): unknown {
    const { body, bodyOptional } = this.#route;
    if (!body) return undefined;
    if ('bytes' in body) return bytes;
    if (bytes.length === 0 && bodyOptional) return body.safeParse({}).data ?? {};
    return checked(body, parseJsonBody(bytes), '$');
  }

  async #reply(request: Request, call: RequestCall, peer: Peer): Promise<Response> {
    const { answer } = this.#route;
    if (answer !== null && 'events' in answer) return this.#events(request, call);
    const parts = await this.#done(call);
    if (answer === null || !('bytes' in answer)) return jsonAnswer(request, parts);
    if (request.method === 'HEAD') return withoutBytes(answer.bytes, parts);
    const where = `${call.identity.name}: ${this.#name}`;
    return bytesAnswer(answer.bytes, parts, error => {
      problemOf(error, where, this.#shared.log);
      peer.cut();
    });
  }

  async #done(call: Call<Route>): Promise<Parts> {
    const parts = partsOf(this.#route, await this.#handler(call));
    const { answer } = this.#route;
    if (this.#shared.checkAnswers && answer !== null && !('bytes' in answer) && !('events' in answer)) {
      const result = answer.safeParse(parts.reply);
      if (!result.success) throw new Error(`${this.#name} answers what it does not promise: ${result.error.message}`);
    }
    return parts;
  }

  async #once(call: Call<Route>, key: string, hash: string): Promise<Response> {
    const scope = `${call.identity.name} ${this.#name}`;
    const kept = await once(this.#shared.idempotency, scope, key, hash, async () => {
      const { status, reply } = await this.#done(call);
      return { status, body: reply === undefined ? '' : JSON.stringify(reply) };
    });
    const extra: Record<string, string> = kept.isReplay ? { 'idempotency-replayed': 'true' } : {};
    if (kept.body === '') return respond(kept.status, null, null, extra);
    return respond(kept.status, kept.body, 'application/json', extra);
  }

  async #events(request: Request, call: RequestCall): Promise<Response> {
    const { streams, stopping, heartbeat_ms, access, log } = this.#shared;
    if (request.headers.get('last-event-id') === LAST_EVENT) return respond(204, null, null);
    if (request.method === 'HEAD') return respond(200, null, 'text/event-stream');
    const leave = streams.enter();
    const gone = new AbortController();
    const end = (): void => gone.abort();
    try {
      request.signal.addEventListener('abort', end, { once: true });
      stopping.addEventListener('abort', end, { once: true });
      if (stopping.aborted || request.signal.aborted) end();
      call.gone = gone.signal;
      const events = await this.#handler(call);
      const where = `${call.identity.name}: ${this.#name}`;
      return eventsAnswer(events, {
        heartbeat_ms,
        signal: gone.signal,
        allowed: () => stillAllowed(access, call.credentials, this.#route.permission),
        problemOf: error => problemOf(error, where, log),
        onEnd: () => {
          leave();
          stopping.removeEventListener('abort', end);
          end();
        },
      });
    } catch (error) {
      leave();
      stopping.removeEventListener('abort', end);
      throw error;
    }
  }
}

/** A signal costs something, and few handlers look at it: it is made when one does. */
class RequestCall implements Call<Route> {
  readonly params: Call<Route>['params'];
  readonly query: Call<Route>['query'];
  readonly body: Call<Route>['body'];
  readonly contentType: string;
  readonly identity: Identity;
  readonly credentials: Credentials;
  readonly address: string;
  readonly ifMatch: number | null;
  /** Instead of the request's, when more than the client can end it. */
  gone: AbortSignal | null = null;
  readonly #request: Request;

  constructor(request: Request, checkedParts: CheckedParts) {
    this.#request = request;
    this.params = checkedParts.params as Call<Route>['params'];
    this.query = checkedParts.query as Call<Route>['query'];
    this.body = checkedParts.body as Call<Route>['body'];
    this.contentType = request.headers.get('content-type') ?? '';
    this.identity = checkedParts.identity;
    this.credentials = checkedParts.credentials;
    this.address = checkedParts.credentials.address ?? '';
    this.ifMatch = checkedParts.ifMatch;
  }

  get signal(): AbortSignal {
    return this.gone ?? this.#request.signal;
  }
}
interface CheckedParts {
  readonly params: object;
  readonly query: object;
  readonly body: unknown;
  readonly identity: Identity;
  readonly credentials: Credentials;
  readonly ifMatch: number | null;
}

const hasBody = (request: Request): boolean =>
  request.headers.has('content-length') || request.headers.has('transfer-encoding') || request.body !== null;

function withoutBytes(type: string, { status, reply, extra }: Parts): Response {
  const { bytes } = reply as Bytes;
  if (bytes instanceof Uint8Array)
    return respond(status, null, type, { ...extra, 'content-length': String(bytes.length) });
  bytes[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
  return respond(status, null, type, extra);
}
