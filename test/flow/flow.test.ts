import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOCUMENT_LIMITS, MANIFEST_SECTION } from '#abi';
import type { Diagnostic } from '#diagnostic';
import { canonicalFlow, checkFlow, parseFlow } from '#flow';
import { loadFlow } from '#gateway';
import { withCustomSection } from '#wasm';
import { builtIns } from '../support/flows.ts';
import { assembleWat } from '../support/nodes.ts';
import { seeded } from '../support/random.ts';

const NODES = join(import.meta.dirname, '../../nodes');
const CASES = join(import.meta.dirname, 'cases');
const BLESS = process.env['BLESS'] === '1';
const library = builtIns();

function findings(text: string): unknown[] {
  const parsed = parseFlow(text);
  if ('diagnostics' in parsed) return parsed.diagnostics;
  return checkFlow(parsed.document, library).diagnostics;
}

/** `mine.wat` (with `mine.manifest.json` put in) or `mine.bin` of a case, as a node file. */
function nodeFiles(name: string, folder: string): string[] {
  const [wat, raw, manifest] = ['wat', 'bin', 'manifest.json'].map(kind => join(CASES, name, `mine.${kind}`));
  if (!existsSync(wat!) && !existsSync(raw!)) return [];
  let bytes: Uint8Array = existsSync(wat!) ? assembleWat(readFileSync(wat!, 'utf8')) : readFileSync(raw!);
  if (existsSync(manifest!)) bytes = withCustomSection(bytes, MANIFEST_SECTION, readFileSync(manifest!));
  const file = join(folder, 'mine.wasm');
  writeFileSync(file, bytes);
  return [file];
}

for (const name of readdirSync(CASES)) {
  test(`case ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fusewire-case-'));
    try {
      const { diagnostics } = await loadFlow(join(CASES, name, 'flow.json'), NODES, nodeFiles(name, folder));
      const found = diagnostics.map(one => ({ ...one, where: one.where.replace(`${folder}/`, '') }));
      const file = join(CASES, name, 'diagnostics.json');
      if (BLESS) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
      assert.deepEqual(found, JSON.parse(readFileSync(file, 'utf8')));
      const codes = found.map(one => one.code);
      if (name !== 'clean') assert.ok(codes.includes(name), `the case shows ${name}`);
      else assert.deepEqual(codes, []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test('a document of 50 MB is refused before it is parsed', () => {
  const [finding] = findings(`{"name":"${'x'.repeat(50_000_000)}"}`) as { code: string }[];
  assert.equal(finding?.code, 'document-too-large');
});

test('nesting, prototype keys and unknown keys are findings, not crashes', () => {
  assert.equal((findings('['.repeat(100_000)) as { code: string }[])[0]?.code, 'document-too-deep');
  for (const text of [
    '{"__proto__":{}}',
    '{"name":"a","name":"b"}',
    '{"layout":1e400}',
    '{"layout":9007199254740993}',
    '{"layout":"\\ud800"}',
    '{"layout":{"\\udc00":1}}',
    '{',
    '',
    'null',
    '[]',
    '{"format":"fusewire.flow/2"}',
  ]) {
    const found = findings(text) as { code: string }[];
    assert.ok(found.length > 0 && found.every(one => one.code === 'document-invalid'), text);
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

test('what JSON readers disagree on is found, each with its path', () => {
  const text = `{"format":"fusewire.flow/1","name":"n","nodes":[{"id":"in","node_type":"tag_input","props":{"a":1e999,"a":2}}],
    "wires":[],"layout":{"x":["\\ud83d",123456789012345678901]}}`;
  const found = findings(text) as { where: string }[];
  assert.deepEqual(
    found.map(one => one.where),
    ['$.nodes[0].props.a', '$.nodes[0].props.a', '$.layout.x[0]', '$.layout.x[1]'],
  );
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
  const found = findings(JSON.stringify({ format: 'fusewire.flow/1', name: 'n', nodes, wires })) as Diagnostic[];
  assert.equal(found.length, DOCUMENT_LIMITS.findings + 1);
  assert.match(found.at(-1)!.message, /more findings/);
});

test('a props schema that cannot be used is a finding, not a crash', () => {
  const manifest = library.byType('filter')!.manifest;
  for (const props of [{ $ref: '#/nowhere' }, { properties: { op: { pattern: '(' } } }, { allOf: [{ $ref: '#' }] }]) {
    const catalog = {
      types: ['filter'],
      byHash: () => null,
      byType: () => ({ hash: '0'.repeat(64), manifest: { ...manifest, props } }),
    };
    const document = {
      format: 'fusewire.flow/1' as const,
      name: 'n',
      nodes: [{ id: 'a', node_type: 'filter', props: { op: 'x' } }],
      wires: [],
    };
    const codes = checkFlow(document, catalog).diagnostics.map(one => one.code);
    assert.ok(codes.includes('node-manifest-invalid'), JSON.stringify(props));
  }
});

const SEED = Number(process.env['FUZZ_SEED'] ?? 20261121);
test(`mutated documents give findings or a canonical form, never a crash (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  const example = readFileSync(join(import.meta.dirname, '../../examples/boiler-line/flow.json'), 'utf8');
  const seeds = readdirSync(CASES).flatMap(name => [readFileSync(join(CASES, name, 'flow.json'), 'utf8'), example]);
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u',
    '0',
    '-',
    '1e9',
    '1e999',
    'null',
    'true',
    '"id"',
    '"\\ud800"',
    '\0',
    '"in"',
  ];
  let sound = 0;
  for (let round = 0; round < 3_000; round += 1) {
    let text = random.pick(seeds);
    for (let edits = random.int(4); edits >= 0; edits -= 1) {
      const at = random.int(text.length);
      const cut = random.chance(0.5) ? random.int(20) : 0;
      text = text.slice(0, at) + (random.chance(0.8) ? random.pick(pieces) : '') + text.slice(at + cut);
    }
    const parsed = parseFlow(text);
    if ('diagnostics' in parsed) {
      assert.ok(parsed.diagnostics.length > 0, text);
      continue;
    }
    const { diagnostics, nodes } = checkFlow(parsed.document, library);
    if (diagnostics.some(one => one.severity === 'error')) continue;
    assert.ok(canonicalFlow(parsed.document, nodes).length > 0);
    sound += 1;
  }
  assert.ok(sound > 50, `${sound} documents stayed sound`);
});
