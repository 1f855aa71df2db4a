/** A whole server on handlers that make their answers up: whatever fits the shape of the route. */
import { type GatewayStatusDto, type Route, type RouteName, routes } from '#api';
import { GatewayError } from '#diagnostic';
import {
  type Access,
  type App,
  type AppSetup,
  createApp,
  type GatewayMetrics,
  type Handlers,
  type Listening,
  type ListenSetup,
  listenHttp,
  MemoryIdempotency,
  SILENT,
} from '#server';
import { type Random, seeded } from '../support/random.ts';
import { SchemaValues } from './schema-values.ts';

/** Roles and what each may, as sets that grow. */
const MAY = {
  viewer: ['public', 'read'],
  editor: ['public', 'read', 'edit'],
  operator: ['public', 'read', 'edit', 'deploy', 'operate'],
  admin: ['public', 'read', 'edit', 'deploy', 'operate', 'admin'],
} as const;
export type FakeRole = keyof typeof MAY;
export const FAKE_ROLES = Object.keys(MAY) as FakeRole[];

/** The token of a role is its name; a cookie wants `X-CSRF-Token: csrf`. */
export class FakeAccess implements Access {
  readonly revoked = new Set<string>();

  async authenticate({ authorization, cookie, csrf, method }: Parameters<Access['authenticate']>[0]) {
    const token = /^Bearer (\w+)$/.exec(authorization ?? '')?.[1];
    const session = /\bfusewire=(\w+)/.exec(cookie ?? '')?.[1];
    const role = token ?? session;
    if (role === undefined || !Object.hasOwn(MAY, role) || this.revoked.has(role))
      throw new GatewayError('unauthenticated', 'header.authorization');
    if (token === undefined && method !== 'GET' && method !== 'HEAD' && csrf !== 'csrf')
      throw new GatewayError('csrf-failed', 'header.x-csrf-token');
    return { name: role, role, kind: token === undefined ? 'session' : 'token' };
  }

  can({ role }: { role: string | null }, permission: string): boolean {
    return role !== null && (MAY[role as FakeRole] as readonly string[]).includes(permission);
  }
}

export const METRICS: GatewayMetrics = {
  version: '0.0.0',
  ready: true,
  ingest: { updates: 10, malformed: 1, unrouted: 2, tags: 3, connections: 1, gaps: 4 },
  flows: [
    {
      id: 'boiler',
      state: 'running',
      records: 100,
      errors: 1,
      faults: 2,
      malformed: 3,
      dropped: 4,
      dead_letters: 5,
      latency_us: { p50: 100, p99: 200, p999: 300 },
      ingress_fill: 0.25,
      egress_fill: 0.5,
      memory_bytes: 4096,
      nodes: [{ id: 'hot "1"\n', errors: 1, fuel: 500, cost_share: 0.75 }],
      wires: [{ source_node: 'in', source_port: 'out', target_node: 'hot', target_port: 'in', messages: 100 }],
      sinks: [
        {
          node: 'out',
          kind: 'mqtt',
          connected: true,
          delivered: 9,
          pending: 1,
          spooled_bytes: 7,
          dropped: 0,
          failed: 0,
        },
      ],
    },
  ],
};

/** Answers of the right shape, from the document's own schemas. */
async function madeUp(random: Random): Promise<Handlers> {
  const handlers: Record<string, unknown> = {};
  const values = async (): Promise<SchemaValues> => new SchemaValues((await app.openapi()).components.schemas, random);
  const app = createApp(setupOf({} as Handlers));
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const operation = (await app.openapi()).paths[route.path]![route.method]!;
    const status = String(route.status ?? (route.answer === null ? 204 : 200));
    const media = Object.values(operation.responses[status]!.content ?? {})[0];
    handlers[name] = async () => {
      if (media === undefined) return undefined;
      if (route.answer !== null && 'bytes' in route.answer)
        return { bytes: new Uint8Array([1, 2, 3]), name: 'möglich "x".bin' };
      const made = (await values()).value(media.schema ?? {});
      if (route.answer !== null && 'events' in route.answer) return twice(made);
      return route.etag ? { answer: made, etag: 7 } : made;
    };
  }
  return handlers as unknown as Handlers;
}

async function* twice<T>(value: T): AsyncGenerator<T> {
  yield value;
  yield value;
}

const setupOf = (handlers: Handlers): AppSetup => ({
  handlers,
  access: new FakeAccess(),
  idempotency: new MemoryIdempotency(),
  log: SILENT,
  version: '0.0.0',
  readiness: () => ({ ready: true, reasons: [] }),
  metrics: () => METRICS,
  checkAnswers: true,
});

const made = new Map<number, Promise<Handlers>>();

/** @param own in place of what is made up */
export async function fakeApp(own: Partial<Handlers> = {}, setup: Partial<AppSetup> = {}, seed = 1): Promise<App> {
  const handlers = made.get(seed) ?? madeUp(seeded(seed));
  made.set(seed, handlers);
  return createApp({ ...setupOf({ ...(await handlers), ...own }), ...setup });
}

/** On loopback, any port. */
export async function fakeServer(
  own: Partial<Handlers> = {},
  setup: Partial<AppSetup> = {},
  limits: NonNullable<ListenSetup['limits']> = {},
): Promise<{ app: App; server: Listening }> {
  const app = await fakeApp(own, setup);
  return { app, server: await listenHttp(app, { host: '127.0.0.1', port: 0, log: setup.log ?? SILENT, limits }) };
}

export const PEER = { address: '192.0.2.1', cut: () => undefined };
export const as = (role: FakeRole): Record<string, string> => ({ authorization: `Bearer ${role}` });

/** A request to an app without a network. */
export function ask(app: App, method: string, path: string, init: RequestInit = {}): Promise<Response> {
  return app.fetch(new Request(`http://localhost${path}`, { method, ...init }), PEER);
}
/** The same as an admin, with JSON. */
export const send = (app: App, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(app, method, path, {
    headers: { ...as('admin'), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
/** A path with samples in place of its parameters. */
export const sample = (path: string): string =>
  path
    .replace('{flow}', 'boiler')
    .replace('{version}', '1')
    .replace('{letter}', '1')
    .replace('{hash}', 'a'.repeat(64))
    .replace(/\{\w+\}/, 'one');

/** A gateway without flows. */
export const STATUS = {
  version: '1',
  time: '',
  uptime_s: 1,
  ready: true,
  rss_bytes: 1,
  ingest: { addresses: [], connections: 0, updates: 0, rate: 0, unrouted: 0, malformed: 0, tags: 0 },
  flows: [],
} satisfies GatewayStatusDto;
