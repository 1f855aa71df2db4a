import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const LINES_MAX = 300;
/** From the bottom up; a layer may import only what stands before it. */
const LAYERS = [
  'diagnostic',
  'abi',
  'wasm',
  'engine',
  'flow',
  'library',
  'fusion',
  'storage',
  'runtime',
  'connectors',
  'driver',
  'api',
  'ingest',
  'gateway',
  'config',
  'repository',
  'access',
  'service',
  'server',
  'client',
  'lab',
  'cli',
];
/** Side by side: neither knows the other. */
const STRANGERS: Record<string, string[]> = {
  flow: ['engine'],
  library: ['engine'],
  runtime: ['fusion', 'library', 'flow'],
  connectors: ['engine', 'runtime', 'fusion'],
  ingest: ['wasm', 'engine', 'flow', 'library', 'fusion', 'storage', 'runtime', 'driver'],
  fusion: ['library', 'engine'],
  storage: ['wasm', 'engine', 'flow', 'library', 'fusion'],
  repository: ['wasm', 'engine', 'fusion'],
  config: ['flow', 'engine', 'fusion', 'storage', 'runtime', 'gateway'],
  access: ['flow', 'engine', 'fusion', 'storage', 'runtime', 'gateway', 'config'],
};
/** Names that say nothing, of files and of what is declared in them. */
const BANNED_NAMES = /(^|[-_/])(utils?|helpers?|manager|misc|common)([-_.]|$)/i;
const BANNED_DECLARATIONS =
  /\b(?:class|interface|type|enum|namespace|function|const|let)\s+(\w*(?:[Mm]anager|[Hh]elpers?|[Uu]tils?|[Mm]isc)(?![a-z])\w*)/g;
/** Places of one machine, which mean nothing on another. */
const MACHINE_PATHS = /(?<![\w.$)}*])\/(?:home|Users|root|work)\/[\w.]+/g;

const files = (dir: string): string[] =>
  readdirSync(join(ROOT, dir)).flatMap(name => {
    const path = `${dir}/${name}`;
    if (name === 'node_modules' || name === 'dist' || name === 'cases') return [];
    return statSync(join(ROOT, path)).isDirectory() ? files(path) : [path];
  });
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const code = ['src', 'test', 'bench', 'scripts', 'nodes', 'router', 'web/src']
  .flatMap(files)
  .filter(path => /\.(ts|mjs|c|svelte|css)$/.test(path) && path !== 'web/src/lib/api/schema.d.ts');
const imports = (text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(match => match[1]!);

test('layers: arrows point down, through doors only', () => {
  const wrong: string[] = [];
  for (const path of files('src').filter(one => one.endsWith('.ts'))) {
    const layer = path.split('/')[1]!;
    assert.ok(LAYERS.includes(layer), `${path} is in no layer`);
    for (const target of imports(read(path))) {
      if (target.startsWith('#')) {
        const other = target.slice(1);
        if (LAYERS.indexOf(other) >= LAYERS.indexOf(layer)) wrong.push(`${path} imports upwards: ${target}`);
        if (STRANGERS[layer]?.includes(other)) wrong.push(`${path} must not know ${target}`);
      } else if (target.startsWith('.') && relative(`src/${layer}`, join(dirname(path), target)).startsWith('..')) {
        wrong.push(`${path} leaves its layer by a path: ${target}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('browser-safe and pure layers import nothing of Node', () => {
  const wrong = ['diagnostic', 'abi', 'wasm', 'engine', 'flow', 'fusion', 'api', 'client']
    .flatMap(layer => files(`src/${layer}`))
    .filter(path => path.endsWith('.ts') && imports(read(path)).some(target => target.startsWith('node:')));
  assert.deepEqual(wrong, []);
});

test('what runs in browsers does without the Buffer of Node', () => {
  const wrong = ['diagnostic', 'abi', 'wasm', 'engine', 'flow', 'api', 'client']
    .flatMap(layer => files(`src/${layer}`))
    .filter(path => path.endsWith('.ts') && /\bBuffer\b/.test(read(path)));
  assert.deepEqual(wrong, []);
});

test('every source file is reached from a door, a worker or the command line', () => {
  const reached = new Set<string>();
  const queue = [
    ...LAYERS.map(layer => `src/${layer}/index.ts`),
    'src/cli/main.ts',
    'src/runtime/worker.ts',
    'src/gateway/fuse-process.ts',
    'src/gateway/try-process.ts',
    'src/lab/gateway-process.ts',
    'src/lab/state-thread.ts',
  ].filter(path => existsSync(join(ROOT, path)));
  for (let path = queue.pop(); path; path = queue.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const target of imports(read(path))) if (target.startsWith('.')) queue.push(join(dirname(path), target));
  }
  assert.deepEqual(
    files('src').filter(path => path.endsWith('.ts') && !reached.has(path)),
    [],
  );
});

test(`no file over ${LINES_MAX} lines, no name that says nothing, no empty catch, nothing left for later`, () => {
  const wrong: string[] = [];
  const later = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
  for (const path of code) {
    const text = read(path);
    if (text.split('\n').length > LINES_MAX + 1) wrong.push(`${path}: too long`);
    if (BANNED_NAMES.test(path)) wrong.push(`${path}: name`);
    if (/catch\s*(\([^)]*\))?\s*\{\s*\}/.test(text)) wrong.push(`${path}: empty catch`);
    if (later.test(text)) wrong.push(`${path}: left for later`);
    for (const [, name] of text.matchAll(BANNED_DECLARATIONS)) wrong.push(`${path}: the name ${name} says nothing`);
  }
  assert.deepEqual(wrong, []);
});

test('no path of one machine stands in code or documents', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'package.json', ...files('docs')];
  const found = [...code, ...documents].flatMap(path =>
    [...read(path).matchAll(MACHINE_PATHS)].map(match => `${path}: ${match[0]}`),
  );
  assert.deepEqual(found, []);
});

test('documents that code speaks of are there', () => {
  const found = [...code, 'bin/fusewire'].flatMap(path =>
    [...read(path).matchAll(/\bdocs\/[\w/.-]+\.md\b/g)]
      .filter(([target]) => !existsSync(join(ROOT, target)))
      .map(([target]) => `${path}: ${target}`),
  );
  assert.deepEqual(found, []);
});

test('links in the documents lead to files', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', ...files('docs').filter(path => path.endsWith('.md'))];
  const broken = documents.flatMap(path =>
    [...read(path).matchAll(/\]\(([^)#:]+)\)/g)]
      .map(match => match[1]!)
      .filter(target => !existsSync(join(ROOT, dirname(path), target)))
      .map(target => `${path}: ${target}`),
  );
  assert.deepEqual(broken, []);
});
