/** Forms from JSON Schemas: of every built-in node, and of schemas that mean no good. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '#abi';
import { type Field, type FormOf, fieldsOf, formOf, unknownKeys } from '../../web/src/lib/model/form.ts';
import { holds, type Schema } from '../../web/src/lib/model/schema.ts';
import {
  asType,
  readNumber,
  readScalar,
  starter,
  valueAt,
  withValue,
  written,
} from '../../web/src/lib/model/values.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const manifests = readdirSync(NODES, { withFileTypes: true })
  .filter(one => one.isDirectory() && one.name !== 'lib')
  .map(one => JSON.parse(readFileSync(join(NODES, one.name, 'manifest.json'), 'utf8')) as Manifest);
const formFor = (props: Schema): FormOf => formOf({ props });
const fields = (props: Schema, value: unknown = {}): Field[] => fieldsOf(formFor(props), props, value);
const kinds = (props: Schema, value: unknown = {}): Record<string, string> =>
  Object.fromEntries(fields(props, value).map(field => [field.key, field.kind]));

/** Somebody fills in every field with something that it takes. */
function filled(form: FormOf, schema: Schema): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (const field of fieldsOf(form, schema, value)) {
    const property = (schema['properties'] as Record<string, Schema>)[field.key]!;
    const guesses = [starter({ ...property, default: undefined }, form.root), 'mqtt://a', 'http://a'];
    const entered = guesses.find(one => one !== undefined && holds(property, one, form.root));
    assert.ok(entered !== undefined, field.key);
    value = withValue(value, [field.key], entered) as Record<string, unknown>;
  }
  return value;
}

for (const manifest of manifests) {
  test(`${manifest.node_type}: a form draws every prop, and what is filled in comes back`, () => {
    const form = formOf(manifest);
    const value = filled(form, form.root);
    const drawn = fieldsOf(form, form.root, value);
    assert.deepEqual(
      drawn.map(field => field.key),
      Object.keys((manifest.props?.['properties'] as object | undefined) ?? {}),
    );
    assert.deepEqual(
      drawn.filter(field => field.kind === 'json'),
      [],
    );
    assert.deepEqual(unknownKeys(drawn, value), []);
    assert.ok(holds(form.root, value, form.root), JSON.stringify(value));
    for (const field of drawn) {
      assert.deepEqual(withValue(value, [field.key], valueAt(value, [field.key])), value);
      // What holds anyway is not written; what must be there stays.
      if (field.default !== undefined) assert.equal(written(field, field.default), undefined, field.key);
      if (field.required) assert.deepEqual(written(field, value[field.key]), value[field.key]);
    }
    const emptied = drawn.reduce<unknown>((rest, field) => withValue(rest, [field.key], undefined), value);
    assert.deepEqual(emptied, {});
  });
}

test('each kind of schema gets the field that fits it', () => {
  const props = {
    properties: {
      name: { type: 'string' },
      size_ms: { type: 'number', minimum: 1, exclusiveMaximum: 5 },
      on: { type: 'boolean' },
      mode: { enum: ['a', 2, null] },
      one: { const: 4 },
      said: { oneOf: [{ const: 'x', title: 'The x' }, { const: 'y' }] },
      value: { type: ['number', 'string', 'boolean'] },
      either: { anyOf: [{ type: 'number' }, { type: 'boolean' }] },
      maybe: { type: ['integer', 'null'] },
      words: { type: 'array', items: { type: 'string' }, maxItems: 3 },
      rows: { type: 'array', items: { type: 'object', properties: { a: { type: 'number' } } } },
      group: { properties: { a: { type: 'number' } } },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      mixed: { type: ['object', 'string'] },
      pairs: { type: 'array', prefixItems: [{ type: 'number' }] },
      anything: {},
      never: false,
    },
  };
  assert.deepEqual(kinds(props), {
    name: 'text',
    size_ms: 'number',
    on: 'boolean',
    mode: 'choice',
    one: 'choice',
    said: 'choice',
    value: 'scalar',
    either: 'scalar',
    maybe: 'number',
    words: 'list',
    rows: 'rows',
    group: 'group',
    headers: 'map',
    mixed: 'json',
    pairs: 'json',
    anything: 'json',
  });
  const size = fields(props).find(field => field.key === 'size_ms');
  assert.ok(size?.kind === 'number');
  assert.deepEqual([size.label, size.unit, size.min, size.max], ['size', 'ms', 1, 5]);
});

test('a value of another shape than its field is edited as JSON, never turned into something else', () => {
  const props = {
    properties: {
      words: { type: 'array', items: { type: 'string' } },
      group: { properties: {} },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      n: { type: 'number' },
    },
  };
  const value = { words: { a: 1 }, group: [1], headers: { a: 1 }, n: { b: 2 } };
  assert.deepEqual(kinds(props, value), { words: 'json', group: 'json', headers: 'json', n: 'json' });
});

