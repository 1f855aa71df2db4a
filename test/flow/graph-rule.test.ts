import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { DOCUMENT_LIMITS } from '#abi';
import { canonicalFlow, checkFlow, type FlowDocument, parseFlow } from '#flow';
import { readGraphRule, writeGraphRule } from '../../src/flow/graph-rule.ts';
import { GRAPH_RULE_PROTO } from '../../src/flow/graph-rule-proto.ts';
import { builtIns } from '../support/flows.ts';
import { randomFlow } from '../support/generate.ts';
import { type Random, seeded } from '../support/random.ts';
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
function write(flow: FlowDocument): Uint8Array {
  const written = writeGraphRule(flow, checkFlow(flow, library).nodes);
  assert.ok('bytes' in written, JSON.stringify(written));
  return written.bytes;
}
const there = (flow: FlowDocument): FlowDocument => {
  const read = readGraphRule(write(flow));
  assert.ok('document' in read, JSON.stringify(read));
  return read.document;
};

const RICH: FlowDocument = {
  format: 'fusewire.flow/1',
  name: 'ünïcode "name"',
  description: '',
  tick_ms: 50,
  durable: true,
  limits: {
    fuel: 10_000_000_000,
    emits: 1,
    memory_bytes: 4_294_967_296,
    in_flight_bytes: 2_097_152,
    dead_letters: 7,
    dead_letters_per_second: 9,
  },
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

const TEXTS = ['', 'a', '10', '9', 'ünïcode', '\ufeff', '\u0000', '😀', '__x__', 'toString'];
function randomJson(random: Random, depth: number): unknown {
  const inner = (): unknown => randomJson(random, depth - 1);
  const length = random.int(4);
  return random.pick<() => unknown>([
    () => random.pick([null, true, false, 0, 1.5, -1e300, 5e-324, 2 ** 53, random.int(1000)]),
    () => random.pick(TEXTS),
    ...(depth === 0
      ? []
      : [
          () => Array.from({ length }, inner),
          () => Object.fromEntries(Array.from({ length }, () => [random.pick(TEXTS), inner()])),
        ]),
  ])();
}

test(`random documents go to GraphRule and back unchanged (FUZZ_SEED=${SEED})`, () => {
  for (let i = 0; i < 300; i += 1) {
    const random = seeded(SEED + i);
    const maybe = (part: Partial<FlowDocument>): Partial<FlowDocument> => (random.chance(0.5) ? part : {});
    const flow: FlowDocument = {
      ...randomFlow(random),
      ...maybe({ layout: randomJson(random, 6) }),
      ...maybe({ description: random.pick(TEXTS) }),
      ...maybe({
        limits: random.pick([{}, { fuel: 1 + random.int(1e9) }, { emits: 1, log_bytes: 1, egress_bytes: 7 }]),
      }),
      ...maybe({ durable: random.chance(0.5) }),
      ...maybe({ tick_ms: 1 + random.int(60_000) }),
    };
    const same = {
      ...flow,
      nodes: flow.nodes.map(({ props, ...node }) => ({ ...node, ...(isEmpty(props) ? {} : { props }) })),
    };
    assert.deepEqual(there(flow), document(JSON.stringify(same)), `seed ${SEED + i}`);
    assert.equal(canonical(there(flow)), canonical(flow));
  }
});
const isEmpty = (props: object | undefined): boolean => Object.keys(props ?? {}).length === 0;

test('the schema in the program is the one that is published', () => {
  assert.equal(GRAPH_RULE_PROTO, readFileSync(join(ROOT, 'src/abi/proto/graph_rule.proto'), 'utf8'));
});

test('protoc reads what is written', needs('protoc', 'protobuf-compiler'), () => {
  const bytes = write(document(example));
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
    const text = Buffer.from(write(RICH)).toString('latin1');
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

/** RICH, with `layout` (field 14) as these bytes of a Value. */
const withLayout = (value: string): Buffer =>
  Buffer.concat([
    write({ ...RICH, layout: undefined }),
    Buffer.from([0x72, value.length / 2]),
    Buffer.from(value, 'hex'),
  ]);

test('what JSON cannot say is a finding with its place, never another value', () => {
  const cases: [string, Uint8Array, string, RegExp][] = [
    ['NaN', withLayout('11000000000000f87f'), '$.layout', /NaN/],
    ['infinity in a list', withLayout('320d0a0911000000000000f07f0a00'), '$.layout[0]', /Infinity/],
    ['a value of no kind', withLayout(''), '$.layout', /no kind/],
    ['a value of no kind in a list', withLayout('32060a0220010a00'), '$.layout[1]', /no kind/],
    ['a field from the future', Buffer.concat([write(RICH), Buffer.from('a20603010203', 'hex')]), '$', /does not have/],
    ['one in a value', withLayout('2001' + 'a00601'), '$.layout', /does not have/],
    ['__proto__ as a key', withLayout('2a110a0f0a095f5f70726f746f5f5f12022001'), '$.layout', /__proto__/],
    ['text that is not UTF-8', Buffer.concat([write(RICH), Buffer.from('5202ffff', 'hex')]), '$', /not a GraphRule/],
  ];
  for (const [name, bytes, where, message] of cases) {
    const read = readGraphRule(bytes);
    assert.ok('diagnostics' in read, name);
    assert.equal(read.diagnostics[0]!.where, where, name);
    assert.match(read.diagnostics[0]!.message, message, name);
  }
  for (const [value, layout] of [
    ['0800', null],
    ['11000000000000f03f1a0161', 'a'],
    ['1a0161' + '2001' + '11000000000000f03f', 1],
  ] as const) {
    const read = readGraphRule(withLayout(value));
    assert.ok('document' in read && read.document.layout === layout, `${value}: the last kind wins`);
  }
});

test('documents as deep as may be go there and back; deeper bytes are a finding', () => {
  const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
    depth === 0 ? 1 : wrap(nested(depth - 1, wrap));
  for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner })]) {
    const deepest = { ...RICH, layout: nested(DOCUMENT_LIMITS.nesting - 1, wrap) };
    assert.ok('document' in parseFlow(JSON.stringify(deepest)));
    assert.deepEqual(there(deepest).layout, deepest.layout);
    const read = readGraphRule(write({ ...RICH, layout: nested(DOCUMENT_LIMITS.nesting, wrap) }));
    assert.ok('diagnostics' in read && read.diagnostics[0]!.code === 'document-too-deep');
  }
  let hostile: Uint8Array = Buffer.from('2001', 'hex');
  for (let depth = 0; depth < 2_000; depth += 1) {
    for (const key of [0x0a, 0x32]) hostile = protobuf.Writer.create().uint32(key).bytes(hostile).finish();
  }
  const read = readGraphRule(protobuf.Writer.create().uint32(0x72).bytes(hostile).finish());
  assert.ok('diagnostics' in read && /not a GraphRule/.test(read.diagnostics[0]!.message));
});

