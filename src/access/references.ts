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
export const resolveSecrets = <T>(props: T, resolve: (name: string) => string): T =>
  withTexts(props, text => resolveText(text, resolve)) as T;

/** Names of the secrets that props refer to, each once, also what is no name. */
export function secretsIn(props: unknown): string[] {
  const names = new Set<string>();
  withTexts(props, text => {
    for (const match of text.matchAll(REFERENCE)) names.add(match[1]!);
    return text;
  });
  return [...names].sort();
}

function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map(one => withTexts(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withTexts(one, change)]));
}
