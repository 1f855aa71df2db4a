/**
 * Builds every node: `nodes/<type>/index.ts` + `manifest.json` → `nodes/<type>/dist/<type>.wasm`, the manifest inside. A node
 * whose sources have not changed is not built again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, withManifest } from './compile.mjs';

const root = dirname(fileURLToPath(import.meta.url));

const types = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'lib' && existsSync(join(root, entry.name, 'index.ts')))
  .map(entry => entry.name)
  .sort();

const sharedFiles = [
  ...readdirSync(join(root, 'lib')).map(name => join(root, 'lib', name)),
  join(root, 'transform.mjs'),
  join(root, 'build.mjs'),
  join(root, 'compile.mjs'),
];
const shared = sharedFiles.sort().map(file => readFileSync(file, 'utf8'));

let built = 0;
for (const type of types) {
  const dir = join(root, type);
  const manifest = JSON.stringify(JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')));
  const sources = readdirSync(dir)
    .filter(name => name.endsWith('.ts'))
    .sort();
  const stamp = createHash('sha256')
    .update(JSON.stringify([...sources.map(name => readFileSync(join(dir, name), 'utf8')), manifest, ...shared]))
    .digest('hex');
  const stampFile = join(dir, 'dist', 'stamp');
  const output = join(dir, 'dist', `${type}.wasm`);
  if (existsSync(output) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) continue;
  mkdirSync(join(dir, 'dist'), { recursive: true });
  process.stderr.write(`node ${type} … `);
  const wasm = await compile(root, `${type}/index.ts`);
  writeFileSync(output, withManifest(wasm, manifest));
  writeFileSync(stampFile, stamp);
  built += 1;
  process.stderr.write(`${wasm.length} bytes\n`);
}
process.stderr.write(built === 0 ? `${types.length} nodes up to date\n` : `${built} of ${types.length} nodes built\n`);
