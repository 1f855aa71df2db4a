/** Phase 5: Binaryen assembles the glue and optimises the joined module; the document goes in as a custom section. */
import binaryen from 'binaryen';
import { FLOW_SECTION } from '#abi';
import { withCustomSection } from '#wasm';

const FEATURES =
  binaryen.Features.MutableGlobals |
  binaryen.Features.SignExt |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.Multivalue |
  binaryen.Features.BulkMemory |
  binaryen.Features.BulkMemoryOpt |
  binaryen.Features.ReferenceTypes |
  binaryen.Features.SIMD128 |
  binaryen.Features.TailCall |
  binaryen.Features.Atomics |
  binaryen.Features.MultiMemory;

/** WebAssembly text → binary, names kept. */
export function assemble(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(FEATURES);
    binaryen.setDebugInfo(true);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Inlines across nodes and removes what nobody calls. `level` 0 leaves the module as it was joined. */
export function optimise(bytes: Uint8Array, level: number): Uint8Array {
  if (level === 0) return bytes;
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(FEATURES);
    binaryen.setDebugInfo(true);
    binaryen.setOptimizeLevel(level);
    binaryen.setShrinkLevel(0);
    binaryen.setAllowInliningFunctionsWithLoops(true);
    binaryen.setFlexibleInlineMaxSize(60);
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** The artifact: the module with `fusewire.flow` appended. */
export const withFlow = (bytes: Uint8Array, flow: string): Uint8Array =>
  withCustomSection(bytes, FLOW_SECTION, new TextEncoder().encode(flow));
