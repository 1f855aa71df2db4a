/** From AssemblyScript to a node: the compiler with the project's options, and the manifest put in. */
import { join, relative } from 'node:path';

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

/** @param root folder that `entry` is relative to; what it imports must lie in it. */
export async function compile(root, entry) {
  // Takes a second to load: only when there is something to do.
  const compiler = await import('assemblyscript/asc');
  let wasm = null;
  const transform = `./${relative(root, join(import.meta.dirname, 'transform.mjs'))}`;
  const { error, stderr } = await compiler.main(
    [entry, '--outFile', 'out.wasm', '--transform', transform, '--baseDir', root, ...OPTIONS],
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
export function withManifest(wasm, manifest) {
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