test('conditions show the fields of the branch that holds', () => {
  const props = {
    properties: { kind: { enum: ['a', 'b'] } },
    required: ['kind'],
    if: { properties: { kind: { const: 'a' } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { properties: { only_a: { type: 'number' } }, required: ['only_a'] },
    else: { properties: { only_b: { type: 'string' } } },
    allOf: [{ properties: { both: { type: 'boolean' } } }],
    dependentRequired: { both: ['kind'] },
  };
  assert.deepEqual(Object.keys(kinds(props, { kind: 'a' })), ['kind', 'both', 'only_a']);
  assert.deepEqual(Object.keys(kinds(props, { kind: 'b' })), ['kind', 'both', 'only_b']);
  assert.equal(fields(props, { kind: 'a' }).find(field => field.key === 'only_a')?.required, true);
});

test('of alternatives the one that is chosen is shown, and one gets to the others', () => {
  const props = {
    oneOf: [
      { properties: { type: { const: 'file' }, path: { type: 'string' } }, required: ['type', 'path'] },
      { properties: { type: { const: 'http' }, url: { type: 'string' } }, required: ['type', 'url'] },
    ],
  };
  assert.deepEqual(Object.keys(kinds(props, { type: 'http' })), ['type', 'url']);
  assert.deepEqual(Object.keys(kinds(props, {})), ['type', 'path']);
  const type = fields(props, { type: 'http' })[0]!;
  assert.ok(type.kind === 'choice');
  assert.deepEqual(
    type.choices.map(one => one.value),
    ['file', 'http'],
  );
});

test('a schema from a stranger ends, whatever it says', () => {
  const itself: Schema = {
    properties: { child: { $ref: '#' }, children: { type: 'array', items: { $ref: '#' } } },
    required: ['child'],
  };
  const deep = { child: { child: { child: { children: [{}] } } } };
  assert.deepEqual(kinds(itself, deep), { child: 'group', children: 'rows' });
  assert.equal(typeof starter(itself, itself), 'object');
  for (const props of [
    { $ref: '#' },
    { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    { $ref: '#/no/where' },
    { $ref: 'https://example.org/schema' },
    { allOf: [{ $ref: '#' }] },
    { properties: { a: { type: 'colour' }, b: { type: 7 }, c: null, d: 'x', e: { enum: [] }, f: { oneOf: [] } } },
    { properties: { constructor: { type: 'string' }, __proto__: { type: 'number' } } },
    { properties: [], required: 'all', oneOf: 'x', if: 3, dependentSchemas: 4, dependentRequired: { a: 1 } },
    { properties: { a: { type: 'string', pattern: '(' }, b: { if: { pattern: '(' }, else: {} } } },
  ] as Schema[]) {
    for (const value of [{}, { a: 1 }, null, [], 'text']) assert.ok(Array.isArray(fields(props, value)));
    starter(props, props);
  }
  const many = fields({ properties: { big: { enum: Array.from({ length: 100_000 }, (_, n) => n) } } })[0]!;
  assert.ok(many.kind === 'choice' && many.choices.length === 100_000);
});

test('what is entered becomes what is written', () => {
  const root = {
    properties: { a: { type: 'string' }, b: { type: 'array', items: { type: 'string' } } },
    required: ['a'],
  };
  const [a, b] = fields(root) as [Field, Field];
  assert.equal(written(a, ''), '');
  assert.equal(written({ ...a, required: false }, ''), undefined);
  assert.equal(written(b, []), undefined);
  assert.deepEqual(written({ ...b, required: true }, []), []);
  assert.deepEqual(withValue({ rows: [{ a: 1 }, { b: 2 }], x: 1 }, ['rows', 0], undefined), { rows: [{ b: 2 }], x: 1 });
  assert.deepEqual(withValue({ rows: [{ a: 1 }] }, ['rows', 0, 'a'], 5), { rows: [{ a: 5 }] });
  assert.deepEqual(withValue({ a: { b: 1 }, c: 2 }, ['a', 'b'], undefined), { a: {}, c: 2 });
});

test('numbers are read as people write them', () => {
  for (const [text, unit, value] of [
    ['12', null, 12],
    ['-1.5e3', null, -1_500],
    ['1,000', null, 1_000],
    ['−4', null, -4],
    ['.5', null, 0.5],
    ['5 s', 'ms', 5_000],
    ['0.1s', 'ms', 100],
    ['2 min', 'ms', 120_000],
    ['64 MiB', 'bytes', 67_108_864],
    ['3 d', 'hours', 72],
    ['5 s', 'bytes', null],
    ['5 s', null, null],
    ['', null, null],
    ['1e', null, null],
    ['abc', null, null],
    ['1e999', null, null],
  ] as const)
    assert.equal(readNumber(text, unit), value, `${text} ${unit}`);
});

test('a value of several types is what it looks like, or what one says it is', () => {
  const all = ['number', 'string', 'boolean'] as const;
  assert.equal(readScalar('5', all, null), 5);
  assert.equal(readScalar('true', all, null), true);
  assert.equal(readScalar('on', all, null), 'on');
  assert.equal(readScalar('5', all, 'string'), '5');
  assert.equal(readScalar('on', all, 'number'), 'on');
  assert.equal(readScalar('on', ['number', 'boolean'], 'number'), undefined);
  assert.equal(readScalar('1.5', ['integer'], 'integer'), undefined);
  assert.deepEqual(
    [asType('7', 'number'), asType(true, 'number'), asType(0, 'boolean'), asType(5, 'string')],
    [7, 1, false, '5'],
  );
});

test('what cannot be decided does not hold', () => {
  assert.equal(holds({ $ref: '#/$defs/a' }, 1, { $defs: { a: { const: 1 } } }), true);
  assert.equal(holds({ pattern: '(' }, 'x', {}), false);
  assert.equal(holds(true, 1, {}), true);
});
