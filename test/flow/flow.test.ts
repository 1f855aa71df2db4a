import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOCUMENT_LIMITS, type Manifest } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { type Catalog, canonicalFlow, checkFlow, type FlowNode, parseFlow } from '#flow';
import { builtIns } from '../support/flows.ts';

const library = builtIns();

function findings(source: string | Uint8Array): Diagnostic[] {
  const parsed = parseFlow(source);
  if ('diagnostics' in parsed) return parsed.diagnostics;
  return checkFlow(parsed.document, library).diagnostics;
}
const codes = (found: readonly Diagnostic[]): string[] => [...new Set(found.map(one => one.code))];

test('a document of 50 MB is refused before it is parsed', () => {
  const text = `{"name":"${'x'.repeat(50_000_000)}"}`;
  for (const source of [text, Buffer.from(text)]) assert.deepEqual(codes(findings(source)), ['document-too-large']);
});

test('the limit of a document counts bytes, not characters', () => {
  const text = JSON.stringify({ layout: '€'.repeat(DOCUMENT_LIMITS.document_bytes / 3) });
  assert.ok(text.length < DOCUMENT_LIMITS.document_bytes / 2);
  for (const source of [text, Buffer.from(text)]) assert.deepEqual(codes(findings(source)), ['document-too-large']);
});

test('what is no flow at all is a finding', () => {
  for (const text of ['{', '', 'null', '[]', '"x"', '1', 'true', '{"format":"fusewire.flow/2"}', '\0']) {
    assert.deepEqual(codes(findings(text)), ['document-invalid'], text);
  }
});

test('layout, key order and white space do not change the canonical document', () => {
  const a = {
    format: 'fusewire.flow/1',
    name: 'n',
    nodes: [{ id: 'in', node_type: 'tag_input' }],
    wires: [],
    layout: { in: [1, 2] },
  };
  const b = `{ "wires": [], "nodes": [ {"node_type":"tag_input","id":"in"} ],\n "name":"n", "format":"fusewire.flow/1" }`;
  const canonical = (text: string): string => {
    const parsed = parseFlow(text);
    assert.ok('document' in parsed);
    return canonicalFlow(parsed.document, checkFlow(parsed.document, library).nodes);
  };
  assert.equal(canonical(JSON.stringify(a)), canonical(b));
});

test('as many mistakes as the limits allow are found, up to a number, without a long wait for suggestions', () => {
  const id = (kind: string, index: number): string => `${kind}_${String(index).padStart(50, 'x')}`;
  const nodes = Array.from({ length: 1024 }, (_, index) => ({ id: id('node', index), node_type: id('type', index) }));
  const wires = Array.from({ length: 4096 }, (_, index) => ({
    source_node: id('nude', index),
    source_port: 'out',
    target_node: id('nade', index),
    target_port: 'in',
  }));
  const found = findings(JSON.stringify({ format: 'fusewire.flow/1', name: 'n', nodes, wires }));
  assert.equal(found.length, DOCUMENT_LIMITS.findings + 1);
  assert.match(found.at(-1)!.message, /more findings/);
});

test('close names are suggested, but not for every one of many mistakes', () => {
  const nodes = Array.from({ length: 1024 }, (_, index) => ({ id: `node_${index}`, node_type: 'fan_out' }));
  const wires = Array.from({ length: 4096 }, (_, index) => ({
    source_node: `nude_${index}`,
    source_port: 'out1',
    target_node: `nade_${index}`,
    target_port: 'in',
  }));
  const found = findings(JSON.stringify({ format: 'fusewire.flow/1', name: 'n', nodes, wires }));
  const suggested = found.filter(one => one.hint.startsWith('Did you mean'));
  assert.ok(suggested.length > 0 && suggested.length <= 50, `${suggested.length} suggestions`);
});

const flow = (nodes: readonly object[], more: object = {}): string =>
  JSON.stringify({ format: 'fusewire.flow/1', name: 'n', nodes, wires: [], ...more });

test('findings stay few and short, whatever they quote', () => {
  const long = 'k'.repeat(2_000_000);
  const keys = Array.from({ length: 200_000 }, (_, index) => `"x${index}":1`).join();
  const node = (index: number, node_type: string, props: object): object => ({ id: `n${index}`, node_type, props });
  const sixty = (node_type: string, props: object): string =>
    flow(Array.from({ length: 60 }, (_, index) => node(index, node_type, props)));
  const hostile = {
    'a long key twice': `{"${long}":1,"${long}":2}`,
    'a long key above many mistakes': `{"${long}":[${Array(2_000).fill('1e999').join()}]}`,
    'many unknown keys': `{${keys}}`,
    'many values of a wrong shape': flow(Array(500_000).fill({})),
    'many long names': flow([], { name: long, nodes: [{ id: long, node_type: long }] }),
    'many wrong items': sixty('tag_input', { tags: Array(30_000).fill(0) }),
    'many wrong objects': sixty('switch', { cases: Array(20_000).fill({}) }),
    'many unknown props': sixty('filter', Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`a${i}`, i]))),
  };
  for (const [name, text] of Object.entries(hostile)) {
    const found = findings(text);
    assert.ok(found.length > 0 && found.length <= DOCUMENT_LIMITS.findings + 1, `${name}: ${found.length} findings`);
    for (const { where, message, hint } of found)
      assert.ok(
        [where, message, hint].every(one => one.length > 0 && one.length <= 500 && one.isWellFormed()),
        name,
      );
    if (found.length > DOCUMENT_LIMITS.findings) assert.match(found.at(-1)!.message, /more findings/, name);
  }
});

