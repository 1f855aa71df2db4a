/** Live data, dead letters, users, tokens, secrets: of the gateway in memory. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { LiveEventDto, LogLineDto, QueryOf, Routes, SecretHeadDto, TagDto, TokenDto, UserDto } from '#api';
import { page } from './flows.ts';
import { type FakeHandlers, missing, Refusal } from './gateway.ts';
import { documentOf, payloadOf, TIME, type World } from './world.ts';

const TAGS = ['line1/cell1/temp', 'line1/cell2/temp', 'line2/cell1/pressure'];
const tags: TagDto[] = TAGS.map((tag, i) => ({
  tag,
  count: 1_000,
  rate: 50,
  last_seen: TIME,
  driver: '127.0.0.1:40001',
  gaps: i,
  update: payloadOf(tag, 20 + i),
  flows: ['boiler'],
}));

type LiveNames =
  | 'getStatus'
  | 'getFlowLive'
  | 'events'
  | 'traceFlow'
  | 'listTags'
  | 'readTags'
  | 'listDrivers'
  | 'listLogs'
  | 'listDeadLetters'
  | 'getDeadLetter'
  | 'getDeadLetterMessage'
  | 'exportDeadLetters'
  | 'retryDeadLetters'
  | 'dropDeadLetters'
  | 'makeRecording'
  | 'listRecordings'
  | 'getRecording';

export const liveHandlers = (world: World): Pick<FakeHandlers, LiveNames> => ({
  ...letterHandlers(world),
  getStatus: () => world.status(),
  getFlowLive: ({ params }) => world.live(world.flow(params.flow)),
  events: ({ query, signal }) => {
    if (query.flow !== undefined) world.flow(query.flow);
    return eventsOf(world, query, signal);
  },
  traceFlow: ({ params, body }) => {
    const { nodes, wires } = documentOf(world.flow(params.flow));
    const portOf = (id: string): string => wires.find(one => one.source_node === id)?.source_port ?? 'out';
    const tag = body.match.replace(/#$/, 'temp');
    const hops = nodes.map(({ id }, i) => ({
      node: id,
      refused: false,
      port: portOf(id),
      payload: payloadOf(tag, 20 + i),
    }));
    const record = { record: 41, time: TIME, timestamp_us: 1_772_353_800_000_000, hops, truncated: false, error: null };
    return { records: Array.from({ length: body.records }, () => record), complete: true };
  },
  listTags: ({ query }) => {
    const wanted = new RegExp(`^${(query.match ?? '#').replaceAll('+', '[^/]+').replace('#', '.*')}$`);
    return page(
      tags.filter(one => wanted.test(one.tag)),
      query,
    );
  },
  readTags: ({ body }) => ({ items: tags.filter(one => body.tags.includes(one.tag)) }),
  listDrivers: () => ({
    items: [
      {
        driver: 0,
        peer: '127.0.0.1:40001',
        connected: true,
        received: 1_000,
        rate: 50,
        gaps: 1,
        resets: 0,
        held_by: [],
      },
    ],
  }),
  listLogs: ({ query }) => {
    const wanted = (line: LogLineDto): boolean =>
      (query.flow === undefined || line.flow === query.flow) && (query.after === undefined || line.seq > query.after);
    return { items: world.logs.filter(wanted).slice(-query.limit) };
  },
  makeRecording: ({ params }) => {
    world.flow(params.flow);
    return { name: 'now.rec' };
  },
  listRecordings: () => ({ items: [] }),
  getRecording: () => new Uint8Array([1]),
});

async function* eventsOf(
  world: World,
  query: QueryOf<Routes['events']>,
  signal: AbortSignal,
): AsyncGenerator<LiveEventDto> {
  let sent = world.logs.length;
  while (!signal.aborted) {
    if (query.status === 'true') yield { type: 'status', status: world.status() };
    if (query.flow !== undefined) yield { type: 'flow', flow: world.live(world.flow(query.flow)) };
    const lines = world.logs.slice(sent);
    if (query.logs === 'true' && lines.length > 0) yield { type: 'logs', lines, dropped: 0 };
    sent = world.logs.length;
    await delay(Math.min(query.interval_ms, 100));
  }
}

type LetterNames = Extract<LiveNames, `${string}Letter${string}`>;
const letterHandlers = (world: World): Pick<FakeHandlers, LetterNames> => {
  const get = (flow: string, id: number) => {
    const letter = world.flow(flow).letters.find(one => one.id === id);
    if (!letter) throw missing(`dead letter ${id}`);
    return letter;
  };
  const settle = (flow: string, ids: 'all' | number[]): { done: number; problems: string[] } => {
    const of = world.flow(flow);
    const wanted = ids === 'all' ? of.letters.map(one => one.id) : ids;
    const problems = wanted.filter(id => !of.letters.some(one => one.id === id)).map(id => `${id}: there is none`);
    of.letters = of.letters.filter(one => !wanted.includes(one.id));
    return { done: wanted.length - problems.length, problems };
  };
  return {
    listDeadLetters: ({ params, query }) => ({
      ...page(world.flow(params.flow).letters.toReversed(), query),
      dropped: 0,
    }),
    getDeadLetter: ({ params }) => ({ ...get(params.flow, params.letter), message: payloadOf('line1/x', 1) }),
    getDeadLetterMessage: ({ params }) => get(params.flow, params.letter).message,
    exportDeadLetters: ({ params }) => {
      const lines = world.flow(params.flow).letters.map(({ message, ...head }) => ({
        ...head,
        message_base64: Buffer.from(message).toString('base64'),
      }));
      return Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    },
    retryDeadLetters: ({ params, body }) => settle(params.flow, body.ids),
    dropDeadLetters: ({ params, body }) => settle(params.flow, body.ids),
  };
};

type AccessNames =
  | 'setup'
  | 'getSession'
  | 'login'
  | 'logout'
  | 'changeOwnPassword'
  | 'listUsers'
  | 'createUser'
  | 'changeUser'
  | 'removeUser'
  | 'listTokens'
  | 'createToken'
  | 'revokeToken'
  | 'listAudit'
  | 'listSecrets'
  | 'putSecret'
  | 'rotateSecretsKey'
  | 'removeSecret';

/** Users with their passwords, tokens by their secret. */
export class FakeUsers {
  readonly auth: boolean;
  readonly users = new Map<string, UserDto & { password: string }>();
  readonly tokens = new Map<string, TokenDto>();
  readonly secrets = new Map<string, SecretHeadDto & { value: string }>();
  readonly cookies = new Map<string, string>();

