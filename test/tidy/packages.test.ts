/** package.json: versions that stand still, nothing that nobody uses, a door for every layer. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const described = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly imports: Record<string, Record<string, string>>;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
};

test('every package has one exact version', () => {
  const all = { ...described.dependencies, ...described.devDependencies, ...described.optionalDependencies };
  const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  assert.deepEqual(loose, []);
});

test('every package that is shipped is imported by the source, and no other', () => {
  const text = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => readFileSync(join(ROOT, 'src', path), 'utf8'))
    .join('\n');
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*'((?:@[\w-]+\/)?[a-z][\w-]*)(?:\/[\w./-]+)?'/g)].map(
    match => match[1]!,
  );
  assert.deepEqual([...new Set(imported)].sort(), Object.keys(described.dependencies).sort());
});

test('every door opens on a layer', () => {
  for (const [door, { 'fusewire-source': source, default: built }] of Object.entries(described.imports)) {
    const layer = door.slice(1);
    assert.deepEqual([source, built], [`./src/${layer}/index.ts`, `./dist/${layer}/index.js`]);
    assert.ok(existsSync(join(ROOT, `src/${layer}/index.ts`)), door);
  }
});

test('scripts start files that are there', () => {
  const missing = Object.values(described.scripts)
    .flatMap(script => script.match(/(?:scripts|bench)\/[\w-]+\.\w+/g) ?? [])
    .filter(path => !existsSync(join(ROOT, path)));
  assert.deepEqual(missing, []);
});
