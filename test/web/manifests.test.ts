/** Manifests in the studio: what they say in Chinese, what is filled in for a module without one, how nodes are found. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Manifest } from '#abi';
import { fieldsOf, formOf } from '../../web/src/lib/model/form.ts';
import { draftManifest, manifestOf } from '../../web/src/lib/model/manifest-draft.ts';
import { searchNodes } from '../../web/src/lib/model/node-search.ts';

const ROOT = join(import.meta.dirname, '../..');
const manifests = readdirSync(join(ROOT, 'nodes'), { withFileTypes: true })
  .filter(one => one.isDirectory() && one.name !== 'lib')
  .map(one => JSON.parse(readFileSync(join(ROOT, 'nodes', one.name, 'manifest.json'), 'utf8')) as Manifest);

test('the built-in nodes and their settings are said in Chinese, and nothing else is', () => {
  const texts = JSON.parse(readFileSync(join(ROOT, 'web/src/lib/i18n/zh-TW/manifests.json'), 'utf8')) as Record<
    string,
    string
  >;
  const said = new Set(
    manifests.flatMap(manifest => {
      const form = formOf(manifest);
      const item = (schema: unknown): string[] =>
        fieldsOf(form, schema as Record<string, unknown>, {}).flatMap(field => [
          field.label,
          field.hint,
          ...(field.kind === 'rows' ? item(field.item) : []),
        ]);
      return [manifest.title, manifest.description, ...item(form.root)];
    }),
  );
  said.delete('');
  assert.deepEqual(
    [...said].filter(text => !texts[text]),
    [],
  );
  // The library shows titles with their unit, forms without.
  const titles = JSON.stringify(manifests);
  assert.deepEqual(
    Object.keys(texts).filter(text => !said.has(text) && !titles.includes(JSON.stringify(text))),
    [],
  );
});

test('the category of every node that is built or given here has a name in both languages', () => {
  const lab = readdirSync(join(ROOT, 'test/lab/nodes'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('manifest.json'))
    .map(path => JSON.parse(readFileSync(join(ROOT, 'test/lab/nodes', path), 'utf8')) as Manifest);
  const categories = new Set([...manifests, ...lab].map(one => one.category));
  for (const language of ['en', 'zh-TW']) {
    const texts = JSON.parse(readFileSync(join(ROOT, `web/src/lib/i18n/${language}/palette.json`), 'utf8'));
    for (const category of [...categories, draftManifest('a.wasm').category, 'test'])
      assert.ok(texts[`category_${category}`], `${language}: ${category}`);
  }
});

test('the name of a file says what a module may be', () => {
  const { node_type, version, title } = draftManifest('My-Spike Gate-1.2.3.wasm');
  assert.deepEqual([node_type, version, title], ['my_spike_gate', '1.2.3', 'My spike gate']);
  assert.equal(draftManifest('42.wasm').node_type, 'node');
  assert.ok('manifest' in manifestOf(draftManifest('gate.wasm')));
});

test('what is wrong with a manifest is said of each part', () => {
  const draft = draftManifest('gate.wasm');
  const made = manifestOf({
    ...draft,
    node_type: 'Gate',
    version: '1.0',
    title: ' ',
    inputs: [{ name: 'In', type: 'tag' }],
    outputs: [
      { name: 'out', type: 'tag' },
      { name: 'out', type: 'any' },
    ],
    props: '{"type": "colour"}',
  });
  assert.deepEqual('problems' in made && made.problems, {
    node_type: 'name',
    version: 'version',
    title: 'empty',
    inputs: 'ports',
    outputs: 'twice',
    props: 'schema',
  });
  const broken = manifestOf({ ...draft, props: '{' });
  assert.deepEqual('problems' in broken && broken.problems, { props: 'json' });
  const whole = manifestOf({ ...draft, icon: 'gauge', props: '{"type": "object"}' });
  assert.ok('manifest' in whole);
  assert.deepEqual([whole.manifest.icon, whole.manifest.props], ['gauge', { type: 'object' }]);
});

test('nodes are found by all words, those that say it in their title first', () => {
  const texts = ({ title, category, description }: Manifest): string[][] => [[title], [category], [description]];
  const found = (wanted: string): string[] => searchNodes(manifests, wanted, texts).map(one => one.node_type);
  assert.equal(found('').length, manifests.length);
  assert.deepEqual(found('http'), ['http_sink']);
  assert.deepEqual(found('SINKS mqtt'), ['mqtt_sink']);
  assert.equal(found('window')[0], 'window');
  assert.ok(found('window').includes('agg'));
  assert.deepEqual(found('nothing like this'), []);
});
