/** Phase 5: Binaryen assembles the glue and optimises the joined module; the document goes in as a custom section. */
import type Binaryen from 'binaryen';
import { FLOW_SECTION } from '#abi';
import { withBranchHints, withCustomSection } from '#wasm';

export type Optimiser = typeof Binaryen;

/** Binaryen takes 80 MB: it is loaded when something is fused, never by a gateway that only runs. */
export const loadOptimiser = async (): Promise<Optimiser> => (await import('binaryen')).default;

const featuresOf = ({ Features }: Optimiser): number =>
  Features.MutableGlobals |
  Features.SignExt |
  Features.NontrappingFPToInt |
  Features.Multivalue |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.ReferenceTypes |
  Features.SIMD128 |
  Features.TailCall |
  Features.Atomics |
  Features.MultiMemory |
  Features.ExtendedConst;

/** WebAssembly text → binary, names kept. */
export function assemble(binaryen: Optimiser, text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(featuresOf(binaryen));
    binaryen.setDebugInfo(true);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Functions of the glue that run now and then: called from one place each, they would swell what runs for every message. */
const ODD = 'flow/odd_';
/**
 * What leads there, or to a fault, is hinted to be unlikely. Measured in pairs with and without, on a busy machine: chains of
 * 8 and of 32 nodes some 5 % faster, the flow of `bench/core-flow.json` no faster, perhaps slower.
 */
const isRare = (name: string): boolean =>
  name.startsWith(ODD) || name === 'flow/fault' || name === 'flow/exhausted' || name === 'flow/emits_over';

/**
 * Inlines across nodes, optimises what was inlined into, and removes what nobody calls. The nodes come optimised: running all
 * of Binaryen's passes on them again takes three times as long and gains nothing measurable. `level` 0 leaves the module as
 * it was joined.
 */
export function optimise(binaryen: Optimiser, bytes: Uint8Array, level: number): Uint8Array {
  if (level === 0) return bytes;
  const module = binaryen.readBinary(bytes);
  try {
    module.setFeatures(featuresOf(binaryen));
    binaryen.setDebugInfo(true);
    binaryen.setOptimizeLevel(level);
    binaryen.setShrinkLevel(0);
    binaryen.setAllowInliningFunctionsWithLoops(true);
    binaryen.setFlexibleInlineMaxSize(60);
    binaryen.setPassArgument('no-inline', `${ODD}*`);
    module.runPasses(['no-inline', 'inlining-optimizing', 'remove-unused-module-elements']);
    return withBranchHints(module.emitBinary(), isRare);
  } finally {
    module.dispose();
  }
}

/** The artifact: the module with `fusewire.flow` appended. */
export const withFlow = (bytes: Uint8Array, flow: string): Uint8Array =>
  withCustomSection(bytes, FLOW_SECTION, new TextEncoder().encode(flow));
