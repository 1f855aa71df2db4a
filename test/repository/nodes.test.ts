import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { checkFlow } from '#flow';
import { type NodeRow, openRepository, REPOSITORY_LIMITS } from '#repository';
import { seeded } from '../support/random.ts';
import { folder } from './store.ts';
import { addFlow, addNode, manifest, pinned, versionOf } from './things.ts';

const SEED = Number(process.env['REPOSITORY_SEED'] ?? 7);

test('a version is immutable: the same bytes again are the same node, others are refused', () => {
  const store = openRepository(folder(), { clock: () => 1_000 });
  const first = addNode(store, 'passer', '1.0.0');
  assert.deepEqual(addNode(store, 'passer', '1.0.0'), first);
  assert.deepEqual(store.nodes.get(first.hash), first);
  assert.equal(first.added_at, 1_000);
  assert.throws(() => addNode(store, 'passer', '1.0.0', 'other'), { code: 'node-version-taken' });
  assert.equal(store.blobs.list().length, 1, 'what is refused leaves no blob');
  store.close();
});

test('another build of a built-in takes its version; flows keep the former by its hash', () => {
  const store = openRepository(folder());
  const builtIn = (content: string): NodeRow =>
    store.nodes.add({
      bytes: Buffer.from(content),
      manifest: manifest('filter', '1.0.0'),
      origin: 'built-in',
      by: 'gateway',
    });
  const old = builtIn('old build');
  const fresh = builtIn('new build');
  assert.equal(store.nodes.defaultOf('filter')?.hash, fresh.hash);
  const former = store.nodes.get(old.hash)!;
  assert.ok(former.deprecated);
  assert.equal(former.version, `1.0.0+${old.hash.slice(0, 12)}`);
  assert.throws(() => addNode(store, 'filter', '1.0.0'), { code: 'node-version-taken' });
  store.close();
});

test('versions are in semver order; the default is the newest that is neither deprecated nor a pre-release', () => {
  const store = openRepository(folder());
  const ordered = ['2.0.0-rc.1', '1.10.0', '1.9.0', '1.9.0-beta.11', '1.9.0-beta.2', '0.1.0'];
  for (const version of ordered.toSorted()) addNode(store, 'passer', version);
  assert.deepEqual(
    store.nodes.versionsOf('passer').map(row => row.version),
    ordered,
  );
  const catalog = store.nodes.catalog();
  const newest = store.nodes.defaultOf('passer')!;
  assert.equal(newest.version, '1.10.0');
  assert.equal(store.nodes.deprecate(newest.hash, 'loses ticks').note, 'loses ticks');
  assert.equal(catalog.byType('passer')?.manifest.version, '1.9.0');
  assert.ok(!store.nodes.undeprecate(newest.hash).deprecated);
  assert.equal(catalog.byType('passer')?.hash, newest.hash);
  assert.throws(() => store.nodes.deprecate('0'.repeat(64), ''), { code: 'not-found' });
  assert.throws(() => store.nodes.deprecate(newest.hash, 'x'.repeat(REPOSITORY_LIMITS.text_bytes + 1)), {
    code: 'too-large',
  });
  store.close();
});

test('the checks take the library as their catalog, and it gives the bytes that were added', () => {
  const store = openRepository(folder());
  const catalog = store.nodes.catalog();
  assert.deepEqual(catalog.types, []);
  const node = addNode(store, 'passer');
  assert.deepEqual(catalog.types, ['passer']);
  const codes = checkFlow(pinned(node, { ...node, hash: 'f'.repeat(64) }), catalog).diagnostics.map(one => one.code);
  assert.deepEqual(codes.slice(0, 1), ['hash-not-found']);
  for (let i = 0; i < 2; i += 1) assert.equal(Buffer.from(catalog.bytes(node.hash)).toString(), 'passer 1.0.0');
  rmSync(catalog.file(node.hash));
  assert.throws(() => catalog.bytes(node.hash), { code: 'blob-damaged' });
  assert.throws(() => catalog.bytes('0'.repeat(64)), { code: 'not-found' });
  store.close();
});

