import binaryen from 'binaryen';
import type { FlowInput } from '#fusion';

/** A node in WebAssembly text: `parts` go beside memory, realloc and imports, `handle` is the body of handle. */
export function watNode(options: {
  handle?: string;
  parts?: string;
  imports?: string;
  realloc?: string;
  memory?: string;
}): Uint8Array {
  const text = `(module
    ${options.imports ?? '(import "fusewire:node/flow@1.0.0" "emit" (func $emit (param i32 i32 i32)))'}
    ${options.memory ?? '(memory (export "memory") 1 4)'}
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) ${options.realloc ?? '(i32.const 1024)'})
    ${options.handle === undefined ? '' : `(func $handle (export "fusewire:node/node@1.0.0#handle") (param $port i32) (param $ptr i32) (param $len i32) (result i32) ${options.handle} (i32.const 16))`}
    ${options.parts ?? ''})`;
  return assembleWat(text);
}

export function assembleWat(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** in (passes on) → victim (the given module) → out (emits to a sink). Hashes are names of the modules. */
export function lineOf(victim: string): FlowInput {
  const node = (
    id: string,
    hash: string,
    inputs: string[],
    outputs: string[],
    source: string | null,
    sink: string | null,
  ) => ({
    id,
    node_type: hash,
    hash,
    props: {},
    inputs,
    outputs,
    source,
    sink,
  });
  const wire = (source_node: string, target_node: string) => ({
    source_node,
    source_port: 'out',
    target_node,
    target_port: 'in',
  });
  return {
    name: 'line',
    nodes: [
      node('first', 'pass', [], ['out'], 'tag', null),
      node('victim', victim, ['in'], ['out'], null, null),
      node('last', 'pass', ['in'], [], null, 'file'),
    ],
    wires: [wire('first', 'victim'), wire('victim', 'last')],
  };
}

export const PASS = '(call $emit (i32.const 0) (local.get $ptr) (local.get $len))';
