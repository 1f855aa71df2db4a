/** What a form shows for a JSON Schema: one field for each value. What no field fits is edited as JSON. */
import { alternativesOf, dereferenced, effective, isRecord, namesOf, ownOf, type Schema } from './schema.ts';

/** What a text means beyond being one: what is suggested while it is typed. */
export type Role = 'tag-pattern' | 'tag' | 'unit' | 'secret';
export type ScalarType = 'number' | 'integer' | 'string' | 'boolean';

interface Base {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  /** What holds while nothing is written; undefined: nothing. */
  readonly default: unknown;
  readonly example: unknown;
}
export interface TextField extends Base {
  readonly kind: 'text';
  readonly role: Role | null;
  /** An empty text is a value, not a missing one. */
  readonly mayBeEmpty: boolean;
}
export interface NumberField extends Base {
  readonly kind: 'number';
  readonly integer: boolean;
  readonly min: number | null;
  readonly max: number | null;
  /** The bounds as one says them: `1 … 10`, `> 0`; empty: there are none. */
  readonly range: string;
  /** As the name or title says: ms, bytes, hours … */
  readonly unit: string | null;
}
export interface BooleanField extends Base {
  readonly kind: 'boolean';
}
export interface Choice {
  readonly value: unknown;
  readonly label: string;
}
export interface ChoiceField extends Base {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
}
/** A number, a text or yes and no, as one likes. */
export interface ScalarField extends Base {
  readonly kind: 'scalar';
  readonly types: readonly ScalarType[];
}
export interface ListField extends Base {
  readonly kind: 'list';
  readonly item: Schema;
  readonly role: Role | null;
  readonly least: number;
  readonly most: number;
}
/** A list of objects. */
export interface RowsField extends Base {
  readonly kind: 'rows';
  readonly item: Schema;
  readonly least: number;
  readonly most: number;
}
export interface GroupField extends Base {
  readonly kind: 'group';
  readonly schema: Schema;
}
/** Names that one chooses, each with a text. */
export interface MapField extends Base {
  readonly kind: 'map';
}
export interface JsonField extends Base {
  readonly kind: 'json';
}
export type Field =
  | TextField
  | NumberField
  | BooleanField
  | ChoiceField
  | ScalarField
  | ListField
  | RowsField
  | GroupField
  | MapField
  | JsonField;

/** How deep forms go in forms; below it is JSON. */
const LEVELS = 4;
const SCALARS: readonly string[] = ['number', 'integer', 'string', 'boolean'];

/** What the manifest of the node says of a form beyond its schema. */
export interface FormOf {
  readonly root: Schema;
  readonly isSource: boolean;
  readonly isSink: boolean;
}
export const formOf = (manifest: {
  readonly props?: Schema | undefined;
  readonly source?: string | undefined;
  readonly sink?: string | undefined;
}): FormOf => ({
  root: manifest.props ?? { properties: {} },
  isSource: manifest.source !== undefined,
  isSink: manifest.sink !== undefined,
});

/** Fields of an object, in the order of its schema, as they are for the values that it has. */
export function fieldsOf(form: FormOf, schema: Schema, value: unknown, level = 0): Field[] {
  const now = effective(schema, value, form.root);
  const required = new Set(namesOf(now['required']));
  const properties = isRecord(now['properties']) ? now['properties'] : {};
  return Object.entries(properties)
    .filter(([, one]) => one !== false)
    .map(([key, one]) => fieldOf(form, key, one, ownOf(value, key), required.has(key), level));
}

/** Keys that stand in the value and that no field shows. */
export function unknownKeys(fields: readonly Field[], value: unknown): string[] {
  const known = new Set(fields.map(field => field.key));
  return isRecord(value) ? Object.keys(value).filter(key => !known.has(key)) : [];
}

/** The field for one value; also for an element of a list, whose key is its place. */
export function fieldOf(
  form: FormOf,
  key: string,
  given: unknown,
  value: unknown,
  required: boolean,
  level: number,
): Field {
  const schema = effective(given, value, form.root);
  const [label, unit] = titleOf(schema, key);
  const base: Base = {
    key,
    label,
    hint: textOf(schema['description']),
    required,
    default: schema['default'],
    example: Array.isArray(schema['examples']) ? schema['examples'][0] : undefined,
  };
  const field = level > LEVELS ? null : drawn(form, schema, base, unit);
  return field && holdsShape(field, value) ? field : { ...base, kind: 'json' };
}

function drawn(form: FormOf, schema: Schema, base: Base, unit: string | null): Field | null {
  const choices = choicesOf(schema, form.root);
  if (choices) return { ...base, kind: 'choice', choices };
  const types = typesOf(schema, form.root);
  if (types.length > 1) {
    return types.every(isScalarType) ? { ...base, kind: 'scalar', types } : null;
  }
  const [type] = types;
  if (type === 'boolean') return { ...base, kind: 'boolean' };
  if (type === 'string') {
    const mayBeEmpty = schema['minLength'] === undefined && schema['pattern'] === undefined;
    return { ...base, kind: 'text', role: roleOf(form, schema, base.key), mayBeEmpty };
  }
  if (type === 'number' || type === 'integer') {
    return { ...base, kind: 'number', integer: type === 'integer', ...boundsOf(schema), unit };
  }
  if (type === 'array') return listField(form, schema, base);
  if (type === 'object') return objectField(schema, base);
  return null;
}