test('modules that were read long ago are read again: memory is bounded', () => {
  const store = openRepository(folder());
  const catalog = store.nodes.catalog();
  const bytes = (fill: number): Uint8Array => new Uint8Array(7 * 1024 * 1024).fill(fill);
  const nodes = [1, 2, 3].map(fill =>
    store.nodes.add({ bytes: bytes(fill), manifest: manifest('big', `${fill}.0.0`), origin: 'upload', by: 'ada' }),
  );
  const [first, , last] = nodes.map(node => catalog.bytes(node.hash));
  assert.equal(catalog.bytes(nodes[2]!.hash), last);
  assert.notEqual(catalog.bytes(nodes[0]!.hash), first);
  store.close();
});

test('a node stays while a deployed version pins it, and the refusal names the flows', () => {
  const store = openRepository(folder());
  const [kept, other] = [addNode(store, 'passer'), addNode(store, 'other')];
  for (const id of ['boiler', 'pump']) {
    addFlow(store, id);
    store.flows.cutVersion(id, versionOf(pinned(kept, kept, other)));
    store.flows.cutVersion(id, versionOf(pinned(other)));
  }
  const deployed = (): boolean[] => store.nodes.pinnedBy(kept.hash).map(pin => pin.deployed);
  assert.deepEqual(deployed(), [false, false]);
  const job = store.deploys.create({ flow: 'pump', version: 1, kind: 'deploy', by: 'ada' });
  assert.deepEqual(deployed(), [false, true], 'a version that is being deployed counts');
  assert.throws(() => store.nodes.remove(kept.hash), { code: 'in-use', message: /pump \(version 1\)/ });
  store.deploys.start(job.id);
  store.deploys.commit(job.id, 'pump', 1, 'running', null);
  assert.deepEqual(store.nodes.pinnedBy(kept.hash), [
    { flow: 'boiler', version: 1, deployed: false },
    { flow: 'pump', version: 1, deployed: true },
  ]);
  assert.throws(() => store.nodes.remove(kept.hash), { code: 'in-use' });
  const next = store.deploys.create({ flow: 'pump', version: 2, kind: 'deploy', by: 'ada' });
  store.deploys.start(next.id);
  store.deploys.commit(next.id, 'pump', 2, 'running', null);
  store.nodes.remove(kept.hash);
  assert.equal(store.nodes.get(kept.hash), null);
  assert.ok(!store.blobs.has(kept.hash));
  assert.throws(() => store.nodes.remove(kept.hash), { code: 'not-found' });
  assert.equal(store.flows.version('boiler', 1)?.document.nodes.length, 3, 'the version is what it was');
  store.close();
});

test('what a transaction takes back keeps its blob', () => {
  const store = openRepository(folder());
  const { hash } = addNode(store, 'passer');
  const broken = (): void =>
    store.transaction(() => {
      store.nodes.remove(hash);
      throw new Error('no');
    });
  assert.throws(broken, { message: 'no' });
  assert.ok(store.blobs.has(hash));
  store.transaction(() => {
    store.nodes.remove(hash);
    addNode(store, 'passer');
  });
  assert.ok(store.blobs.has(hash), 'removed and added again in one');
  store.close();
});

test(`pages hold every node once, whatever their size and the filter (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const store = openRepository(folder());
  const all = Array.from({ length: 60 }, (_, index) => addNode(store, random.pick(['a', 'b', 'c']), `${index}.0.0`));
  for (const node of all) if (random.chance(0.3)) store.nodes.deprecate(node.hash, '');
  for (let round = 0; round < 30; round += 1) {
    const type = random.chance(0.5) ? random.pick(['a', 'b']) : undefined;
    const deprecated = random.chance(0.5) ? random.chance(0.5) : undefined;
    const found: NodeRow[] = [];
    for (let after: string | undefined; ; ) {
      const { items, next } = store.nodes.list({ type, deprecated, limit: 1 + random.int(20), after });
      found.push(...items);
      if (next === null) break;
      after = next;
    }
    const expected = all
      .map(node => store.nodes.get(node.hash)!)
      .filter(
        node => (type ?? node.node_type) === node.node_type && (deprecated ?? node.deprecated) === node.deprecated,
      );
    assert.deepEqual(found.map(node => node.hash).sort(), expected.map(node => node.hash).sort());
  }
  for (const after of ['', 'a', '@1', "a@1' OR 1", '\u0000'])
    assert.throws(() => store.nodes.list({ after }), { code: 'cursor-invalid' });
  store.close();
});
