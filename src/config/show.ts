import { z } from 'zod';
import { showPlace } from '#diagnostic';
import { CONFIG_KEYS, type ConfigKey } from './keys.ts';
import type { Origin } from './layers.ts';
import type { LoadedConfig } from './load.ts';
import { configSchema } from './schema.ts';
import { writeText } from './texts.ts';

const MASK = '***';

export interface ShownKey {
  readonly key: string;
  /** Secrets are masked. */
  readonly value: unknown;
  readonly from: Origin['from'];
  /** `--listen`, `FUSEWIRE_HTTP_LISTEN` or `fusewire.yaml:3:11`; null of a default. */
  readonly place: string | null;
}

/** Every key with the value that holds and where it comes from. */
export const effectiveKeys = ({ config, origins }: LoadedConfig): ShownKey[] =>
  CONFIG_KEYS.map(key => {
    const { from, place, name } = origins[key.name]!;
    const value = key.path.reduce<unknown>((data, part) => (data as Record<string, unknown>)[part], config);
    const shown = from === 'default' ? null : name || showPlace(place);
    return { key: key.name, value: key.secret ? masked(value) : value, from, place: shown };
  });

/** Names are no secrets, values are. */
const masked = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.keys(value).map(name => [name, MASK]))
    : value && MASK;

/** A value as one writes it into a variable; of what is not set, a dash. */
export const showValue = (value: unknown): string => writeText(value) || '–';

/** JSON Schema (2020-12) of the file, for editors. */
export const configJsonSchema = (): object => ({
  ...z.toJSONSchema(configSchema, { io: 'input' }),
  title: 'fusewire.yaml',
});

const cell = (text: string): string => text.replaceAll('|', '\\|');
const rangeOf = ({ kind, min, max, choices }: ConfigKey): string =>
  kind === 'number' ? `${min} … ${max}` : kind === 'boolean' ? 'true, false' : (choices?.join(', ') ?? kind);

/** The table of keys in docs/configuration.md. */
export function keyTable(): string {
  const rows = CONFIG_KEYS.map(key => {
    const fallback = showValue(key.default);
    const flag = key.flag ? `, \`${key.flag}\`` : '';
    return `| \`${key.name}\` | ${fallback === '–' ? '–' : `\`${fallback}\``} | ${cell(rangeOf(key))} | ${cell(key.description)}. \`${key.variable}\`${flag} |`;
  });
  return ['| key | default | values | means; variable, flag |', '|---|---|---|---|', ...rows].join('\n');
}