function boundsOf(schema: Schema): Pick<NumberField, 'min' | 'max' | 'range'> {
  const at = (word: string): number | null => (typeof schema[word] === 'number' ? schema[word] : null);
  const [least, above] = [at('minimum'), at('exclusiveMinimum')];
  const [most, below] = [at('maximum'), at('exclusiveMaximum')];
  const [min, max] = [least ?? above, most ?? below];
  const from = above !== null && least === null ? `> ${above}` : String(least ?? '');
  const to = below !== null && most === null ? `< ${below}` : String(most ?? '');
  if (min !== null && max !== null) return { min, max, range: `${from} … ${to}` };
  return { min, max, range: [least !== null ? `≥ ${from}` : from, most !== null ? `≤ ${to}` : to].join('') };
}

function listField(form: FormOf, schema: Schema, base: Base): Field | null {
  const item = isRecord(schema['items']) ? dereferenced(schema['items'], form.root) : null;
  if (!item || schema['prefixItems'] !== undefined) return null;
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
  const most = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : Infinity;
  const types = typesOf(item, form.root);
  const shape = { ...base, item, least, most };
  if (choicesOf(item, form.root) || (types.length === 1 && isScalarType(types[0]!)))
    return { ...shape, kind: 'list', role: roleOf(form, item, base.key) };
  return types.length === 1 && types[0] === 'object' ? { ...shape, kind: 'rows' } : null;
}

function objectField(schema: Schema, base: Base): Field | null {
  if (isRecord(schema['properties'])) return { ...base, kind: 'group', schema };
  const others = schema['additionalProperties'];
  return isRecord(others) && others['type'] === 'string' ? { ...base, kind: 'map' } : null;
}

/** A list is not drawn as a group, nor a group as a text: what has another shape is shown as it is. */
function holdsShape(field: Field, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.kind === 'list' || field.kind === 'rows')
    return Array.isArray(value) && (field.kind === 'list' || value.every(isRecord));
  if (field.kind === 'group') return isRecord(value);
  if (field.kind === 'map') return isRecord(value) && Object.values(value).every(one => typeof one === 'string');
  if (field.kind === 'choice') return true;
  return value !== null && typeof value !== 'object';
}

function choicesOf(schema: Schema, root: Schema): Choice[] | null {
  if (Array.isArray(schema['enum'])) return schema['enum'].map(value => ({ value, label: labelOf(value) }));
  if (schema['const'] !== undefined) return [{ value: schema['const'], label: labelOf(schema['const']) }];
  const alternatives = alternativesOf(schema).map(one => dereferenced(one, root));
  if (alternatives.length === 0 || !alternatives.every(one => Object.hasOwn(one, 'const'))) return null;
  return alternatives.map(one => ({ value: one['const'], label: textOf(one['title']) || labelOf(one['const']) }));
}

function typesOf(schema: Schema, root: Schema): string[] {
  const said = schema['type'];
  if (typeof said === 'string') return [said];
  if (Array.isArray(said)) return said.filter((one): one is string => typeof one === 'string' && one !== 'null');
  const alternatives = alternativesOf(schema).map(one => dereferenced(one, root));
  if (alternatives.length > 0 && alternatives.every(one => typeof one['type'] === 'string'))
    return [...new Set(alternatives.map(one => one['type'] as string))].filter(one => one !== 'null');
  if (isRecord(schema['properties'])) return ['object'];
  if (isRecord(schema['items'])) return ['array'];
  return typeof schema['pattern'] === 'string' || typeof schema['minLength'] === 'number' ? ['string'] : [];
}

function roleOf(form: FormOf, schema: Schema, key: string): Role | null {
  if (form.isSource && key === 'tags') return 'tag-pattern';
  if (key === 'tag') return 'tag';
  if (key === 'unit') return 'unit';
  const isSecret = schema['writeOnly'] === true || /password|secret|token|api_?key/i.test(key);
  return form.isSink && (isSecret || typeof schema['type'] === 'string') ? 'secret' : null;
}

/** `Size (ms)` is Size, in ms; without a title the name says both: `size_ms`. */
export function titleOf(schema: Schema, key: string): [label: string, unit: string | null] {
  const title = textOf(schema['title']);
  const said = /^(.*\S)\s*\((ms|s|bytes|hours|µs|%)\)$/.exec(title);
  if (said) return [said[1]!, said[2]!];
  const named = /^(.+)_(ms|bytes|hours|seconds|percent)$/.exec(key);
  if (title) return [title, named?.[2] ?? null];
  return [(named?.[1] ?? key).replaceAll('_', ' '), named?.[2] ?? null];
}

const isScalarType = (type: string): type is ScalarType => SCALARS.includes(type);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** A value in one line, as one would write it. */
export const labelOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
