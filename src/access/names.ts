import { GatewayError, quoted } from '#diagnostic';

const USER = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
/** Names of what is no user, in audit entries and rows. */
const RESERVED: ReadonlySet<string> = new Set(['local', 'gateway', 'setup']);
const SECRET = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TOKEN = /^[\p{L}\p{N}\p{P}\p{S} ]{1,64}$/u;

export const isUserName = (name: string): boolean => USER.test(name) && !RESERVED.has(name);
export const isSecretName = (name: string): boolean => SECRET.test(name);

const refuse = (name: string, rule: string): never => {
  throw new GatewayError('name-invalid', quoted(name), rule);
};
/** @throws GatewayError name-invalid */
export function checkUserName(name: string): void {
  if (RESERVED.has(name)) refuse(name, 'it is reserved');
  if (!USER.test(name)) refuse(name, 'a user is a letter or digit, then letters, digits, . _ @ -, 64 at most');
}
/** @throws GatewayError name-invalid */
export function checkSecretName(name: string): void {
  if (!isSecretName(name)) refuse(name, 'a secret is a letter or digit, then letters, digits, . _ -, 64 at most');
}
/** @throws GatewayError name-invalid */
export function checkTokenName(name: string): void {
  if (!TOKEN.test(name)) refuse(name, 'a token has a name of 1 to 64 printable characters');
}
