/** Nodes and flows that come and go as files: uploads, bundles, fused modules. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MANIFEST_SECTION } from '#abi';
import type { ApiProblem } from '#client';
import { withCustomSection } from '#wasm';
import { PASS, watNode } from '../support/nodes.ts';
import { fails, lineTo, Plant, SUM } from '../support/plant.ts';
import { update } from '../support/process.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-library-'));
let plant: Plant;
before(async () => {
  plant = await Plant.start(root);
});
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});
const call: typeof plant.client.call = (...args) => plant.client.call(...args);

const manifest = (version: string, node_type = 'mine'): string =>
  JSON.stringify({
    node_type,
    version,
    title: 'Mine',
    description: 'A node of a test.',
    category: 'test',
    inputs: [{ name: 'in', type: 'tag' }],
    outputs: [{ name: 'out', type: 'tag' }],
  });
const raw = watNode({ handle: PASS });
const mine = (version: string, node_type?: string): Uint8Array =>
  withCustomSection(raw, MANIFEST_SECTION, Buffer.from(manifest(version, node_type)));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a node with a manifest, a raw one with its manifest beside it, and what is refused', async () => {
  const looked = await call('uploadNode', { body: mine('1.0.0'), query: { dry_run: 'true' } });
  assert.deepEqual(
    [looked.added, looked.node.hash, looked.node.version, (looked.node.manifest as { title: string }).title],
    [false, sha256(mine('1.0.0')), '1.0.0', (JSON.parse(manifest('1.0.0')) as { title: string }).title],
  );
  assert.ok(looked.imports.length > 0 && looked.imports.every(one => one.startsWith('fusewire:')));
  const listed = async () => (await call('listNodes', { query: { type: 'mine', manifests: 'true' } })).items;
  assert.deepEqual(await listed(), [], 'it was looked at only');
  const first = await plant.upload(mine('1.0.0'));
  assert.deepEqual(
    (await listed()).map(one => one.manifest),
    [looked.node.manifest],
  );
  assert.deepEqual(
    [first.added, first.node.hash, first.node.node_type, first.node.origin, first.node.default],
    [true, sha256(mine('1.0.0')), 'mine', 'upload', true],
  );
  assert.equal((await plant.upload(mine('1.0.0'))).added, false);
  const other = withCustomSection(mine('1.0.0'), 'more', Buffer.from('x'));
  await assert.rejects(plant.upload(other), fails('node-version-taken'));
  for (const beside of [manifest('2.0.0'), new File([manifest('2.1.0')], 'manifest.json')]) {
    const form = new FormData();
    form.set('file', new File([raw as BufferSource], 'mine.wasm'));
    form.set('manifest', beside);
    const { node } = await call('uploadNode', { body: form });
    const file = await call('downloadNode', { params: { hash: node.hash } });
    assert.deepEqual([sha256(file), node.default], [node.hash, true], 'the newest is the default');
  }
  const codes = async (body: Uint8Array | FormData): Promise<string[]> => {
    const error = await call('uploadNode', { body }).then(
      () => assert.fail('it was taken'),
      (one: unknown) => one as ApiProblem,
    );
    return [error.code, ...error.diagnostics.map(one => one.code)];
  };
  assert.deepEqual((await codes(raw)).slice(0, 1), ['flow-refused']);
  assert.ok((await codes(Buffer.from('no wasm at all'))).length > 1);
  assert.ok((await codes(mine('3.0.0').subarray(0, 100))).length > 1);
  assert.ok((await codes(mine('not a version'))).length > 1);
  const imports = watNode({ handle: PASS, imports: '(import "env" "evil" (func $emit (param i32 i32 i32)))' });
  assert.ok((await codes(withCustomSection(imports, MANIFEST_SECTION, Buffer.from(manifest('3.0.0'))))).length > 1);
  const empty = new FormData();
  empty.set('manifest', manifest('3.0.0'));
  assert.deepEqual((await codes(empty))[0], 'request-invalid');
  const versions = (await call('listNodes', { query: { type: 'mine' } })).items.map(one => one.version);
  assert.deepEqual(versions, ['1.0.0', '2.0.0', '2.1.0'], 'nothing of what was refused is there');
});

test('deprecated nodes are no default; what a deployed flow pins stays, and the problem names the flow', async () => {
  const { hash } = (await plant.upload(mine('1.0.0', 'pinned'))).node;
  const newer = (await plant.upload(mine('1.1.0', 'pinned'))).node.hash;
  const params = { hash: newer };
  const deprecated = await call('deprecateNode', { params, body: { deprecated: true, note: 'it is slow' } });
  assert.deepEqual(
    [deprecated.deprecated, deprecated.deprecation_note, deprecated.default],
    [true, 'it is slow', false],
  );
  const document = lineTo('pinned.jsonl', { tags: ['pinned'], nodes: [{ id: 'p', node_type: 'pinned' }] });
  await plant.run('pins', document);
  assert.deepEqual((await call('getNode', { params: { hash } })).pinned_by, [
    { flow: 'pins', version: 1, deployed: true },
  ]);
  await assert.rejects(call('removeNode', { params: { hash } }), fails('in-use', /pins \(version 1\)/));
  await call('deprecateNode', { params, body: { deprecated: false } });
  assert.equal((await call('getNode', { params })).default, true);
  assert.equal((await plant.flow('pins')).draft_differs, true, 'the draft takes the newer one');
  const pages = async (): Promise<string[]> => {
    const hashes: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await call('listNodes', { query: { limit: 3, after } });
      hashes.push(...page.items.map(one => one.hash));
      if (page.next === null) return hashes;
      after = page.next;
    }
  };
  const before = await pages();
  assert.ok(before.includes(hash) && new Set(before).size === before.length);
  await plant.save('pins', lineTo('pinned.jsonl', { tags: ['pinned'] }));
  await plant.deploy('pins');
  await call('removeNode', { params: { hash } });
  await assert.rejects(call('getNode', { params: { hash } }), fails('not-found'));
  await assert.rejects(call('downloadNode', { params: { hash } }), fails('not-found'));
  await assert.rejects(call('deprecateNode', { params: { hash }, body: { deprecated: true } }), fails('not-found'));
  assert.ok((await call('listNodes', { query: { deprecated: 'true' } })).items.every(one => one.deprecated));
  await plant.act('stop', 'pins');
});

test('a node whose file is damaged is not given; uploaded again it is whole', async () => {
  const bytes = mine('1.0.0', 'damaged');
  const { hash } = (await plant.upload(bytes)).node;
  await plant.create('before-damage', lineTo('x.jsonl', { nodes: [{ id: 'd', node_type: 'damaged' }] }));
  await call('createVersion', { params: { flow: 'before-damage' } });
  await plant.save('before-damage', lineTo('y.jsonl', { nodes: [{ id: 'd', node_type: 'damaged' }] }));
  writeFileSync(plant.server.service.repository.blobs.path(hash), 'something else');
  await assert.rejects(call('downloadNode', { params: { hash } }), fails('blob-damaged'));
  await plant.create('on-damaged', lineTo('x.jsonl', { nodes: [{ id: 'd', node_type: 'damaged' }] }));
  const deployed = call('deployFlow', { params: { flow: 'on-damaged' } }).then(one => plant.ended(one));
  const problem = await deployed.then(
    one => one.error!.code,
    (error: ApiProblem) => error.code,
  );
  assert.ok(['blob-damaged', 'fusion-failed'].includes(problem), problem);
  assert.equal((await plant.flow('on-damaged')).state, 'stopped');
  assert.ok((await call('listFlows')).items.length > 0, 'flows are shown all the same');
  assert.equal((await plant.upload(bytes)).added, false);
  assert.equal(sha256(await call('downloadNode', { params: { hash } })), hash);
});

test('a bundle goes to another gateway with its nodes, tests and settings, and runs there the same', async t => {
  await plant.upload(mine('1.0.0', 'travels'));
  const nodes = [{ id: 't', node_type: 'travels' }, SUM];
  const document = lineTo('travels.jsonl', { name: 'travels', tags: ['travels'], nodes });
  await plant.create('travels', document);
  await call('saveDraft', {
    params: { flow: 'travels' },
    body: { document, tests: [{ name: 'one', text: 'input: []' }] },
    ifMatch: '*',
  });
  await call('changeFlow', { params: { flow: 'travels' }, body: { overload: 'drop' } });
  const params = { flow: 'travels' };
  const bundle = await call('exportFlow', { params });
  const other = await Plant.start(root);
  t.after(() => other.stop());
  const imported = await other.client.call('importFlow', { body: bundle });
  assert.deepEqual(
    [imported.flow.id, imported.flow.settings.overload, imported.nodes_added, imported.diagnostics],
    ['travels', 'drop', [sha256(mine('1.0.0', 'travels'))], []],
  );
  const [here, there] = [await call('createVersion', { params }), await other.client.call('createVersion', { params })];
  assert.deepEqual([there.hash, there.tests], [here.hash, here.tests]);
  await other.deploy('travels');
  await other.send([update('travels', 1), update('travels', 2)]);
  await until(() => other.lines('travels.jsonl').length === 2);
  assert.deepEqual(other.values('travels.jsonl'), [1, 3]);
  const again = await other.client.call('importFlow', { body: bundle });
  assert.deepEqual([again.flow.id, again.nodes_added], ['travels-2', []], 'an id that is taken gets a number');
  await assert.rejects(other.client.call('importFlow', { body: bundle, query: { id: 'travels' } }), fails('exists'));
  const into = await other.client.call('importFlow', { body: bundle, query: { flow: 'travels-2' } });
  assert.equal(into.flow.id, 'travels-2');
  await assert.rejects(
    other.client.call('importFlow', { body: bundle, query: { flow: 'nobody' } }),
    fails('not-found'),
  );
  const damaged = JSON.parse(Buffer.from(bundle).toString()) as { nodes: { hash: string }[] };
  damaged.nodes[0]!.hash = '0'.repeat(64);
  await assert.rejects(
    other.client.call('importFlow', { body: Buffer.from(JSON.stringify(damaged)) }),
    fails('flow-refused'),
  );
  await assert.rejects(other.client.call('importFlow', { body: Buffer.from('{}') }), fails('flow-refused'));
  await assert.rejects(call('exportFlow', { params, query: { version: 'deployed' } }), fails('not-found'));
});

test('a fused module gives its graph back', async () => {
  const params = { flow: 'fused' };
  await plant.run('fused', lineTo('fused.jsonl', { tags: ['fused'], nodes: [SUM] }));
  const wasm = await call('getArtifact', { params });
  const imported = await call('importFlow', {
    body: wasm,
    contentType: 'application/wasm',
    query: { id: 'from-wasm' },
  });
  assert.deepEqual([imported.flow.id, imported.nodes_added, imported.diagnostics], ['from-wasm', [], []]);
  const version = await call('createVersion', { params: { flow: 'from-wasm' } });
  const original = await call('getVersion', { params: { flow: 'fused', version: 1 } });
  assert.equal(version.hash, original.hash, 'it is fused to the same again');
  await plant.act('stop', 'fused');
  assert.deepEqual(await call('getArtifact', { params }), wasm, 'also of a flow that is stopped');
  const node = readFileSync(join(import.meta.dirname, '../../nodes/scale/dist/scale.wasm'));
  const body = new Uint8Array(node);
  await assert.rejects(call('importFlow', { body, contentType: 'application/wasm' }), fails('artifact-invalid'));
});
