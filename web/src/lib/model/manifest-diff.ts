/** What differs between two versions of a node, and what that means for flows that have it. */
import type { Manifest, ManifestPort } from '../contract.ts';
import { isRecord, namesOf, ownOf } from './schema.ts';
import { sameJson } from './values.ts';

export interface ManifestChange {
  readonly part: 'input' | 'output' | 'prop';
  readonly name: string;
  readonly how: 'added' | 'removed' | 'changed';
  /** As it was and as it is, short; empty where it was not. */
  readonly old: string;
  readonly new: string;
  /** Flows that use it may have to be changed. */
  readonly breaks: boolean;
}

export function diffManifests(old: Manifest, next: Manifest): ManifestChange[] {
  return [
    ...ports('input', old.inputs, next.inputs),
    ...ports('output', old.outputs, next.outputs),
    ...props(old.props, next.props),
  ];
}

function ports(
  part: 'input' | 'output',
  old: readonly ManifestPort[],
  next: readonly ManifestPort[],
): ManifestChange[] {
  const names = new Set([...old, ...next].map(one => one.name));
  return [...names].flatMap(name => {
    const was = old.find(one => one.name === name)?.type;
    const is = next.find(one => one.name === name)?.type;
    if (was === is) return [];
    const how = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    return [{ part, name, how, old: was ?? '', new: is ?? '', breaks: how !== 'added' && is !== 'any' }];
  });
}

function props(old: Manifest['props'], next: Manifest['props']): ManifestChange[] {
  const [before, after] = [propertiesOf(old), propertiesOf(next)];
  const [needed, needs] = [new Set(namesOf(old?.['required'])), new Set(namesOf(next?.['required']))];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): ManifestChange[] => {
    const was = ownOf(before, name);
    const is = ownOf(after, name);
    const nowNeeded = needs.has(name) && !needed.has(name);
    if (is === undefined)
      return [{ part: 'prop', name, how: 'removed', old: propText(was, needed.has(name)), new: '', breaks: true }];
    if (was === undefined)
      return [
        { part: 'prop', name, how: 'added', old: '', new: propText(is, needs.has(name)), breaks: needs.has(name) },
      ];
    if (sameJson(meaning(was), meaning(is)) && needed.has(name) === needs.has(name)) return [];
    const [a, b] = [propText(was, needed.has(name)), propText(is, needs.has(name))];
    const breaks = nowNeeded || !sameJson(limits(was), limits(is));
    return [{ part: 'prop', name, how: 'changed', old: a, new: b, breaks }];
  });
}

const propertiesOf = (schema: Manifest['props']): Record<string, unknown> =>
  isRecord(schema?.['properties']) ? schema['properties'] : {};

const TEXTS = ['title', 'description', 'examples', '$comment'];
/** Without what is only said to people. */
const meaning = (schema: unknown): unknown =>
  isRecord(schema) ? Object.fromEntries(Object.entries(schema).filter(([key]) => !TEXTS.includes(key))) : schema;
const limits = (schema: unknown): unknown => {
  const { default: _, ...rest } = meaning(isRecord(schema) ? schema : {}) as Record<string, unknown>;
  return rest;
};

/** `number · 0 … 10 · = 5`: a prop's schema in one line. An asterisk: it must be there. */
export function propText(schema: unknown, isRequired: boolean): string {
  if (!isRecord(schema)) return '';
  const kinds = [schema['type']].flat().filter(one => typeof one === 'string');
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(one => String(one)).join(' | ') : '';
  const least =
    schema['minimum'] ?? (schema['exclusiveMinimum'] === undefined ? '' : `> ${schema['exclusiveMinimum']}`);
  const most = schema['maximum'] ?? (schema['exclusiveMaximum'] === undefined ? '' : `< ${schema['exclusiveMaximum']}`);
  const range = least === '' && most === '' ? '' : `${least} … ${most}`;
  const preset = schema['default'] === undefined ? '' : `= ${JSON.stringify(schema['default'])}`;
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : '';
  const parts = [choices || kinds.join(' | '), range.trim(), pattern, preset].filter(one => one !== '');
  return `${parts.join(' · ')}${isRequired ? ' *' : ''}`;
}

/** Versions by semantic version, the newest first. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  // A version is above its own pre-releases.
  if (left.pre === '' || right.pre === '') return Number(left.pre === '') - Number(right.pre === '');
  return left.pre.localeCompare(right.pre, 'en', { numeric: true });
}
function partsOf(version: string): { readonly numbers: readonly number[]; readonly pre: string } {
  const [core = '', ...pre] = version.split('+')[0]!.split('-');
  return { numbers: core.split('.').map(Number), pre: pre.join('-') };
}
