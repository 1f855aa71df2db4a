import { GatewayError, quoted } from '#diagnostic';
import { isSecretName } from './names.ts';

/** `${secret:NAME}`, anywhere in a string. */
const REFERENCE = /\$\{secret:([^{}]*)\}/g;

/**
 * A text with the values of its secrets in place. What a value holds is not looked through again.
 * @throws GatewayError secret-missing, or what `resolve` throws
 */
export const resolveText = (text: string, resolve: (name: string) => string): string =>
  text.replace(REFERENCE, (_, name: string) => {
    if (!isSecretName(name)) throw new GatewayError('secret-missing', quoted(name), 'that is no name of a secret');
    return resolve(name);
  });

/** The same for all strings in props, keys excepted; `props` stays as it is. @throws GatewayError secret-missing */
export function resolveSecrets<T>(props: T, resolve: (name: string) => string): T {
  if (typeof props === 'string') return resolveText(props, resolve) as T;
  if (Array.isArray(props)) return props.map(one => resolveSecrets(one, resolve)) as T;
  if (typeof props !== 'object' || props === null) return props;
  return Object.fromEntries(Object.entries(props).map(([key, one]) => [key, resolveSecrets(one, resolve)])) as T;
}

/** Names of the secrets that props refer to, each once, also what is no name. */
export function secretsIn(props: unknown): string[] {
  const texts = JSON.stringify(props) ?? '';
  return [...new Set([...texts.matchAll(REFERENCE)].map(match => match[1]!))].sort();
}
