/** A new version of a node: what differs, which flows it concerns, what it would break. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Manifest } from '#abi';
import type { Catalog, FlowDocument } from '#flow';
import { compareVersions, diffManifests } from '../../web/src/lib/model/manifest-diff.ts';
import { newErrors } from '../../web/src/lib/model/new-errors.ts';
import { updatePins, usesOf } from '../../web/src/lib/model/pins.ts';

const manifest = (version: string, more: Partial<Manifest> = {}): Manifest => ({
  node_type: 'gate',
  version,
  title: 'Gate',
  description: '',
  category: 'custom',
  inputs: [],
  outputs: [{ name: 'out', type: 'tag' }],
  source: 'tag',
  ...more,
});
const [OLD, NEW] = ['a'.repeat(64), 'b'.repeat(64)];
const document = (nodes: FlowDocument['nodes']): FlowDocument => ({
  format: 'fusewire.flow/1',
  name: 'f',
  nodes,
  wires: [],
});

test('ports and props that differ are listed, and which of it may break flows', () => {
  const old = manifest('1.0.0', {
    inputs: [
      { name: 'in', type: 'tag' },
      { name: 'more', type: 'any' },
    ],
    props: {
      required: ['a'],
      properties: {
        a: { type: 'number', title: 'A' },
        gone: { type: 'string' },
        b: { enum: ['x', 'y'], default: 'x' },
      },
    },
  });
  const next = manifest('2.0.0', {
    inputs: [{ name: 'in', type: 'any' }],
    outputs: [{ name: 'out', type: 'message' }],
    props: {
      required: ['a', 'c'],
      properties: {
        a: { type: 'number', title: 'Another text for the same' },
        b: { enum: ['x', 'y'], default: 'y' },
        c: { type: 'integer', minimum: 1, maximum: 9 },
      },
    },
  });
  assert.deepEqual(
    diffManifests(old, next).map(({ part, name, how, breaks }) => `${part} ${name} ${how}${breaks ? ' !' : ''}`),
    [
      'input in changed',
      'input more removed !',
      'output out changed !',
      'prop gone removed !',
      'prop b changed',
      'prop c added !',
    ],
  );
  assert.equal(diffManifests(old, next).at(-1)?.new, 'integer · 1 … 9 *');
  assert.deepEqual(diffManifests(old, old), []);
});

test('drafts that pin another version can be updated, those that take the newest are only told of', () => {
  const drafts = [
    { flow: 'a', name: 'A', document: document([{ id: 'x', node_type: 'gate', wasm_hash: OLD }]) },
    { flow: 'b', name: 'B', document: document([{ id: 'y', node_type: 'gate' }]) },
    { flow: 'c', name: 'C', document: document([{ id: 'z', node_type: 'other', wasm_hash: OLD }]) },
    { flow: 'd', name: 'D', document: document([{ id: 'w', node_type: 'gate', wasm_hash: NEW }]) },
  ];
  assert.deepEqual(usesOf(drafts, 'gate', NEW), [
    { flow: 'a', name: 'A', newest: [], pinned: [{ id: 'x', hash: OLD }] },
    { flow: 'b', name: 'B', newest: ['y'], pinned: [] },
  ]);
  assert.equal(updatePins(drafts[0]!.document, 'gate', NEW).nodes[0]!.wasm_hash, NEW);
  assert.equal(updatePins(drafts[2]!.document, 'gate', NEW), drafts[2]!.document);
});

test('what an update would break is known before it is made', () => {
  const before = { hash: OLD, manifest: manifest('1.0.0') };
  const after = { hash: NEW, manifest: manifest('2.0.0', { props: { required: ['a'], properties: {} } }) };
  const catalog: Catalog = {
    byType: type => (type === 'gate' ? before : null),
    byHash: hash => (hash === OLD ? before : null),
    types: ['gate'],
  };
  const pinned = document([{ id: 'x', node_type: 'gate', wasm_hash: OLD }]);
  assert.deepEqual(
    newErrors(pinned, catalog, after).map(one => one.code),
    ['invalid-props'],
  );
  assert.deepEqual(newErrors(pinned, catalog, { ...after, manifest: manifest('1.1.0') }), []);
  // What was wrong already is not the new version's fault.
  const broken = document([
    { id: 'x', node_type: 'gate', wasm_hash: OLD },
    { id: 'x', node_type: 'nothing' },
  ]);
  assert.deepEqual(newErrors(broken, catalog, { ...after, manifest: manifest('1.1.0') }), []);
});

test('versions sort as semantic versions do', () => {
  const versions = ['1.10.0', '1.2.0', '2.0.0-rc.1', '2.0.0', '2.0.0-rc.10', '0.9.9+build'];
  assert.deepEqual(versions.sort(compareVersions), [
    '0.9.9+build',
    '1.2.0',
    '1.10.0',
    '2.0.0-rc.1',
    '2.0.0-rc.10',
    '2.0.0',
  ]);
});
