/** Changes of a JSON value, each as a new value; and what a new element of it begins as. */
import type { Field, ScalarType } from './form.ts';
import { effective, isRecord, namesOf, ownOf, type Schema } from './schema.ts';

export type Way = readonly (string | number)[];

export function valueAt(value: unknown, way: Way): unknown {
  return way.reduce<unknown>((here, part) => {
    if (Array.isArray(here)) return typeof part === 'number' ? here[part] : undefined;
    return ownOf(here, String(part));
  }, value);
}

/** With another value at the end of the way; undefined takes it away, from a list together with its place. */
export function withValue(value: unknown, way: Way, next: unknown): unknown {
  const [part, ...rest] = way;
  if (part === undefined) return next;
  if (typeof part === 'number') {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    const inner = withValue(list[part], rest, next);
    if (inner === undefined) list.splice(part, 1);
    else list[part] = inner;
    return list;
  }
  const record = isRecord(value) ? value : {};
  const inner = withValue(ownOf(record, part), rest, next);
  if (inner !== undefined) return { ...record, [part]: inner };
  const { [part]: _, ...others } = record;
  return others;
}

/** What is written for what somebody entered; undefined: nothing, since it is empty or what holds anyway. */
export function written(field: Field, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (!field.required && field.default !== undefined && sameJson(value, field.default)) return undefined;
  if (value === '' && field.kind === 'text' && !(field.required && field.mayBeEmpty)) return undefined;
  const isEmpty = Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
  return isEmpty && !field.required ? undefined : value;
}

export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => sameJson(one, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

const DEPTH_MAX = 6;

/** The least that a schema takes: fixed values, defaults, first choices, bounds. undefined: there is no telling. */
export function starter(given: unknown, root: Schema, depth = 0): unknown {
  const schema = effective(given, undefined, root);
  if (schema['const'] !== undefined) return schema['const'];
  if (schema['default'] !== undefined) return schema['default'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const examples = Array.isArray(schema['examples']) ? (schema['examples'] as unknown[]) : [];
  if (examples[0] !== undefined) return examples[0];
  const said = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (said === 'boolean') return false;
  if (said === 'number' || said === 'integer') return leastNumber(schema);
  if (said === 'array' || schema['items'] !== undefined) return leastList(schema, root, depth);
  if (said === 'object' || schema['properties'] !== undefined)
    return depth > DEPTH_MAX ? {} : leastObject(schema, root, depth);
  if (said !== 'string') return undefined;
  return schema['minLength'] === undefined && schema['pattern'] === undefined ? '' : undefined;
}

function leastNumber(schema: Schema): number {
  const numberAt = (key: string): number | undefined =>
    typeof schema[key] === 'number' ? (schema[key] as number) : undefined;
  const above = numberAt('exclusiveMinimum');
  const least = numberAt('minimum') ?? (above === undefined ? undefined : above + 1);
  if (least !== undefined) return Math.max(0, least);
  return Math.min(0, numberAt('maximum') ?? 0);
}

function leastList(schema: Schema, root: Schema, depth: number): unknown[] {
  const count = typeof schema['minItems'] === 'number' ? Math.min(schema['minItems'], 16) : 0;
  const one = count > 0 && depth <= DEPTH_MAX ? starter(schema['items'], root, depth + 1) : undefined;
  return one === undefined ? [] : Array.from({ length: count }, () => structuredClone(one));
}

function leastObject(schema: Schema, root: Schema, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const key of namesOf(schema['required'])) {
    const one = starter(ownOf(schema['properties'], key), root, depth + 1);
    if (one !== undefined) made[key] = one;
  }
  return made;
}

const FACTORS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ms: { us: 0.001, µs: 0.001, ms: 1, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 },
  s: { ms: 0.001, s: 1, min: 60, m: 60, h: 3_600, d: 86_400 },
  hours: { min: 1 / 60, h: 1, hours: 1, d: 24, days: 24 },
  bytes: {
    b: 1,
    bytes: 1,
    k: 1_000,
    kb: 1_000,
    mb: 1e6,
    gb: 1e9,
    kib: 1_024,
    mib: 1_048_576,
    gib: 1_073_741_824,
    tib: 1_099_511_627_776,
  },
};

/** A number as people write it: `1e6`, `1,000`, `64 MiB` where bytes are wanted, `5 s` where ms are. null: it is none. */
export function readNumber(text: string, unit: string | null = null): number | null {
  const found = /^([-+−]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-zµ]*)$/i.exec(text.trim());
  if (!found) return null;
  const value = Number(found[1]!.replaceAll(/[,_]/g, '').replace('−', '-'));
  const factor = found[2] === '' ? 1 : FACTORS[unit ?? '']?.[found[2]!.toLowerCase()];
  if (factor === undefined || !Number.isFinite(value * factor)) return null;
  // 0.1 s are 100 ms, not 100.00000000000001.
  return Number((value * factor).toPrecision(15));
}

/** What a text is for a value of several types: as `type` says if that can be, else the first that it can be. */
export function readScalar(text: string, types: readonly ScalarType[], type: ScalarType | null): unknown {
  const order =
    type === null
      ? (['boolean', 'number', 'integer', 'string'] as const)
      : ([type, 'number', 'integer', 'boolean', 'string'] as const);
  for (const one of order) {
    if (!types.includes(one)) continue;
    if (one === 'string') return text;
    if (one === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
    const number = one === 'boolean' ? null : readNumber(text);
    if (number !== null && (one === 'number' || Number.isInteger(number))) return number;
  }
  return undefined;
}

/** The value in another type, as near as it can be. */
export function asType(value: unknown, type: ScalarType): unknown {
  const text = value === undefined ? '' : String(value);
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' || (text !== 'false' && text !== '' && text !== '0');
  const number = typeof value === 'boolean' ? Number(value) : (readNumber(text) ?? 0);
  return type === 'integer' ? Math.trunc(number) : number;
}
export const scalarTypeOf = (value: unknown): ScalarType | null =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? (typeof value as ScalarType)
    : null;
