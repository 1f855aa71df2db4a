/**
 * Builds the hostile nodes of the fault lab: `test/lab/nodes/<type>/node.wat`, or `node.ts` (AssemblyScript), or what
 * generated.ts makes, with `manifest.json` inside → `.cache/lab-nodes/<type>.wasm`. What has not changed is not built again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, withManifest } from '../../nodes/compile.mjs';
import { GENERATED } from './generated.ts';

const root = join(import.meta.dirname, '../..');
const sources = join(import.meta.dirname, 'nodes');
const output = join(root, '.cache/lab-nodes');
const read = file => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const lib = readdirSync(join(root, 'nodes/lib')).map(name => join(root, 'nodes/lib', name));
const shared = [...lib, join(root, 'nodes/compile.mjs'), join(import.meta.dirname, 'build.mjs')].sort().map(read);

mkdirSync(output, { recursive: true });
for (const type of readdirSync(sources).sort()) {
  const dir = join(sources, type);
  const manifest = JSON.stringify(JSON.parse(read(join(dir, 'manifest.json'))));
  const texts = ['node.wat', 'node.ts'].map(name => read(join(dir, name)));
  if (GENERATED[type]) texts.push(read(join(import.meta.dirname, 'generated.ts')));
  const stamp = createHash('sha256')
    .update(JSON.stringify([manifest, ...texts, ...shared]))
    .digest('hex');
  const file = join(output, `${type}.wasm`);
  if (existsSync(file) && read(join(output, `${type}.stamp`)) === stamp) continue;
  const wasm = await build(type, texts[0]);
  // Written whole: a lab that runs at the same time may read it.
  writeFileSync(`${file}.${process.pid}`, withManifest(wasm, manifest));
  renameSync(`${file}.${process.pid}`, file);
  writeFileSync(join(output, `${type}.stamp`), stamp);
  process.stderr.write(`node ${type}: ${wasm.length} bytes\n`);
}

async function build(type, wat) {
  if (GENERATED[type]) return GENERATED[type]();
  if (wat) return assemble(type, wat);
  return compile(root, `test/lab/nodes/${type}/node.ts`);
}

async function assemble(type, text) {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    if (!module.validate()) throw new Error(`${type} is not valid`);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
