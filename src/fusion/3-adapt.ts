/** Phase 3: a node as an input of the joined module, with fuel, a bounded memory and its start function as an export. */
import { FLOW_IMPORT_MODULE, memoryStart, NODE_LIMITS } from '#abi';
import type { Binding, HostImport, LinkInput, SymbolRef, WasmModule } from '#wasm';

export const START_EXPORT = 'fusewire:start';

const FUEL_GLOBAL: HostImport = {
  module: 'fusewire:fuel',
  name: 'fuel',
  kind: 'global',
  type: { type: 0x7e, mutable: true },
};
const FUEL_EXHAUSTED: HostImport = {
  module: 'fusewire:fuel',
  name: 'exhausted',
  kind: 'func',
  type: { params: [], results: [] },
};

/** The start function is not run at instantiation but called by name, so that its trap is the node's. */
export function withStartExport(module: WasmModule): WasmModule {
  if (module.start === null) return module;
  return { ...module, exports: [...module.exports, { name: START_EXPORT, kind: 'func', index: module.start }] };
}

/** A node inside the fused module: its imports are the glue's functions `emit/<index>` and `log/<index>`. */
export const fusedNode = (module: WasmModule, name: string, index: number, glue: number, pages: number): LinkInput => ({
  ...bounded(module, name, index, pages),
  bind: (entry): Binding => {
    if (entry.module !== FLOW_IMPORT_MODULE) throw new Error(`import ${entry.module} passed phase 1`);
    return { input: glue, name: entry.name === 'now' ? 'now' : `${entry.name}/${index}` };
  },
  fuel: { global: { input: glue, name: 'fuel' }, exhausted: { input: glue, name: 'exhausted' } },
});

/** A node as a module of its own, for the unfused flow: same metering, imports left to the host. */
export const standaloneNode = (module: WasmModule, name: string, index: number, pages: number): LinkInput => ({
  ...bounded(module, name, index, pages),
  bind: () => 'host',
  fuel: { global: { host: FUEL_GLOBAL } satisfies SymbolRef, exhausted: { host: FUEL_EXHAUSTED } satisfies SymbolRef },
});

const bounded = (
  module: WasmModule,
  name: string,
  index: number,
  memory_pages_max: number,
): Pick<LinkInput, 'module' | 'name' | 'memory_pages_max' | 'table_elements_max' | 'memory_start'> => ({
  module: withStartExport(module),
  name,
  memory_pages_max,
  table_elements_max: NODE_LIMITS.table_elements,
  memory_start: memoryStart(index),
});
