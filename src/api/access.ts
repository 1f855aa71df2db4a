import { z } from 'zod';
import { route } from './route.ts';
import { anything, count, pageOf, paging, time } from './shapes.ts';

export const ROLES = ['viewer', 'editor', 'operator', 'admin'] as const;
export const role = z.enum(ROLES).meta({ id: 'Role' });
export const userName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/);
const password = z.string().min(1).max(1_024);

export const session = z
  .object({
    user: z.string(),
    role,
    auth: z.boolean().describe('false: nobody logs in here, all are admin.'),
    csrf: z
      .string()
      .nullable()
      .describe('To be sent as `X-CSRF-Token` with what changes something, when the cookie is used.'),
    expires_at: time.nullable(),
    permissions: z.array(z.string()),
    setup: z.boolean().describe('There is no user yet: the first admin is to be made with the token in the log.'),
  })
  .meta({ id: 'Session' });
export const user = z
  .object({ name: userName, role, disabled: z.boolean(), created_at: time, last_login_at: time.nullable() })
  .meta({ id: 'User' });
export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    user: z.string(),
    role,
    created_at: time,
    expires_at: time.nullable(),
    last_used_at: time.nullable(),
    revoked_at: time.nullable().describe('It is refused since; it stays in the list for 30 days at least.'),
  })
  .meta({ id: 'Token' });
export const auditEntry = z
  .object({
    id: z.int(),
    time,
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    details: anything,
    address: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export const secretHead = z
  .object({ name: z.string(), updated_at: time, updated_by: z.string(), used_by: z.array(z.string()) })
  .meta({ id: 'SecretHead' });

const group = 'Access';
const name = z.object({ name: userName });
const secretName = z.object({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/) });

export const accessRoutes = {
  getSession: route({
    method: 'get',
    path: '/api/v1/session',
    group,
    permission: 'public',
    summary: 'Who I am',
    answer: session,
  }),
  login: route({
    method: 'post',
    path: '/api/v1/session',
    group,
    permission: 'public',
    summary: 'Log in; sets a cookie',
    body: z.strictObject({ user: z.string().max(64), password }),
    answer: session,
  }),
  setup: route({
    method: 'post',
    path: '/api/v1/setup',
    group,
    permission: 'public',
    summary: 'Make the first admin and log in',
    description: 'The token stands in the log of a gateway that asks for logins and has no user.',
    body: z.strictObject({ token: z.string().max(256), user: userName, password }),
    answer: session,
    problems: [409, 422],
  }),
  logout: route({
    method: 'delete',
    path: '/api/v1/session',
    group,
    permission: 'public',
    summary: 'Log out',
    answer: null,
  }),
  changeOwnPassword: route({
    method: 'put',
    path: '/api/v1/session/password',
    group,
    permission: 'read',
    summary: 'Change my password',
    body: z.strictObject({ old: password, new: password }),
    answer: null,
    problems: [422],
  }),
  listUsers: route({
    method: 'get',
    path: '/api/v1/users',
    group,
    permission: 'admin',
    summary: 'List users',
    answer: z.object({ items: z.array(user) }).meta({ id: 'Users' }),
  }),
  createUser: route({
    method: 'post',
    path: '/api/v1/users',
    group,
    permission: 'admin',
    summary: 'Create a user',
    body: z.strictObject({ name: userName, role, password }),
    answer: user,
    status: 201,
    problems: [409, 422],
  }),
  changeUser: route({
    method: 'patch',
    path: '/api/v1/users/{name}',
    group,
    permission: 'admin',
    summary: 'Change role, password, or disable',
    params: name,
    body: z.strictObject({ role: role.optional(), password: password.optional(), disabled: z.boolean().optional() }),
    answer: user,
    problems: [404, 409, 422],
  }),
  removeUser: route({
    method: 'delete',
    path: '/api/v1/users/{name}',
    group,
    permission: 'admin',
    summary: 'Delete a user, its sessions and tokens',
    params: name,
    answer: null,
    problems: [404, 409],
  }),
  listTokens: route({
    method: 'get',
    path: '/api/v1/tokens',
    group,
    permission: 'read',
    summary: 'My tokens; all of them for an admin',
    answer: z.object({ items: z.array(token) }).meta({ id: 'Tokens' }),
  }),
  createToken: route({
    method: 'post',
    path: '/api/v1/tokens',
    group,
    permission: 'read',
    summary: 'Make an API token; it is shown this once',
    body: z.strictObject({
      name: z.string().min(1).max(64),
      role: role.optional().describe('Not above one’s own.'),
      expires_in_days: z.int().min(1).max(3_650).default(90),
    }),
    answer: z.object({ token: z.string(), id: z.string(), expires_at: time.nullable() }).meta({ id: 'TokenMade' }),
    status: 201,
    problems: [422],
  }),
  revokeToken: route({
    method: 'delete',
    path: '/api/v1/tokens/{id}',
    group,
    permission: 'read',
    summary: 'Revoke a token',
    params: z.object({ id: z.string().max(64) }),
    answer: null,
    problems: [404],
  }),
  listAudit: route({
    method: 'get',
    path: '/api/v1/audit',
    group,
    permission: 'admin',
    summary: 'Who changed what, newest first',
    query: z.object({
      ...paging,
      actor: z.string().max(64).optional(),
      action: z.string().max(64).optional(),
      target: z.string().max(200).optional(),
    }),
    answer: pageOf(auditEntry),
  }),
  listSecrets: route({
    method: 'get',
    path: '/api/v1/secrets',
    group,
    permission: 'edit',
    summary: 'Names of secrets; never their values',
    answer: z.object({ items: z.array(secretHead) }).meta({ id: 'Secrets' }),
  }),
  putSecret: route({
    method: 'put',
    path: '/api/v1/secrets/{name}',
    group,
    permission: 'admin',
    summary: 'Set a secret, for the props of sinks to name',
    params: secretName,
    body: z.strictObject({ value: z.string().min(1).max(16_384) }),
    answer: secretHead,
  }),
  rotateSecretsKey: route({
    method: 'post',
    path: '/api/v1/secrets/rotate-key',
    group,
    permission: 'admin',
    summary: 'Encrypt all secrets again, with a new key',
    description:
      'The new key takes the place of the key file. Backups made before need the old one: keep it with them.',
    answer: z.object({ secrets: count.describe('How many there are.') }).meta({ id: 'SecretsKeyRotated' }),
  }),
  removeSecret: route({
    method: 'delete',
    path: '/api/v1/secrets/{name}',
    group,
    permission: 'admin',
    summary: 'Delete a secret',
    params: secretName,
    answer: null,
    problems: [404, 409],
  }),
} as const;
export type SessionDto = z.infer<typeof session>;
export type UserDto = z.infer<typeof user>;
export type TokenDto = z.infer<typeof token>;
export type AuditEntryDto = z.infer<typeof auditEntry>;
export type SecretHeadDto = z.infer<typeof secretHead>;
