/** What imports each other can only be understood at once: what both need belongs in a file beneath them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

const files = ['src', 'web/src'].flatMap(folder =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => /\.(ts|svelte)$/.test(path))
    .map(path => `${folder}/${path}`),
);

/** The file that is meant; null: one that is not ours. */
function fileOf(from: string, target: string): string | null {
  const path = target.startsWith('.')
    ? relative(ROOT, join(ROOT, dirname(from), target))
    : target.startsWith('$lib/')
      ? `web/src/lib/${target.slice('$lib/'.length)}`
      : `src/${target.slice(1)}/index.ts`;
  return existsSync(join(ROOT, path)) ? path : null;
}

/** What is a circle by its nature, and why. */
const ROUND = new Set([
  // Names every page, and pages lead to one another.
  'web/src/lib/router.ts',
  // A field of a form may be a form again.
  'web/src/features/inspector/fields/FieldList.svelte',
]);

/** Files by what they import, of values and of types alike. */
const imports = new Map(
  files.map(file => {
    if (ROUND.has(file)) return [file, []];
    const targets = [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map(match => match[1]!);
    return [file, targets.flatMap(target => fileOf(file, target) ?? [])];
  }),
);

/** @returns a way from file to file that leads back to where it begins, for each place where one does */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const follow = (file: string): void => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) return;
    way.push(file);
    for (const target of graph.get(file) ?? []) follow(target);
    way.pop();
    done.add(file);
  };
  for (const file of graph.keys()) follow(file);
  return found;
}

test('a circle is found, however long', () => {
  const graph = { a: ['b', 'd'], b: ['c'], c: ['a'], d: ['d'], e: ['a', 'c'] };
  assert.deepEqual(circles(new Map(Object.entries(graph))), [
    ['a', 'b', 'c', 'a'],
    ['d', 'd'],
  ]);
});

test('no files import each other in a circle, be it types only', () => {
  assert.deepEqual(
    circles(imports).map(way => way.join(' → ')),
    [],
  );
});
