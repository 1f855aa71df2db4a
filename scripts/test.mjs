// `npm test`: types, style, then all tests. FILTER=part of a path runs only those files.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findTests } from './find-tests.mjs';
import { bundledNode, root } from './node.mjs';

const filter = process.env.FILTER ?? '';
const node = bundledNode();

function step(name, command, args) {
  process.stdout.write(`— ${name}\n`);
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH}` },
  });
  if (result.status !== 0) {
    process.stderr.write(`${name} failed\n`);
    process.exit(result.status ?? 1);
  }
}

if (!filter) {
  step('types', node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json']);
  step('style', join(root, 'node_modules/.bin/biome'), ['check', '.']);
}
const files = findTests('test').filter(file => file.includes(filter));
if (files.length === 0) {
  process.stderr.write(`no test file has "${filter}" in its path\n`);
  process.exit(2);
}
step('tests', node, [
  '--conditions=fusewire-source',
  '--disable-warning=ExperimentalWarning',
  '--import=./scripts/end-hanging-tests.mjs',
  '--test',
  '--test-concurrency=2',
  // Nothing takes so long but what hangs.
  '--test-timeout=300000',
  '--test-reporter=spec',
  ...files,
]);
