/** What mends props that do not fit their schema. Only what the schema then takes is offered. */
import { type Catalog, closest, type Diagnostic, type FlowDocument, showPath } from '../contract.ts';
import { wordsOf } from './finding-words.ts';
import type { Fix } from './fix.ts';
import { labelOf } from './form.ts';
import { dereferenced, effective, holds, isRecord, namesOf, ownOf, problemsOf, type Schema } from './schema.ts';
import { readNumber, sameJson, starter, valueAt, type Way, withValue } from './values.ts';

const SHOWN_MAX = 40;

export function propFixes(finding: Diagnostic, document: FlowDocument, catalog: Catalog, index: number): Fix[] {
  const node = document.nodes[index]!;
  const entry = node.wasm_hash === undefined ? catalog.byType(node.node_type) : catalog.byHash(node.wasm_hash);
  const root = entry?.manifest.props;
  const props = node.props ?? {};
  const way = wayOf(finding.where, index, props);
  const said = wordsOf(finding);
  if (!root || !way || !said) return [];
  const made: Fix[] = [];
  const offer = (kind: 'setProp' | 'removeProp' | 'cutList', at: Way, value: unknown): void => {
    const next = withValue(props, at, value);
    if (sameProblem(root, next, finding, index)) return;
    const name = at.join('.');
    const shown = labelOf(value);
    made.push({
      kind,
      values: { name, value: shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}…` : shown },
      edit: now => {
        const { props: _, ...rest } = now.nodes[index]!;
        const kept = next as Record<string, unknown>;
        const mended = Object.keys(kept).length > 0 ? { ...rest, props: kept } : rest;
        return { ...now, nodes: now.nodes.with(index, mended) };
      },
    });
  };
  if (said.key === 'unknownProp') offer('removeProp', way, undefined);
  else if (said.key === 'required') {
    const missing = [...way, said.values['name']!];
    const value = starter(schemaAt(root, missing, props), root);
    if (value !== undefined) offer('setProp', missing, value);
  } else {
    const schema = schemaAt(root, way, props);
    const value = valueAt(props, way);
    const last = way.at(-1);
    const holder = schemaAt(root, way.slice(0, -1), props);
    const isOptional = typeof last === 'string' && !namesOf(holder['required']).includes(last);
    const nearest = nearer(schema, value, root);
    // What holds anyway is not written.
    const isDefault = isOptional && sameJson(nearest, schema['default']);
    if (nearest !== undefined && !isDefault) offer(said.key === 'manyItems' ? 'cutList' : 'setProp', way, nearest);
    if (isOptional) offer('removeProp', way, undefined);
  }
  return made;
}

/** A value that the schema takes and that is closest to the one given; undefined: there is no telling. */
export function nearer(schema: Schema, value: unknown, root: Schema): unknown {
  return candidates(schema, value, root).find(one => one !== undefined && holds(schema, one, root));
}

function candidates(schema: Schema, value: unknown, root: Schema): unknown[] {
  const choices = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : null;
  if (choices) {
    const text = String(value).trim();
    const same = choices.find(one => String(one).toLowerCase() === text.toLowerCase());
    const names = choices.filter(one => typeof one === 'string');
    return [same, closest(text, names) ?? undefined, schema['default']];
  }
  if (Array.isArray(value)) {
    const { maxItems, minItems } = schema as { maxItems?: number; minItems?: number };
    const more = starter({ ...schema, minItems: Math.min(minItems ?? 0, 16) }, root);
    return [
      maxItems === undefined ? undefined : value.slice(0, maxItems),
      Array.isArray(more) ? [...value, ...more.slice(value.length)] : undefined,
    ];
  }
  if (value === undefined || isRecord(value)) return [schema['default'], starter(schema, root)];
  const number = typeof value === 'number' ? value : readNumber(String(value));
  const flag = ['true', 'false'].includes(String(value)) ? String(value) === 'true' : undefined;
  return [
    ...(number === null ? [] : numbersNear(schema, number)),
    flag,
    String(value).trim(),
    String(value),
    schema['default'],
  ];
}

function numbersNear(schema: Schema, value: number): unknown[] {
  const at = (key: string): number | null => (typeof schema[key] === 'number' ? (schema[key] as number) : null);
  const step = at('multipleOf') ?? 1;
  const [least, most] = [at('minimum') ?? -Infinity, at('maximum') ?? Infinity];
  const within = Math.min(Math.max(value, least), most);
  const [above, below] = [at('exclusiveMinimum'), at('exclusiveMaximum')];
  return [
    value,
    within,
    Math.round(within),
    Math.round(within / step) * step,
    ...(above === null || value > above ? [] : [schema['default'], above + 1, above + 0.001]),
    ...(below === null || value < below ? [] : [schema['default'], below - 1, below - 0.001]),
  ];
}

/** Whether the finding would still be there. */
function sameProblem(root: Schema, props: unknown, finding: Diagnostic, index: number): boolean {
  return problemsOf(root, props).some(
    one => one.message === finding.message && showPath(['nodes', index, 'props', ...one.path]) === finding.where,
  );
}

/** The schema of what stands at the end of the way. */
function schemaAt(root: Schema, way: Way, props: unknown): Schema {
  let schema = effective(root, props, root);
  way.forEach((part, depth) => {
    const value = valueAt(props, way.slice(0, depth + 1));
    const inner =
      typeof part === 'number'
        ? schema['items']
        : (ownOf(schema['properties'], part) ?? schema['additionalProperties']);
    schema = isRecord(inner) ? effective(dereferenced(inner, root), value, root) : {};
  });
  return schema;
}

/** The way into the props that a finding shows: the one whose path looks like it. null: it is none of these. */
function wayOf(where: string, index: number, props: unknown): Way | null {
  const base = ['nodes', index, 'props'];
  const all: Way[] = [[]];
  for (const way of all) {
    if (showPath([...base, ...way]) === where) return way;
    const value = valueAt(props, way);
    const parts: (string | number)[] = Array.isArray(value)
      ? [...value.keys()]
      : isRecord(value)
        ? Object.keys(value)
        : [];
    for (const part of parts) if (where.startsWith(showPath([...base, ...way, part]))) all.push([...way, part]);
  }
  return null;
}
