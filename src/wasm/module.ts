/** A wasm module taken apart: index spaces as plain data, code as byte ranges of the original. */

export type ExternKind = 'func' | 'table' | 'memory' | 'global' | 'tag';

export interface FuncType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}
export interface MemoryType {
  readonly min: number;
  readonly max: number | null;
  readonly shared: boolean;
  readonly is64: boolean;
}
export interface TableType {
  readonly element: number;
  readonly min: number;
  readonly max: number | null;
  readonly is64: boolean;
}
export interface GlobalType {
  readonly type: number;
  readonly mutable: boolean;
}

export type Import = { readonly module: string; readonly name: string } & (
  | { readonly kind: 'func'; readonly type: number }
  | { readonly kind: 'table'; readonly type: TableType }
  | { readonly kind: 'memory'; readonly type: MemoryType }
  | { readonly kind: 'global'; readonly type: GlobalType }
  | { readonly kind: 'tag'; readonly type: number }
);

export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
}

/** Byte range [start, end) in the module's bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Global extends GlobalType {
  readonly init: Range;
}
export interface Body extends Range {
  /** Runs of locals as declared. */
  readonly locals: readonly { readonly count: number; readonly type: number }[];
  /** Where the instructions begin. */
  readonly code: number;
}
export interface ElementSegment {
  readonly mode: 'active' | 'passive' | 'declarative';
  readonly table: number;
  readonly offset: Range | null;
  readonly type: number;
  /** Function index, or null for ref.null. */
  readonly items: readonly (number | null)[];
}
export interface DataSegment {
  readonly memory: number;
  /** null: passive. */
  readonly offset: Range | null;
  readonly content: Range;
}

export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly types: readonly FuncType[];
  readonly imports: readonly Import[];
  /** Type index of each function defined here. */
  readonly functions: readonly number[];
  readonly tables: readonly TableType[];
  readonly memories: readonly MemoryType[];
  readonly globals: readonly Global[];
  readonly exports: readonly Export[];
  readonly start: number | null;
  readonly elements: readonly ElementSegment[];
  readonly data: readonly DataSegment[];
  readonly bodies: readonly Body[];
  readonly customs: readonly { readonly name: string; readonly content: Range }[];
}

export const VALUE_TYPE_NAMES: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
};

/** Number of imports of one kind: the first index of what the module defines itself. */
export const importedCount = (module: WasmModule, kind: ExternKind): number =>
  module.imports.reduce((count, entry) => count + (entry.kind === kind ? 1 : 0), 0);

/** Type of a function by its index, imports first. */
export function functionType(module: WasmModule, index: number): FuncType {
  const imports = module.imports.filter(entry => entry.kind === 'func');
  const type = index < imports.length ? imports[index]!.type : module.functions[index - imports.length];
  return module.types[type as number]!;
}

/** Content of the custom section of that name, or null. The last one of a name wins. */
export function customSection(module: WasmModule, name: string): Uint8Array | null {
  const found = module.customs.findLast(section => section.name === name);
  return found ? module.bytes.subarray(found.content.start, found.content.end) : null;
}

/** @throws when there is no such export: the caller has checked. */
export function findExport(module: WasmModule, name: string, kind: ExternKind): Export {
  const found = module.exports.find(entry => entry.name === name && entry.kind === kind);
  if (!found) throw new Error(`no ${kind} export ${name}`);
  return found;
}

/** Type of an exported function, or null when there is none of that name. */
export function exportedFunction(module: WasmModule, name: string): FuncType | null {
  const found = module.exports.find(entry => entry.name === name && entry.kind === 'func');
  return found ? functionType(module, found.index) : null;
}
