/** Who may do what: users, roles, sessions, tokens, throttling; and secrets. */
export { Access, type AccessOptions } from './access.ts';
export type { Credentials } from './credentials.ts';
export { can, demand, type Identity, localIdentity } from './identity.ts';
export { ACCESS_LIMITS } from './limits.ts';
export { PASSWORD_COST, type PasswordCost, Passwords } from './passwords.ts';
export { resolveSecrets, resolveText, secretsIn } from './references.ts';
export { PERMISSIONS, type Permission, ROLES, type Role } from './roles.ts';
export { Secrets } from './secrets.ts';
export type { Login } from './sessions.ts';
export type { AccessStore } from './store.ts';
export { LoginThrottled, networkOf, Throttle } from './throttle.ts';
export type { NewToken, TokenSummary } from './tokens.ts';
export type { NewUser, UserChange, UserSummary } from './users.ts';
