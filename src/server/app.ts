import { Hono } from 'hono';
import { API_LIMITS, type Route, type RouteName, routes } from '#api';
import { GatewayError } from '#diagnostic';
import type { Access } from './access.ts';
import { Bodies, Unread } from './body.ts';
import { EventStreams } from './events.ts';
import type { Family } from './family.ts';
import type { Handlers } from './handlers.ts';
import { checkHost } from './hosts.ts';
import { HttpStats } from './http-stats.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { SERVER_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import { families, type GatewayMetrics } from './metrics.ts';
import type { OpenApi } from './openapi.ts';
import type { Peer } from './peer.ts';
import { problemResponse } from './problem.ts';
import { respond } from './respond.ts';
import { RouteServer, type Shared } from './route-server.ts';
import type { StaticFiles } from './static.ts';
import { SystemRoutes, type SystemSetup } from './system-routes.ts';
import type { Tracing } from './tracing.ts';

export interface AppSetup extends SystemSetup {
  readonly handlers: Handlers;
  readonly access: Access;
  readonly idempotency: IdempotencyStore;
  readonly log: Log;
  /** Asked at each `/metrics`, and by OpenTelemetry. */
  readonly metrics: () => GatewayMetrics | Promise<GatewayMetrics>;
  /** Host names answered to, see `loopbackHosts`; null: any. */
  readonly hosts?: readonly string[] | null;
  readonly studio?: StaticFiles | null;
  readonly tracing?: Tracing | null;
  readonly heartbeat_ms?: number;
  readonly event_streams?: number;
  /** Of any route (`http.body_bytes_max`); routes have smaller limits of their own. */
  readonly body_bytes_max?: number;
  /** Answers are held against their shapes: for tests. */
  readonly checkAnswers?: boolean;
}

export interface App {
  /** Never throws: what fails becomes a problem. */
  fetch(request: Request, peer: Peer): Promise<Response>;
  /** The OpenAPI 3.1 document. */
  openapi(): Promise<OpenApi>;
  /** What `/metrics` shows, for OpenTelemetry. */
  families(): Promise<readonly Family[]>;
  /** The server stops: event streams end. */
  end(): void;
  /** Event streams and bytes of bodies in hand. */
  load(): { readonly streams: number; readonly bodies_bytes: number };
}

/** The whole API as one function from request to response: the table of routes, and what stands beside it. */
export function createApp(setup: AppSetup): App {
  return new GatewayApp(setup);
}

interface Env {
  readonly Bindings: { readonly peer: Peer; readonly seen: Seen };
}
/** Which route a request went to. */
interface Seen {
  route: string;
  path: string;
}
type Answer = (request: Request, params: Record<string, string>, peer: Peer) => Promise<Response>;
interface Mounted {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

class GatewayApp implements App {
  readonly #setup: AppSetup;
  readonly #hono = new Hono<Env>();
  readonly #stats = new HttpStats();
  readonly #stopping = new AbortController();
  readonly #shared: Shared;
  readonly #system: SystemRoutes;
  readonly #mounted = new Map<string, Mounted>();

  constructor(setup: AppSetup) {
    const { access, idempotency, log } = setup;
    this.#setup = setup;
    this.#shared = {
      access,
      idempotency,
      log,
      bodies: new Bodies(),
      streams: new EventStreams(setup.event_streams ?? API_LIMITS.event_streams),
      heartbeat_ms: setup.heartbeat_ms ?? SERVER_LIMITS.heartbeat_ms,
      stopping: this.#stopping.signal,
      body_bytes_max: setup.body_bytes_max ?? null,
      checkAnswers: setup.checkAnswers ?? false,
    };
    this.#system = new SystemRoutes(setup, this.#shared, () => this.families());
    for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
      const server = new RouteServer(name, route, setup.handlers[name], this.#shared);
      this.#mount(name, route.method, route.path, (request, params, peer) => server.answer(request, params, peer));
    }
    for (const { name, path, answer } of this.#system.routes(setup.studio == null))
      this.#mount(name, 'get', path, (request, _params, peer) => answer(request, peer));
    this.#hono.notFound(({ req, env }) => this.#unmatched(req.raw, env.seen));
    this.#hono.onError((error, { req, env }) => this.#failed(error, req.raw, env.seen));
  }

  async fetch(request: Request, peer: Peer): Promise<Response> {
    const start = performance.now();
    const { tracing, log } = this.#setup;
    const seen: Seen = { route: 'unknown', path: '' };
    const response = await this.#answer(request, peer, seen);
    const ms = performance.now() - start;
    this.#stats.add(seen.route, response.status, ms);
    const { method, headers } = request;
    tracing?.request({ ...seen, method, traceparent: headers.get('traceparent'), status: response.status, ms });
    if (log.has('debug')) {
      const [path] = request.url.replace(/^\w+:\/\/[^/]*/, '').split('?', 1);
      log.debug(`${request.method} ${path} ${response.status}`, {
        ms: Math.round(ms * 100) / 100,
        address: peer.address,
      });
    }
    return response;
  }

  async #answer(request: Request, peer: Peer, seen: Seen): Promise<Response> {
    try {
      checkHost(request.headers.get('host'), this.#setup.hosts ?? null);
      return await this.#hono.fetch(request, { peer, seen });
    } catch (error) {
      return this.#failed(error, request, seen);
    }
  }

  openapi(): Promise<OpenApi> {
    return this.#system.openapi();
  }

  async families(): Promise<readonly Family[]> {
    return families(await this.#setup.metrics(), this.#stats);
  }

  end(): void {
    this.#stopping.abort();
  }

  load(): { streams: number; bodies_bytes: number } {
    return { streams: this.#shared.streams.open, bodies_bytes: this.#shared.bodies.bytes };
  }

  #mount(name: string, method: string, path: string, answer: Answer): void {
    this.#hono.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), ({ req, env }) => {
      env.seen.route = name;
      env.seen.path = path;
      return answer(req.raw, req.param(), env.peer);
    });
    const mounted = this.#mounted.get(path);
    if (mounted) mounted.methods.add(method);
    else {
      const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      this.#mounted.set(path, { pattern, methods: new Set([method]) });
    }
  }

  /** Another method, a file of the studio, or nothing. */
  async #unmatched(request: Request, seen: Seen): Promise<Response> {
    const { pathname } = new URL(request.url);
    const methods = new Set(
      [...this.#mounted.values()].flatMap(one => (one.pattern.test(pathname) ? [...one.methods] : [])),
    );
    if (methods.size === 0) {
      const isApi = pathname === '/api' || pathname.startsWith('/api/');
      const file = isApi ? null : ((await this.#setup.studio?.(request)) ?? null);
      if (file === null) throw new GatewayError('path-unknown', pathname);
      seen.route = 'studio';
      return file;
    }
    if (methods.has('get')) methods.add('head');
    const allow = [...methods, 'options'].map(one => one.toUpperCase()).join(', ');
    if (request.method === 'OPTIONS') return respond(204, null, null, { allow });
    const error = new GatewayError('method-not-allowed', pathname, `use one of ${allow}`);
    return problemResponse(error, seen.route, this.#setup.log, { allow });
  }

  #failed(error: unknown, request: Request, seen: Seen): Response {
    // Nobody is left to read the answer; it is only counted.
    if (error instanceof Unread || request.signal.aborted) return respond(400, null, null);
    return problemResponse(error, seen.route, this.#setup.log);
  }
}
