import { type Access, can, type Identity, PERMISSIONS, type Secrets, secretsIn } from '#access';
import type { SecretHeadDto, SessionDto, TokenDto, UserDto } from '#api';
import { GatewayError } from '#diagnostic';
import type { Service } from '#service';
import { type Handlers, WithCookies } from '../handlers.ts';

type AccessHandlers = Pick<
  Handlers,
  | 'getSession'
  | 'login'
  | 'setup'
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
  | 'removeSecret'
>;

const PERMISSION_NAMES = Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[];
const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

type User = Awaited<ReturnType<Access['users']['create']>>;
type Token = ReturnType<Access['tokens']['create']>['row'];

const userDto = ({ name, role, disabled, created_at, last_login_at }: User): UserDto => ({
  name,
  role,
  disabled,
  created_at: iso(created_at),
  last_login_at: isoOrNull(last_login_at),
});
const tokenDto = ({ id, name, user, role, created_at, expires_at, last_used_at, revoked_at }: Token): TokenDto => ({
  id,
  name,
  user,
  role,
  created_at: iso(created_at),
  expires_at: isoOrNull(expires_at),
  last_used_at: isoOrNull(last_used_at),
  revoked_at: isoOrNull(revoked_at),
});

export function accessHandlers(service: Service, access: Access, secrets: Secrets): AccessHandlers {
  const { users, tokens } = access;
  const session = (identity: Identity | null, csrf: string | null, expires_at: number | null): SessionDto => ({
    user: identity?.name ?? '',
    role: identity?.role ?? 'viewer',
    auth: access.enabled,
    csrf,
    expires_at: isoOrNull(expires_at),
    permissions: identity ? PERMISSION_NAMES.filter(one => can(identity, one)) : [],
    setup: access.enabled && service.repository.users.count() === 0,
  });
  const begun = (login: Awaited<ReturnType<Access['login']>>): WithCookies<SessionDto> =>
    new WithCookies(session(login.identity, login.csrf, login.expires_at), login.cookies);
  return {
    async getSession({ identity, credentials }) {
      if (identity.kind === 'anonymous') return session(null, null, null);
      const who = identity as Identity;
      // A page that begins anew needs the token of its session again.
      return session(who, who.kind === 'session' ? access.csrfOf(credentials) : null, who.expires_at);
    },
    async login({ body, address, credentials }) {
      access.checkOrigin(credentials);
      return begun(await access.login(body.user, body.password, address));
    },
    async setup({ body, address, credentials }) {
      access.checkOrigin(credentials);
      return begun(await access.setup(body.token, body.user, body.password, address));
    },
    logout: async ({ identity }) =>
      new WithCookies(undefined, identity.kind === 'anonymous' ? [] : access.logout(identity as Identity)),
    async changeOwnPassword({ body, identity }) {
      await users.setPassword(identity as Identity, identity.name, body.new, body.old);
    },
    listUsers: async ({ identity }) => ({ items: all(page => users.list(identity as Identity, page)).map(userDto) }),
    createUser: async ({ body, identity }) => userDto(await users.create(identity as Identity, body)),
    async changeUser({ params, body: { password, ...change }, identity }) {
      const by = identity as Identity;
      if (password !== undefined) await users.setPassword(by, params.name, password);
      return userDto(users.update(by, params.name, change));
    },
    async removeUser({ params, identity }) {
      users.remove(identity as Identity, params.name);
    },
    listTokens: async ({ identity }) => ({ items: all(page => tokens.list(identity as Identity, page)).map(tokenDto) }),
    async createToken({ body, identity }) {
      const by = identity as Identity;
      const { token, row } = tokens.create(by, {
        name: body.name,
        role: body.role ?? by.role,
        days: body.expires_in_days,
      });
      return { token, id: row.id, expires_at: isoOrNull(row.expires_at) };
    },
    async revokeToken({ params, identity }) {
      tokens.revoke(identity as Identity, params.id);
    },
    async listAudit({ query }) {
      const { items, next } = service.repository.audit.list(query);
      return {
        items: items.map(({ id, time, actor, action, target, details, address }) => ({
          id,
          time: iso(time),
          actor,
          action,
          target: target ?? '',
          details: details ?? null,
          address: address ?? '',
        })),
        next,
      };
    },
    listSecrets: async () => ({ items: service.repository.secrets.list().map(row => secretDto(service, row)) }),
    putSecret: async ({ params, body, identity }) =>
      secretDto(service, secrets.put(identity as Identity, params.name, body.value)),
    rotateSecretsKey: async ({ identity }) => ({ secrets: secrets.rotate(identity as Identity) }),
    async removeSecret({ params, identity }) {
      const used = usedBy(service, params.name);
      if (used.length > 0) throw new GatewayError('in-use', params.name, `flows that run name it: ${used.join(', ')}`);
      secrets.remove(identity as Identity, params.name);
    },
  };
}

const secretDto = (
  service: Service,
  { name, updated_at, updated_by }: { name: string; updated_at: number; updated_by: string },
): SecretHeadDto => ({
  name,
  updated_at: iso(updated_at),
  updated_by,
  used_by: usedBy(service, name),
});

/** Flows that run or are to run, and whose sinks name the secret. */
const usedBy = (service: Service, name: string): string[] =>
  service.flows
    .all()
    .filter(({ desired, deployed_version }) => desired !== 'stopped' && deployed_version !== null)
    .filter(({ id, deployed_version: number }) => {
      const { made, version } = service.host(id);
      const { nodes } = made && version === number ? made.document : service.flows.version(id, number!).document;
      return nodes.some(node => secretsIn(node.props ?? {}).includes(name));
    })
    .map(({ id }) => id);

/** A list that has few pages, as a whole. */
function all<T>(
  list: (page: { limit: number; after?: string | undefined }) => {
    readonly items: readonly T[];
    readonly next: string | null;
  },
): T[] {
  const items: T[] = [];
  for (let after: string | undefined; ; ) {
    const page = list({ limit: 500, after });
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
  }
}