/** One node type `x` with these props, and findings on nodes of that type. */
function withSchema(props: Record<string, unknown>, nodes: readonly NonNullable<FlowNode['props']>[]): Diagnostic[] {
  const manifest: Manifest = {
    node_type: 'x',
    version: '1.0.0',
    title: 'x',
    description: '',
    category: 'test',
    inputs: [],
    outputs: [],
    source: 'tag',
    props,
  };
  const entry = { hash: '0'.repeat(64), manifest };
  const catalog: Catalog = { types: ['x'], byHash: () => null, byType: type => (type === 'x' ? entry : null) };
  const list = nodes.map((one, index) => ({ id: `n${index}`, node_type: 'x', props: one }));
  return checkFlow({ format: 'fusewire.flow/1', name: 'n', nodes: list, wires: [] }, catalog).diagnostics;
}

test('a props schema that cannot be used is one finding that names the node, used or not', () => {
  const unusable: Record<string, unknown>[] = [
    { type: 5 },
    { type: 'strnig' },
    { properties: null },
    { properties: [1] },
    { properties: { a: 1 } },
    { required: 'abc' },
    { enum: 1 },
    { allOf: {} },
    { minLength: -1 },
    { items: [{ type: 'string' }] },
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    { $dynamicRef: '#x' },
    { properties: { never_given: { pattern: '(' } } },
    { properties: { never_given: { $ref: '#/nowhere' } } },
    { properties: { never_given: { $ref: 'https://example.com/other' } } },
    { allOf: [{ $ref: '#' }] },
    { $id: 'http://[' },
    { $defs: { a: { $id: 'https://example.com/a' }, b: { $id: 'https://example.com/a' } } },
  ];
  for (const schema of unusable) {
    const found = withSchema(schema, [{}, {}]).filter(one => one.severity === 'error');
    assert.deepEqual(codes(found), ['node-manifest-invalid'], JSON.stringify(schema));
    assert.deepEqual([found.length, found[0]!.where], [1, '$.nodes[0]'], JSON.stringify(schema));
    assert.match(found[0]!.message, /the props schema of x/);
  }
});

test('a sound props schema of any kind is used', () => {
  const tree = { type: 'object', properties: { child: { $ref: '#' }, name: { type: 'string', pattern: '^\\p{L}+$' } } };
  assert.deepEqual(withSchema(tree, [{ child: { child: { name: 'ä' } } }]), []);
  const [wrong, ...rest] = withSchema(tree, [{ child: { child: { name: '1' } } }]);
  assert.deepEqual([wrong?.code, wrong?.where, rest], ['invalid-props', '$.nodes[0].props.child.child.name', []]);
  const anchored = { $defs: { a: { $anchor: 'here', type: 'number' } }, additionalProperties: { $ref: '#here' } };
  assert.deepEqual(withSchema(anchored, [{ x: 1 }]), []);
  assert.deepEqual(
    withSchema(anchored, [{ x: '1' }]).map(one => one.where),
    ['$.nodes[0].props.x'],
  );
  const loose = { properties: { '/a~b': { const: 1 }, '1': { const: 1 } }, 'x-note': 'mine', $comment: 'yes' };
  assert.deepEqual(
    withSchema(loose, [{ '/a~b': 2, '1': 2 }])
      .map(one => one.where)
      .sort(),
    ['$.nodes[0].props["/a~b"]', '$.nodes[0].props["1"]'],
  );
});

test('a schema that makes props a long task is stopped, and says so once', () => {
  const numbers = Array.from({ length: 12_000 }, (_, index) => index);
  const unique = { properties: { list: { uniqueItems: true } } };
  assert.deepEqual(withSchema(unique, [{ list: numbers }]), []);
  const doubled = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `d${i + 1}`,
      { allOf: [{ $ref: `#/$defs/d${i}` }, { $ref: `#/$defs/d${i}` }] },
    ]),
  );
  const bombs: [Record<string, unknown>, Record<string, unknown>[]][] = [
    [unique, Array(100).fill({ list: numbers })],
    [{ $ref: '#/$defs/d40', $defs: { d0: {}, ...doubled } }, [{}, {}, {}]],
  ];
  for (const [schema, nodes] of bombs) {
    const found = withSchema(schema, nodes);
    assert.deepEqual(codes(found), ['limit-exceeded']);
    assert.equal(found.length, 1);
    assert.match(found[0]!.message, /steps/);
  }
});

test('an honest schema is not blamed for props with more mistakes than fit', () => {
  const item = { allOf: Array(6).fill({ type: 'string' }) };
  const found = withSchema({ properties: { list: { items: item } } }, [{ list: Array(30_000).fill(0) }]);
  assert.deepEqual(codes(found), ['invalid-props']);
});
