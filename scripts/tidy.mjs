// `npm run tidy`: what keeps the house livable, and nothing else: style and function length, layers, sizes, names, links, tables.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findTests } from './find-tests.mjs';
import { bundledNode, root } from './node.mjs';

const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
const style = run(join(root, 'node_modules/.bin/biome'), ['check', '.']);
const rules = run(bundledNode(), [
  '--conditions=fusewire-source',
  '--test',
  '--test-reporter=spec',
  ...findTests('test/tidy'),
]);
process.exit(style || rules);
