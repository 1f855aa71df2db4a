// Makes a checkout ready: packages as locked, TypeScript compiled, nodes built. Runs under the system's Node (18 or newer) and
// does only what is not up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledNode, root } from './node.mjs';

// To stderr: what follows may print JSON.
const say = text => process.stderr.write(`fusewire: ${text}\n`);
const stampOf = files =>
  createHash('sha256')
    .update(JSON.stringify(files.map(file => [file, readFileSync(join(root, file), 'utf8')])))
    .digest('hex');

function run(command, args, env = process.env) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 'inherit'], env });
  if (result.status !== 0) {
    process.stderr.write(`fusewire: "${command} ${args.join(' ')}" failed\n`);
    process.exit(result.status ?? 1);
  }
}

/** Runs `work` unless the stamp file says that these sources were done before. */
function once(name, files, outputs, work) {
  const stampFile = join(root, '.cache', `${name}.stamp`);
  const stamp = stampOf(files);
  if (
    outputs.every(file => existsSync(join(root, file))) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === stamp
  )
    return;
  work();
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile, stamp);
}

function sources(dir) {
  return readdirSync(join(root, dir)).flatMap(name => {
    const path = `${dir}/${name}`;
    return statSync(join(root, path)).isDirectory() ? sources(path) : [path];
  });
}

once('packages', ['package.json', 'package-lock.json', 'web/package.json'], ['node_modules/.package-lock.json'], () => {
  say('installing packages (once, about a minute)');
  // Not `npm ci`: it insists on lock entries for every platform's optional binary, which not every registry has.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
});
once('build', [...sources('src'), 'tsconfig.json', 'scripts/bundle.mjs'], ['dist/app/main.js'], () => {
  say('compiling');
  run(bundledNode(), [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
  run(bundledNode(), [join(root, 'scripts/bundle.mjs')]);
});
const STUDIO = [
  ...sources('web/src'),
  ...sources('web/public'),
  'web/index.html',
  'web/vite.config.ts',
  'scripts/studio.mjs',
  'package-lock.json',
];
// The rules of flows and the engine that replays are the gateway's own.
once('studio', [...STUDIO, ...sources('src')], ['web/dist/index.html'], () => {
  say('building the studio');
  run(bundledNode(), [join(root, 'scripts/studio.mjs')]);
});
say('building nodes');
run(bundledNode(), [join(root, 'nodes/build.mjs')]);
run(bundledNode(), [join(root, 'router/build.mjs')]);
