import type { z } from 'zod';
import {
  type Answer,
  type AnswerOf,
  type Body,
  type DeployDto,
  type Route,
  type Routes,
  routes,
  type SessionDto,
} from '#api';
import { addressOf } from './address.ts';
import { parseAs, piecesOf, problemOf, readAnswer } from './answer.ts';
import type {
  CallName,
  CallOptions,
  ClientOptions,
  ClientSession,
  Common,
  EventName,
  EventOptions,
  Full,
  Given,
  Shape,
} from './call-types.ts';
import { backoff, ConnectionLost, newKey, sleep } from './connection.ts';
import { CLIENT_LIMITS, type ClientLimits } from './limits.ts';
import { ApiProblem } from './problem.ts';
import { EventParser } from './sse.ts';
import { tlsFetch } from './tls.ts';

type AnyRoute = Route<Shape, Shape, Body | undefined, Answer>;
interface AnyOptions extends Common {
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
  readonly until?: (event: unknown) => boolean;
  readonly onConnection?: (up: boolean) => void;
}

/**
 * Calls the routes of a gateway by their names. Every failure is an ApiProblem (the gateway says no), a GatewayError
 * (`gateway-unreachable`: nobody is there; `answer-invalid`: somebody else is), or a BadCall (nothing was sent).
 */
export class Client {
  readonly url: string;
  readonly #token: string | undefined;
  readonly #fetch: typeof fetch;
  readonly #limits: ClientLimits;
  #session: ClientSession | undefined;

  constructor({ url, token, session, ca, insecure, limits }: ClientOptions) {
    this.#limits = { ...CLIENT_LIMITS, ...limits };
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
    this.#session = session;
    this.#fetch =
      ca !== undefined || insecure
        ? tlsFetch({ ...(ca !== undefined && { ca }), ...(insecure && { insecure }) })
        : (...args) => fetch(...args);
  }

  async call<N extends CallName>(name: N, ...[options]: Given<N, CallOptions<N>>): Promise<AnswerOf<Routes[N]>> {
    return (await this.#call(name, (options ?? {}) as AnyOptions)).answer as AnswerOf<Routes[N]>;
  }

  async callFull<N extends CallName>(
    name: N,
    ...[options]: Given<N, CallOptions<N>>
  ): Promise<Full<AnswerOf<Routes[N]>>> {
    const { answer, response } = await this.#call(name, (options ?? {}) as AnyOptions);
    return { answer: answer as AnswerOf<Routes[N]>, etag: response.headers.get('etag'), status: response.status };
  }

  /** Logs in; the calls after it are made by the cookie that comes back. */
  login(user: string, password: string): Promise<SessionDto> {
    return this.#begin('login', { user, password });
  }

  /** Makes the first admin of a gateway, by the token in its log, and logs in. */
  setup(token: string, user: string, password: string): Promise<SessionDto> {
    return this.#begin('setup', { token, user, password });
  }

  async #begin(name: 'login' | 'setup', body: object): Promise<SessionDto> {
    const { answer, response } = await this.#call(name, { body });
    const session = answer as SessionDto;
    const cookie = response.headers.getSetCookie().map(one => one.split(';', 1)[0]);
    this.#session = { csrf: session.csrf, ...(cookie.length > 0 && { cookie: cookie.join('; ') }) };
    return session;
  }

  /** A deploy until it has ended; the last value is its end. */
  followDeploy(id: string, signal?: AbortSignal): AsyncGenerator<DeployDto, void, undefined> {
    const until = ({ state }: DeployDto): boolean => state === 'done' || state === 'failed';
    return this.events('deployEvents', { params: { deploy: id }, until, signal });
  }

