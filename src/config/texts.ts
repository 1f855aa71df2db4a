import type { ConfigKey } from './keys.ts';

/**
 * A value of a variable or a flag. Lists are comma-separated, tables too: `name=value,…`. What is not of the key's kind stays
 * text, for the schema to refuse.
 */
export function readText(key: ConfigKey, text: string): unknown {
  switch (key.kind) {
    case 'number':
      return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return itemsOf(text);
    case 'table':
      return readTable(text);
    default:
      return text;
  }
}

const itemsOf = (text: string): string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');

function readTable(text: string): unknown {
  const result = Object.create(null) as Record<string, string>;
  for (const item of itemsOf(text)) {
    const at = item.indexOf('=');
    if (at < 1) return text;
    result[item.slice(0, at).trim()] = item.slice(at + 1).trim();
  }
  return result;
}

/** A value as a variable would have it. */
export const writeText = (value: unknown): string =>
  value === null
    ? ''
    : Array.isArray(value)
      ? value.join(',')
      : typeof value === 'object'
        ? Object.entries(value)
            .map(([name, one]) => `${name}=${one}`)
            .join(',')
        : String(value);
