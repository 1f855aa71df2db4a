/** What the linker takes and gives. */
import type { ExternKind, FuncType, Import, WasmModule } from './module.ts';

export type Binding = 'host' | { readonly input: number; readonly name: string };

/** An import that the joined module keeps. */
export type HostImport = { readonly module: string; readonly name: string } & (
  | { readonly kind: 'func'; readonly type: FuncType }
  | { readonly kind: 'global'; readonly type: { readonly type: number; readonly mutable: boolean } }
);

/** A function or global of the joined module: an input's export, or a host import by `module` and `name`. */
export type SymbolRef = { readonly input: number; readonly name: string } | { readonly host: HostImport };

export interface LinkInput {
  readonly module: WasmModule;
  /** Prefix of its functions' names in the name section. */
  readonly name: string;
  readonly bind: (entry: Import) => Binding;
  /** Charge its code; null: as it is. */
  readonly fuel: { readonly global: SymbolRef; readonly exhausted: SymbolRef } | null;
  /** Maximum of its memories in pages, where it declares none or a greater one; null: as declared. */
  readonly memory_pages_max: number | null;
  /** Maximum of all its tables together in elements, shared out evenly; null: as declared. */
  readonly table_elements_max: number | null;
  /**
   * Its address 0 becomes this byte of its memory, which has one page more; it sees neither. 0: as it is. Only for inputs
   * with fuel, at most a page. An access up to a page behind its last address does not trap, but stays in its memory.
   */
  readonly memory_start: number;
}

export interface LinkExport {
  readonly name: string;
  readonly input: number;
  readonly kind: ExternKind;
  /** Index in the input's own index space. */
  readonly index: number;
}

export interface FuelCosts {
  readonly call: number;
  readonly bytes_shift: number;
  readonly grow: number;
  readonly grow_page: number;
}

export interface LinkResult {
  readonly bytes: Uint8Array;
  /** Imports that now are direct calls. */
  readonly boundImports: number;
}
