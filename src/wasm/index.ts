/** Reading, checking, metering and joining of core wasm modules. Knows nothing of flows. Browser-safe. */
export { withBranchHints } from './branch-hints.ts';
export { ByteReader, ByteWriter, MalformedWasm } from './bytes.ts';
export { refusedFeatures } from './features.ts';
export {
  type Binding,
  type FuelCosts,
  type HostImport,
  type LinkExport,
  type LinkInput,
  type LinkResult,
  link,
  type SymbolRef,
} from './link.ts';
export { forEachCall } from './meter.ts';
export * from './module.ts';
export { functionNames, withCustomSection } from './names.ts';
export { parseModule } from './parse.ts';
export { changesTables, referencedFunctions } from './tables.ts';
