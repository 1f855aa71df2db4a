/** Builds the router: `router/*.ts` (AssemblyScript) → `router/dist/router.wasm`, unless nothing has changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;
const OPTIONS = [
  '--enable',
  'simd',
  '--runtime',
  'stub',
  '--optimizeLevel',
  '3',
  '--converge',
  '--noAssert',
  '--use',
  'abort=',
];

const sources = readdirSync(root).filter(name => /\.(ts|mjs)$/.test(name));
const stamp = createHash('sha256')
  .update(JSON.stringify(sources.sort().map(name => readFileSync(join(root, name), 'utf8'))))
  .digest('hex');
const output = join(root, 'dist/router.wasm');
const stampFile = join(root, 'dist/stamp');
if (!existsSync(output) || !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  // Takes a second to load: only when there is something to do.
  const compiler = await import('assemblyscript/asc');
  let wasm = null;
  const { error, stderr } = await compiler.main(
    ['index.ts', '--outFile', 'router.wasm', '--baseDir', root, ...OPTIONS],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) wasm = contents;
      },
    },
  );
  if (error || !wasm) {
    process.stderr.write(`${stderr}\n`);
    throw new Error(`the router does not compile: ${error?.message ?? 'no output'}`);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Written whole: a gateway that starts at the same time may read it.
  writeFileSync(`${output}.${process.pid}`, wasm);
  renameSync(`${output}.${process.pid}`, output);
  writeFileSync(stampFile, stamp);
  process.stderr.write(`router: ${wasm.length} bytes\n`);
}
