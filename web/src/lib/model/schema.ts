/** What a JSON Schema says of one value that is there: references followed, conditions decided, alternatives chosen. */
import { JsonSchema } from '../rules.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** A schema may refer to itself; nobody writes forms that lead this deep. */
const DEPTH_MAX = 12;
const STEPS = 100_000;
const OPEN: Schema = {};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const ownOf = (record: unknown, key: string): unknown =>
  isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const namesOf = (value: unknown): string[] =>
  listOf(value).filter((one): one is string => typeof one === 'string');
const schemasOf = (value: unknown): Schema[] => listOf(value).filter(isRecord);

/**
 * A schema as it holds for this value: with what it refers to, all of `allOf`, the branch of `if`, the alternative chosen.
 * @param root what `$ref` is looked up in
 */
export function effective(schema: unknown, value: unknown, root: Schema, depth = 0): Schema {
  if (!isRecord(schema) || depth > DEPTH_MAX) return OPEN;
  const own = dereferenced(schema, root);
  const inner = (one: unknown): Schema => effective(one, value, root, depth + 1);
  const parts: Schema[] = schemasOf(own['allOf']).map(inner);
  if (own['if'] !== undefined) parts.push(inner(holds(own['if'], value, root) ? own['then'] : own['else']));
  for (const [key, one] of Object.entries(isRecord(own['dependentSchemas']) ? own['dependentSchemas'] : {}))
    if (ownOf(value, key) !== undefined) parts.push(inner(one));
  for (const [key, names] of Object.entries(isRecord(own['dependentRequired']) ? own['dependentRequired'] : {}))
    if (ownOf(value, key) !== undefined) parts.push({ required: names });
  const alternatives = alternativesOf(own).map(one => dereferenced(one, root));
  if (alternatives.length > 0 && alternatives.every(one => isRecord(one['properties'])))
    parts.push(chosen(alternatives, value, root, depth));
  return parts.reduce(merged, own);
}

export const alternativesOf = (schema: Schema): Schema[] => [
  ...schemasOf(schema['oneOf']),
  ...schemasOf(schema['anyOf']),
];

/** Whether a value fits a schema; what cannot be decided does not. */
export function holds(schema: unknown, value: unknown, root: Schema): boolean {
  if (typeof schema === 'boolean') return schema;
  if (!isRecord(schema)) return false;
  try {
    return checkerOf(schema, root).problems(value, { left: STEPS }, false).length === 0;
  } catch {
    return false;
  }
}

/** Everything that is wrong with a value, as the gateway says it. */
export const problemsOf = (schema: Schema, value: unknown): ReturnType<JsonSchema['problems']> =>
  checkerOf(schema, schema).problems(value, { left: STEPS }, true);

const checkers = new WeakMap<Schema, JsonSchema>();
function checkerOf(schema: Schema, root: Schema): JsonSchema {
  const known = checkers.get(schema);
  if (known) return known;
  const { $defs, definitions } = root;
  const made = new JsonSchema({
    ...schema,
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  });
  checkers.set(schema, made);
  return made;
}

/** Follows `$ref` within the document; what stands beside it counts as well. */
export function dereferenced(schema: Schema, root: Schema): Schema {
  let now = schema;
  for (let hops = 0; typeof now['$ref'] === 'string'; hops += 1) {
    const { $ref, ...rest } = now;
    const target = hops > DEPTH_MAX ? undefined : at(root, $ref as string);
    now = isRecord(target) ? { ...target, ...rest } : rest;
  }
  return now;
}

function at(root: Schema, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let here: unknown = root;
  for (const part of reference.slice(2).split('/'))
    here = ownOf(here, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return here;
}

/**
 * The alternative that fits, else the one whose fixed values do. Its fixed values become a choice among those of all, so
 * that one gets from one alternative to the other.
 */
function chosen(alternatives: readonly Schema[], value: unknown, root: Schema, depth: number): Schema {
  const marks = marksOf(alternatives);
  if (marks.length === 0) return united(alternatives);
  const fits = (one: Schema): boolean => marks.every(key => fixedOf(one, key).includes(ownOf(value, key)));
  const best = alternatives.find(fits) ?? alternatives.find(one => holds(one, value, root)) ?? alternatives[0]!;
  const choices = marks.map(key => [
    key,
    {
      ...(propertyOf(best, key) ?? {}),
      const: undefined,
      enum: [...new Set(alternatives.flatMap(one => fixedOf(one, key)))],
    },
  ]);
  return merged(effective(best, value, root, depth + 1), { properties: Object.fromEntries(choices) });
}

/** Properties that have fixed values in every alternative. */
const marksOf = (alternatives: readonly Schema[]): string[] =>
  Object.keys((alternatives[0]!['properties'] as Schema | undefined) ?? {}).filter(key =>
    alternatives.every(one => fixedOf(one, key).length > 0),
  );
const propertyOf = (schema: Schema, key: string): Schema | null => {
  const found = ownOf(schema['properties'], key);
  return isRecord(found) ? found : null;
};
function fixedOf(schema: Schema, key: string): readonly unknown[] {
  const property = propertyOf(schema, key);
  if (!property) return [];
  return Object.hasOwn(property, 'const') ? [property['const']] : listOf(property['enum']);
}

/** Everything that any alternative has; only what all need is needed. */
function united(alternatives: readonly Schema[]): Schema {
  const all = alternatives.reduce<Schema>(merged, {});
  return {
    ...all,
    required: namesOf(all['required']).filter(key => alternatives.every(one => namesOf(one['required']).includes(key))),
  };
}

function merged(a: Schema, b: Schema): Schema {
  const properties: Record<string, unknown> = { ...(isRecord(a['properties']) && a['properties']) };
  for (const [key, one] of Object.entries(isRecord(b['properties']) ? b['properties'] : {})) {
    const before = ownOf(properties, key);
    properties[key] = isRecord(before) && isRecord(one) ? { ...before, ...one } : one;
  }
  const required = [...new Set([...namesOf(a['required']), ...namesOf(b['required'])])];
  return {
    ...b,
    ...a,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}
