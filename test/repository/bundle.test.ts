import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Bundle, DEFAULT_FLOW_SETTINGS, packBundle, REPOSITORY_LIMITS, readBundle } from '#repository';
import { damage } from '../support/damage.ts';
import { seeded } from '../support/random.ts';

const SEED = Number(process.env['REPOSITORY_SEED'] ?? 41);
const bytes = new Uint8Array([0, 97, 115, 109]);
const hash = createHash('sha256').update(bytes).digest('hex');

const BUNDLE: Bundle = {
  flow: {
    id: 'boiler',
    name: 'Boiler',
    document: {
      format: 'fusewire.flow/1',
      name: 'boiler',
      nodes: [{ id: 'a', node_type: 'passer', wasm_hash: hash }],
      wires: [],
      layout: { a: [1, 2] },
    },
    settings: DEFAULT_FLOW_SETTINGS,
    tests: [{ name: 'hot', text: 'input: 1' }],
  },
  nodes: [{ hash, node_type: 'passer', version: '1.0.0', bytes }],
};

type Json = { flow: Record<string, unknown>; nodes: Record<string, unknown>[] } & Record<string, unknown>;

/** What is found when the bundle is changed so. */
function found(change: (json: Json) => void): [code: string, where: string][] {
  const json = JSON.parse(Buffer.from(packBundle(BUNDLE)).toString()) as Json;
  change(json);
  const read = readBundle(Buffer.from(JSON.stringify(json)));
  return 'diagnostics' in read ? read.diagnostics.map(({ code, where }) => [code, where]) : [];
}

test('a bundle comes back as it was, and the same bundle has the same bytes', () => {
  const packed = packBundle(BUNDLE);
  assert.deepEqual(readBundle(packed), { bundle: BUNDLE });
  assert.deepEqual(packBundle(structuredClone(BUNDLE)), packed);
});

test('everything that is wrong is found at once, with its place', () => {
  assert.deepEqual(
    found(json => {
      json.flow['document'] = { format: 'fusewire.flow/1', name: 'x', nodes: [{ id: '1' }], wires: [], more: 1 };
      json.nodes.push({ ...json.nodes[0], wasm_base64: 'AAAA' }, { ...json.nodes[0], wasm_base64: 'not base64' });
    }),
    [
      ['document-invalid', '$.flow.document.nodes[0].id'],
      ['document-invalid', '$.flow.document.nodes[0].node_type'],
      ['document-invalid', '$.flow.document.more'],
      ['document-invalid', '$.nodes[1].hash'],
      ['document-invalid', '$.nodes[2].wasm_base64'],
      ['document-invalid', '$.nodes[1].hash'],
      ['document-invalid', '$.nodes[2].hash'],
    ],
  );
  assert.deepEqual(
    found(json => {
      json['format'] = 'fusewire.bundle/2';
      json.flow['id'] = '../up';
      json.flow['settings'] = { overload: 'explode' };
      json['extra'] = 1;
    }).map(([, where]) => where),
    ['$.format', '$.flow.id', '$.flow.settings.overload', '$'],
  );
  assert.deepEqual(
    found(json =>
      Object.assign(json.flow, { tests: [{ name: 'a', text: 'x'.repeat(REPOSITORY_LIMITS.tests_bytes) }] }),
    ),
    [['limit-exceeded', '$.flow.tests']],
  );
  assert.deepEqual(
    found(json => (json.nodes = Array(REPOSITORY_LIMITS.bundle_nodes + 1).fill(json.nodes[0]))),
    [['limit-exceeded', '$.nodes']],
  );
});

test('what is deep, long or ambiguous is refused before it is looked into', () => {
  const codes = (text: string): string[] => {
    const read = readBundle(Buffer.from(text));
    return 'diagnostics' in read ? read.diagnostics.map(one => one.code) : [];
  };
  assert.deepEqual(codes('['.repeat(100_000)), ['document-too-deep']);
  assert.deepEqual(codes('{"format":1,"format":2}'), ['document-invalid']);
  assert.deepEqual(codes('{"__proto__":{}}'), ['document-invalid']);
  assert.deepEqual(codes(''), ['document-invalid']);
  const read = readBundle(new Uint8Array(REPOSITORY_LIMITS.bundle_bytes + 1));
  assert.deepEqual('diagnostics' in read && read.diagnostics.map(one => one.code), ['document-too-large']);
});

test(`no damage gives other nodes under their hashes, nor an exception (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const packed = packBundle(BUNDLE);
  for (let round = 0; round < 2_000; round += 1) {
    const read = readBundle(damage(packed, random));
    if ('bundle' in read)
      for (const node of read.bundle.nodes)
        assert.equal(createHash('sha256').update(node.bytes).digest('hex'), node.hash);
    else assert.ok(read.diagnostics.length > 0);
  }
});
