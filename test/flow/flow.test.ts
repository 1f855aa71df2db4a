import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DIAGNOSTIC_CODES, GATEWAY_ERRORS } from '#diagnostic';
import { canonicalFlow, checkFlow, parseFlow } from '#flow';
import { builtIns } from '../support/flows.ts';

const CASES = join(import.meta.dirname, 'cases');
const BLESS = process.env['BLESS'] === '1';
const library = builtIns();

function findings(text: string): unknown[] {
  const parsed = parseFlow(text);
  if ('diagnostics' in parsed) return parsed.diagnostics;
  return checkFlow(parsed.document, library).diagnostics;
}

for (const name of readdirSync(CASES)) {
  test(`case ${name}`, () => {
    const found = findings(readFileSync(join(CASES, name, 'flow.json'), 'utf8'));
    const file = join(CASES, name, 'diagnostics.json');
    if (BLESS) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    assert.deepEqual(found, JSON.parse(readFileSync(file, 'utf8')));
    const codes = found.map(one => (one as { code: string }).code);
    if (name !== 'clean') assert.ok(codes.includes(name), `the case shows ${name}`);
    else assert.deepEqual(codes, []);
  });
}

test('every code has a heading in docs/errors.md, and no heading is left over', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  const headings = [...text.matchAll(/^### (\S+)$/gm)].map(match => match[1]!);
  assert.deepEqual(headings.sort(), [...DIAGNOSTIC_CODES, ...Object.keys(GATEWAY_ERRORS)].sort());
});

test('a document of 50 MB is refused before it is parsed', () => {
  const [finding] = findings(`{"name":"${'x'.repeat(50_000_000)}"}`) as { code: string }[];
  assert.equal(finding?.code, 'document-too-large');
});

test('nesting, prototype keys and unknown keys are findings, not crashes', () => {
  assert.equal((findings('['.repeat(100_000)) as { code: string }[])[0]?.code, 'document-too-deep');
  for (const text of ['{"__proto__":{}}', '{', '', 'null', '[]', '{"format":"fusewire.flow/2"}']) {
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
