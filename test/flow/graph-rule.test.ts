import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonicalFlow, checkFlow, type FlowDocument, parseFlow } from '#flow';
import { readGraphRule, writeGraphRule } from '../../src/flow/graph-rule.ts';
import { GRAPH_RULE_PROTO } from '../../src/flow/graph-rule-proto.ts';
import { builtIns } from '../support/flows.ts';
import { randomFlow } from '../support/generate.ts';
import { seeded } from '../support/random.ts';
import { needs } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const library = builtIns();
const example = readFileSync(join(ROOT, 'examples/boiler-line/flow.json'), 'utf8');

function document(text: string): FlowDocument {
  const parsed = parseFlow(text);
  assert.ok('document' in parsed, JSON.stringify(parsed));
  return parsed.document;
}
const canonical = (flow: FlowDocument): string => canonicalFlow(flow, checkFlow(flow, library).nodes);
const there = (flow: FlowDocument): FlowDocument => {
  const read = readGraphRule(writeGraphRule(flow, checkFlow(flow, library).nodes));
  assert.ok('document' in read, JSON.stringify(read));
  return read.document;
};

const RICH: FlowDocument = {
  format: 'fusewire.flow/1',
  name: 'ünïcode "name"',
  description: '',
  tick_ms: 50,
  durable: true,
  limits: { fuel: 10_000_000_000, emits: 1 },
  layout: { in: [1.5, -2], view: { zoom: null, deep: [[], {}, ['x']] } },
  nodes: [
    { id: 'in', node_type: 'tag_input', props: {} },
    { id: 'out', node_type: 'file_sink', props: { path: 'x', batch_count: 7 } },
  ],
  wires: [{ source_node: 'in', source_port: 'out', target_node: 'out', target_port: 'in' }],
};

test('a document goes to GraphRule and back unchanged', () => {
  assert.deepEqual(canonical(there(document(example))), canonical(document(example)));
  const back = there(RICH);
  assert.equal(canonical(back), canonical(RICH));
  assert.deepEqual(back.layout, RICH.layout);
  assert.equal(back.description, '');
});

test(`random documents go to GraphRule and back unchanged (FUZZ_SEED=${SEED})`, () => {
  for (let i = 0; i < 60; i += 1) {
    const flow = randomFlow(seeded(SEED + i));
    assert.equal(canonical(there(flow)), canonical(flow));
  }
});

test('the schema in the program is the one that is published', () => {
  assert.equal(GRAPH_RULE_PROTO, readFileSync(join(ROOT, 'src/abi/proto/graph_rule.proto'), 'utf8'));
});

test('protoc reads what is written', needs('protoc', 'protobuf-compiler'), () => {
  const bytes = writeGraphRule(document(example), checkFlow(document(example), library).nodes);
  const protoc = (mode: string, input: Uint8Array): Buffer => {
    const proto = join(ROOT, 'src/abi/proto');
    const run = spawnSync('protoc', [`--${mode}=fusewire.v1.GraphRule`, `-I${proto}`, 'graph_rule.proto'], { input });
    assert.equal(run.status, 0, String(run.stderr));
    return run.stdout;
  };
  const text = protoc('decode', bytes);
  assert.match(text.toString('utf8'), /node_type: "binary_combine"[^}]*inputs/s);
  const read = readGraphRule(protoc('encode', text));
  assert.ok('document' in read);
  assert.equal(canonical(read.document), canonical(document(example)));
});

test('what is no GraphRule, or does not list its nodes, is a finding', () => {
  const order = (node_order: string[]): Uint8Array => {
    const text = Buffer.from(writeGraphRule(RICH)).toString('latin1');
    return Buffer.from(
      text.replace(
        '\x22\x02in\x22\x03out',
        node_order.map(id => `\x22${String.fromCharCode(id.length)}${id}`).join(''),
      ),
      'latin1',
    );
  };
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.from([0xff, 0xff]), /not a GraphRule/],
    [Buffer.from('{"format":"fusewire.flow/1"}'), /not a GraphRule/],
    [order(['in']), /out/],
    [order(['in', 'out', 'more']), /more/],
    [order(['in', 'out', 'in']), /node_order/],
    [new Uint8Array(5_000_000), /limit/],
  ];
  for (const [bytes, expected] of cases) {
    const read = readGraphRule(bytes);
    assert.ok('diagnostics' in read);
    assert.match(JSON.stringify(read.diagnostics), expected);
  }
  assert.ok('document' in readGraphRule(order(['out', 'in'])));
});

test(`damaged GraphRules give findings or documents, never a crash (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  const seeds = [writeGraphRule(RICH), writeGraphRule(document(example))];
  for (let round = 0; round < 3_000; round += 1) {
    const bytes = Uint8Array.from(random.pick(seeds));
    for (let edits = random.int(4); edits >= 0; edits -= 1) bytes[random.int(bytes.length)] = random.int(256);
    const read = readGraphRule(random.chance(0.2) ? bytes.subarray(0, random.int(bytes.length)) : bytes);
    if ('document' in read) checkFlow(read.document, library);
    else assert.ok(read.diagnostics.length > 0);
  }
});
