import { join } from 'node:path';
import binaryen from 'binaryen';

/** A node that passes every message on: the least a node can do. */
export function passNode(): Uint8Array {
  const module = binaryen.parseText(`(module
    (import "fusewire:node/flow@1.0.0" "emit" (func $emit (param i32 i32 i32)))
    (memory (export "memory") 1 4)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "fusewire:node/node@1.0.0#handle") (param i32 i32 i32) (result i32)
      (call $emit (i32.const 0) (local.get 1) (local.get 2)) (i32.const 16)))`);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** bench/handwritten, compiled as the built-in nodes are. */
export async function handwrittenNode(): Promise<Uint8Array> {
  const asc = await import('assemblyscript/asc');
  const root = join(import.meta.dirname, '..');
  let wasm: Uint8Array | null = null;
  const options = [
    '--enable',
    'simd',
    '--runtime',
    'minimal',
    '--optimizeLevel',
    '3',
    '--converge',
    '--noAssert',
    '--use',
    'abort=',
    '--exportStart',
    '_initialize',
    '--initialMemory',
    '4',
    '--maximumMemory',
    '256',
  ];
  const { error, stderr } = await asc.main(
    [
      'bench/handwritten/index.ts',
      '--outFile',
      'out.wasm',
      '--transform',
      './nodes/transform.mjs',
      '--baseDir',
      root,
      ...options,
    ],
    {
      writeFile: (name: string, contents: unknown) => {
        if (name.endsWith('.wasm')) wasm = contents as Uint8Array;
      },
    },
  );
  if (error || !wasm) throw new Error(String(stderr));
  return wasm;
}
