/**
 * Builds every node: `nodes/<type>/index.ts` + `manifest.json` → `nodes/<type>/dist/<type>.wasm`, the manifest inside. A node
 * whose sources have not changed is not built again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const OPTIONS = [
  '--enable',
  'simd',
  '--runtime',
  'minimal',
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '0',
  '--converge',
  '--noAssert',
  '--use',
  'abort=',
  '--exportStart',
  '_initialize',
  '--initialMemory',
  '2',
  '--maximumMemory',
  '256',
];

const types = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'lib' && existsSync(join(root, entry.name, 'index.ts')))
  .map(entry => entry.name)
  .sort();

const sharedFiles = [
  ...readdirSync(join(root, 'lib')).map(name => join(root, 'lib', name)),
  join(root, 'transform.mjs'),
  join(root, 'build.mjs'),
];
const shared = sharedFiles.sort().map(file => readFileSync(file, 'utf8'));

let asc;
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
  asc ??= await import('assemblyscript/asc');
  mkdirSync(join(dir, 'dist'), { recursive: true });
  process.stdout.write(`node ${type} … `);
  const wasm = await compile(asc, `${type}/index.ts`);
  writeFileSync(output, withManifest(wasm, manifest));
  writeFileSync(stampFile, stamp);
  built += 1;
  process.stdout.write(`${wasm.length} bytes\n`);
}
process.stdout.write(built === 0 ? `${types.length} nodes up to date\n` : `${built} of ${types.length} nodes built\n`);

async function compile(compiler, entry) {
  let wasm = null;
  const { error, stderr } = await compiler.main(
    [entry, '--outFile', 'out.wasm', '--transform', './transform.mjs', '--baseDir', root, ...OPTIONS],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) wasm = contents;
      },
    },
  );
  if (error || !wasm) {
    process.stderr.write(`${stderr}\n`);
    throw new Error(`${entry} does not compile: ${error?.message ?? 'no output'}`);
  }
  return wasm;
}

/** Appends the custom section `fusewire.manifest`. */
function withManifest(wasm, manifest) {
  const name = Buffer.from('fusewire.manifest');
  const body = Buffer.concat([leb(name.length), name, Buffer.from(manifest)]);
  return Buffer.concat([wasm, Buffer.from([0]), leb(body.length), body]);
}

function leb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}
