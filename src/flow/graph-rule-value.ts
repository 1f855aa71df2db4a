/** JSON values as `Value` of graph_rule.proto, and back. */

export interface Value {
  /** Which of them counts, when read: of several on the wire the last. */
  readonly kind?: string;
  readonly null_value?: number;
  readonly number_value?: number;
  readonly string_value?: string;
  readonly bool_value?: boolean;
  readonly struct_value?: { readonly fields?: Record<string, Value> };
  readonly list_value?: { readonly values?: readonly Value[] };
}
export type Path = readonly (string | number)[];

export function toValue(value: unknown): Value {
  if (value === null) return { null_value: 0 };
  if (typeof value === 'number') return { number_value: value };
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'boolean') return { bool_value: value };
  if (Array.isArray(value)) return { list_value: { values: value.map(toValue) } };
  return { struct_value: { fields: toFields(value as object) } };
}

export const toFields = (value: object): Record<string, Value> =>
  Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toValue(one)]));

/** @param report is told of what JSON cannot say; null stands in its place. */
export function fromValue(value: Value, path: Path, report: (path: Path, message: string) => void): unknown {
  switch (value.kind) {
    case 'null_value':
      return null;
    case 'number_value':
      if (Number.isFinite(value.number_value)) return value.number_value;
      report(path, `the number ${value.number_value} does not exist in JSON`);
      return null;
    case 'string_value':
      return value.string_value;
    case 'bool_value':
      return value.bool_value;
    case 'list_value':
      return (value.list_value?.values ?? []).map((one, index) => fromValue(one, [...path, index], report));
    case 'struct_value':
      return fromFields(value.struct_value?.fields ?? {}, path, report);
    default:
      report(path, 'the value is of no kind');
      return null;
  }
}

/** Every key becomes one of the object's own, `__proto__`, too: the checks of documents refuse it by name. */
export const fromFields = (
  fields: Record<string, Value>,
  path: Path,
  report: (path: Path, message: string) => void,
): object =>
  Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, fromValue(one, [...path, key], report)]));
