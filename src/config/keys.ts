import type { z } from 'zod';
import { configSchema, type KeyNotes, keyNotes } from './schema.ts';

export type KeyKind = 'string' | 'number' | 'boolean' | 'enum' | 'list' | 'table';

/** One key of the configuration, as the schema has it. */
export interface ConfigKey extends KeyNotes {
  /** Names from the top, e.g. `http`, `tls`, `cert_file`. */
  readonly path: readonly string[];
  /** The same with dots. */
  readonly name: string;
  /** Of the environment. */
  readonly variable: string;
  readonly kind: KeyKind;
  readonly schema: z.ZodType;
  readonly default: unknown;
  readonly description: string;
  /** Of a number. */
  readonly min?: number;
  readonly max?: number;
  /** Of an enum. */
  readonly choices?: readonly string[];
}

export const VARIABLE_PREFIX = 'FUSEWIRE_';

const KINDS: Record<string, KeyKind> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  enum: 'enum',
  array: 'list',
  record: 'table',
};

/** Without default, null and the like around it. */
function core(schema: z.ZodType): z.ZodType {
  const { innerType } = schema.def as { innerType?: z.ZodType };
  return innerType ? core(innerType) : schema;
}

function* keysOf(schema: z.ZodType, path: readonly string[]): Generator<ConfigKey> {
  const inside = core(schema);
  if ('shape' in inside) {
    for (const [name, one] of Object.entries(inside.shape as Record<string, z.ZodType>))
      yield* keysOf(one, [...path, name]);
    return;
  }
  const { minValue, maxValue, options } = inside as { minValue?: number; maxValue?: number; options?: string[] };
  const kind = KINDS[inside.def.type]!;
  yield {
    ...keyNotes.get(schema),
    path,
    name: path.join('.'),
    variable: VARIABLE_PREFIX + path.join('_').toUpperCase(),
    kind,
    schema,
    default: schema.parse(undefined),
    description: schema.description ?? '',
    ...(kind === 'number' && { min: minValue!, max: maxValue! }),
    ...(kind === 'enum' && { choices: options! }),
  };
}

/** All keys, in the order of the schema. */
export const CONFIG_KEYS: readonly ConfigKey[] = [...keysOf(configSchema, [])];

const byName = new Map(CONFIG_KEYS.map(key => [key.name, key]));
export const keyByName = (name: string): ConfigKey | null => byName.get(name) ?? null;