test('what nobody could read is not written', () => {
  const codes = (flow: FlowDocument): string[] => {
    const written = writeGraphRule(flow);
    return 'diagnostics' in written ? written.diagnostics.map(one => `${one.code} ${one.where}`) : [];
  };
  assert.deepEqual(codes({ ...RICH, nodes: [...RICH.nodes, RICH.nodes[0]!] }), ['duplicate-id $.nodes[2].id']);
  const long = { ...RICH, layout: Array(700_000).fill(1) };
  assert.ok('document' in parseFlow(JSON.stringify(long)), 'the same is short enough as JSON');
  assert.deepEqual(codes(long), ['document-too-large $']);
});

test('names that objects have by themselves are names like any other', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__', '__defineGetter__', 'valueOf'];
  const flow: FlowDocument = {
    ...RICH,
    nodes: names.map(id => ({ id, node_type: id, props: { valueOf: { constructor: [null] } } })),
    wires: [],
    layout: { toString: 1, '10': 2, '9': 3, '': 4 },
  };
  assert.deepEqual(there(flow), document(JSON.stringify(flow)));
});

test(`damaged GraphRules give findings or documents, never a crash (FUZZ_SEED=${SEED})`, () => {
  const random = seeded(SEED);
  const seeds = [write(RICH), write(document(example))];
  let sound = 0;
  for (let round = 0; round < 5_000; round += 1) {
    const bytes = Uint8Array.from(random.pick(seeds));
    for (let edits = random.int(4); edits >= 0; edits -= 1) bytes[random.int(bytes.length)] = random.int(256);
    const read = readGraphRule(random.chance(0.2) ? bytes.subarray(0, random.int(bytes.length)) : bytes);
    if ('document' in read) {
      checkFlow(read.document, library);
      const again = writeGraphRule(read.document);
      assert.ok('bytes' in again, JSON.stringify(again));
      assert.deepEqual(readGraphRule(again.bytes), read);
      sound += 1;
    } else assert.ok(read.diagnostics.length > 0);
  }
  assert.ok(sound > 100, `${sound} documents stayed sound`);
});