  /**
   * Events as they come. A connection that is lost is made again, after times that grow; the first must succeed. An abort
   * ends the stream quietly.
   */
  async *events<N extends EventName>(
    name: N,
    ...[given]: Given<N, EventOptions<N>>
  ): AsyncGenerator<AnswerOf<Routes[N]>, void, undefined> {
    const options = (given ?? {}) as AnyOptions;
    const own = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
    const stream: StreamState = { id: '', retry_ms: this.#limits.backoff_ms, attempt: 0, opened: false };
    try {
      for (;;) {
        try {
          for await (const event of this.#stream(name, { ...options, signal }, stream)) {
            yield event as AnswerOf<Routes[N]>;
            if (options.until?.(event)) return;
          }
        } catch (error) {
          const again =
            (error instanceof ConnectionLost && error.passing) || (error instanceof ApiProblem && error.status >= 500);
          if (!signal.aborted && (!again || !stream.opened)) throw error;
        }
        if (signal.aborted) return;
        if (stream.attempt === 0) options.onConnection?.(false);
        const wait_ms = backoff(stream.attempt, stream.retry_ms, this.#limits.backoff_ms_max);
        await sleep(wait_ms, signal).catch(() => undefined);
        stream.attempt += 1;
      }
    } finally {
      own.abort();
    }
  }

  async *#stream(name: EventName, options: AnyOptions, state: StreamState): AsyncGenerator<unknown> {
    const route = routes[name] as AnyRoute;
    const shape = (route.answer as { readonly events: z.ZodType }).events;
    const headers = { accept: 'text/event-stream', ...(state.id && { 'last-event-id': state.id }) };
    const response = await this.#send(route, options, headers);
    if (!response.ok) throw await problemOf(response, this.#limits);
    if (state.attempt > 0) options.onConnection?.(true);
    state.opened = true;
    const parser = new EventParser(response.url, this.#limits.event_chars);
    const decoder = new TextDecoder();
    for await (const bytes of chunksOf(response)) {
      for (const { data, id } of parser.push(decoder.decode(bytes, { stream: true }))) {
        state.id = id;
        state.attempt = 0;
        yield parseAs(shape, asJson(data), response.url);
      }
      state.retry_ms = parser.retry_ms ?? state.retry_ms;
    }
  }

  async #call(name: CallName, options: AnyOptions): Promise<{ answer: unknown; response: Response }> {
    const route = routes[name] as AnyRoute;
    const key = options.idempotencyKey ?? (route.idempotent ? newKey() : undefined);
    const headers = {
      accept: 'application/json, application/problem+json, */*',
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const retries = route.idempotent ? this.#limits.retries : route.method === 'get' ? this.#limits.read_retries : 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await this.#send(route, options, headers);
        return { answer: await heard(readAnswer(route.answer, response, this.#limits), response.url), response };
      } catch (error) {
        options.signal?.throwIfAborted();
        const lost = error instanceof ConnectionLost && error.passing && attempt < retries;
        // Nobody there at once: say so. Nobody there any more: it may be about to come back.
        if (!lost || (attempt === 0 && error.unheard)) throw error;
        await sleep(backoff(attempt, this.#limits.backoff_ms, this.#limits.backoff_ms_max), options.signal);
      }
    }
  }

  async #send(route: AnyRoute, options: AnyOptions, extra: Record<string, string>): Promise<Response> {
    const url = this.url + addressOf(route, options.params, options.query);
    const { body, type } = encode(route, options);
    const headers: Record<string, string> = { ...extra };
    if (type !== null) headers['content-type'] = type;
    if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch;
    if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
    if (this.#session?.cookie !== undefined) headers['cookie'] = this.#session.cookie;
    if (this.#session?.csrf && route.method !== 'get') headers['x-csrf-token'] = this.#session.csrf;
    const method = route.method.toUpperCase();
    // A redirect would carry the token to somebody else.
    const init: RequestInit = { method, headers, redirect: 'error', body, signal: options.signal ?? null };
    return heard(this.#fetch(url, init), this.url);
  }
}

interface StreamState {
  id: string;
  retry_ms: number;
  /** Tries since the last event. */
  attempt: number;
  opened: boolean;
}

/** What `fetch` throws at a failed connection is a TypeError, and an AbortError at an abort. */
async function heard<T>(answer: Promise<T>, url: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw lostOr(error, url);
  }
}

const lostOr = (error: unknown, url: string): unknown =>
  (error instanceof TypeError && error.name === 'TypeError') || (error as { code?: string }).code === 'ECONNRESET'
    ? new ConnectionLost(url, error)
    : error;

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOf(response);
  } catch (error) {
    throw lostOr(error, response.url);
  }
}

function encode(route: AnyRoute, { body, contentType }: AnyOptions): { body: BodyInit | null; type: string | null } {
  if (body === undefined) return { body: null, type: null };
  if (body instanceof FormData) return { body, type: null };
  if (route.body && 'bytes' in route.body)
    return { body: body as Uint8Array<ArrayBuffer>, type: contentType ?? route.body.bytes[0]! };
  return { body: JSON.stringify(body), type: 'application/json' };
}

function asJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    // The shape says then what was expected.
    return data;
  }
}