  constructor(auth: boolean) {
    this.auth = auth;
    this.add('ann', 'correct horse', 'admin');
  }

  add(name: string, password: string, role: UserDto['role']): UserDto {
    const user = { name, role, disabled: false, created_at: TIME, last_login_at: null, password };
    this.users.set(name, user);
    return user;
  }

  identify({ headers, method }: IncomingMessage): string | null {
    if (!this.auth) return 'admin';
    const token = headers.authorization?.replace('Bearer ', '');
    if (token !== undefined) return this.tokens.get(token)?.user ?? null;
    const user = this.cookies.get(headers.cookie ?? '') ?? null;
    return method === 'GET' || headers['x-csrf-token'] === 'csrf-of-this-session' ? user : null;
  }
}

export function accessHandlers(access: FakeUsers): Pick<FakeHandlers, AccessNames> {
  const { users, secrets } = access;
  const session = (user: string, csrf: string | null) => ({
    ...{ user: user || 'nobody', role: users.get(user)?.role ?? ('admin' as const), auth: access.auth },
    ...{ csrf, expires_at: null, permissions: access.auth && user === '' ? [] : ['read'], setup: false },
  });
  const get = (name: string) => {
    const user = users.get(name);
    if (!user) throw missing(`user ${name}`);
    return user;
  };
  return {
    ...tokenHandlers(access),
    getSession: ({ user }) => session(user, null),
    setup: ({ body }) => session(body.user, null),
    login: ({ body, reply }) => {
      if (users.get(body.user)?.password !== body.password)
        throw new Refusal(401, 'login-failed', 'user or password is wrong');
      const cookie = `session=${randomBytes(6).toString('hex')}`;
      access.cookies.set(cookie, body.user);
      reply.cookie = `${cookie}; HttpOnly; SameSite=Strict; Path=/`;
      return session(body.user, 'csrf-of-this-session');
    },
    logout: () => undefined,
    changeOwnPassword: () => undefined,
    listUsers: () => ({ items: [...users.values()] }),
    createUser: ({ body }) => access.add(body.name, body.password, body.role),
    changeUser: ({ params, body }) => Object.assign(get(params.name), body),
    removeUser: ({ params }) => {
      users.delete(get(params.name).name);
      return undefined;
    },
    listAudit: ({ query }) => {
      const actions = ['flow.deploy', 'flow.create'].filter(one => query.action === undefined || one === query.action);
      const entry = { time: TIME, actor: 'ann', target: 'boiler', details: { version: 1 }, address: '127.0.0.1' };
      return page(
        actions.map((action, i) => ({ ...entry, id: 9 - i, action })),
        query,
      );
    },
    listSecrets: () => ({ items: [...secrets.values()] }),
    putSecret: ({ params, body, user }) => {
      const head = { name: params.name, updated_at: TIME, updated_by: user, used_by: [], value: body.value };
      secrets.set(params.name, head);
      return head;
    },
    rotateSecretsKey: () => ({ secrets: secrets.size }),
    removeSecret: ({ params }) => {
      if (!secrets.delete(params.name)) throw missing(`secret ${params.name}`);
      return undefined;
    },
  };
}

const tokenHandlers = ({ tokens }: FakeUsers): Pick<FakeHandlers, 'listTokens' | 'createToken' | 'revokeToken'> => ({
  listTokens: () => ({ items: [...tokens.values()] }),
  createToken: ({ body, user }) => {
    const token = `fw_${randomBytes(8).toString('hex')}`;
    const id = `t${tokens.size + 1}`;
    const days = { created_at: TIME, expires_at: '2026-06-01T00:00:00.000Z', last_used_at: null, revoked_at: null };
    tokens.set(token, { id, name: body.name, user, role: body.role ?? 'admin', ...days });
    return { token, id, expires_at: days.expires_at };
  },
  revokeToken: ({ params }) => {
    const found = [...tokens].find(([, one]) => one.id === params.id);
    if (!found) throw missing(`token ${params.id}`);
    tokens.delete(found[0]);
    return undefined;
  },
});
