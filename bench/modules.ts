import { join } from 'node:path';
import binaryen from 'binaryen';
import { compile } from '../nodes/compile.mjs';

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
  return compile(join(import.meta.dirname, '..'), 'bench/handwritten/index.ts');
}
