// `npm test`: types, style, then all tests. FILTER=part of a path runs only those files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endHanging } from './end-hanging.mjs';
import { findTests } from './find-tests.mjs';
import { bundledNode, root } from './node.mjs';

const filter = process.env.FILTER ?? '';
const node = bundledNode();

/** Ends this process when it fails. @param begun is told the process id */
async function step(name, command, args, begun = () => {}) {
  process.stdout.write(`— ${name}\n`);
  const env = { ...process.env, PATH: `${join(node, '..')}:${process.env.PATH}` };
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env });
  begun(child.pid);
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    process.stderr.write(`${name} failed\n`);
    process.exit(code ?? 1);
  }
}

if (!filter) {
  await step('types', node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.check.json']);
  await step('types of the studio', 'npm', ['run', '--silent', 'check', '-w', 'web']);
  await step('style', join(root, 'node_modules/.bin/biome'), ['check', '.']);
}
const files = findTests('test').filter(file => file.includes(filter));
if (files.length === 0) {
  process.stderr.write(`no test file has "${filter}" in its path\n`);
  process.exit(2);
}
const run = [
  '--conditions=fusewire-source',
  '--disable-warning=ExperimentalWarning',
  '--test',
  '--test-concurrency=2',
  // Nothing takes so long but what hangs.
  '--test-timeout=300000',
  '--test-reporter=spec',
  ...files,
];
await step('tests', node, run, endHanging);
