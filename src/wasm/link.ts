/**
 * Joins modules into one: every import is bound to an export of another input or left to the host; indexes are renumbered,
 * memories, tables and globals stay what they were, each under a number of its own. Start functions are not run: the caller
 * exports them if it wants them. Same inputs, same bytes.
 */
import { ByteWriter } from './bytes.ts';
import { writeDataOffset, writeElement, writeGlobal, writeMemory } from './definitions.ts';
import { meterModule } from './meter.ts';
import { customSection, type ExternKind, type FuncType, findExport, type Import } from './module.ts';
import { functionNames, writeNameSection } from './names.ts';
import { type FuelTarget, type IndexMaps, rewriteBody } from './rewrite.ts';

export type * from './link-types.ts';

import type { FuelCosts, HostImport, LinkExport, LinkInput, LinkResult, SymbolRef } from './link-types.ts';

const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
};
const KIND_BYTE: Record<ExternKind, number> = { func: 0, table: 1, memory: 2, global: 3, tag: 4 };
const SPACES = ['func', 'table', 'memory', 'global'] as const;
type Space = (typeof SPACES)[number];

export function link(inputs: readonly LinkInput[], exports: readonly LinkExport[], costs: FuelCosts): LinkResult {
  return new Linker(inputs, exports, costs).run();
}

class Linker {
  readonly #inputs: readonly LinkInput[];
  readonly #exports: readonly LinkExport[];
  readonly #costs: FuelCosts;
  readonly #types = new Map<string, { index: number; type: FuncType }>();
  readonly #host: HostImport[] = [];
  readonly #maps: {
    func: number[];
    type: number[];
    table: number[];
    memory: number[];
    global: number[];
    data: number;
    element: number;
  }[] = [];
  #boundImports = 0;

  constructor(inputs: readonly LinkInput[], exports: readonly LinkExport[], costs: FuelCosts) {
    this.#inputs = inputs;
    this.#exports = exports;
    this.#costs = costs;
  }

  run(): LinkResult {
    this.#collectHostImports();
    this.#number();
    const functions: number[] = [];
    const tables = new ByteWriter();
    const memories = new ByteWriter();
    const globals = new ByteWriter();
    const elements = new ByteWriter();
    const data = new ByteWriter();
    const code = new ByteWriter(1 << 16);
    const counts = { tables: 0, memories: 0, globals: 0, elements: 0, data: 0 };
    this.#inputs.forEach((input, at) => {
      const { module } = input;
      const maps = this.#maps[at]!;
      for (const type of module.functions) functions.push(maps.type[type]!);
      for (const table of module.tables) {
        const max = tableMaximum(input, table);
        tables.u8(table.element, max === null ? 0 : 1).u32(table.min);
        if (max !== null) tables.u32(max);
      }
      for (const memory of module.memories)
        writeMemory(memories, memory, input.memory_pages_max, input.memory_start > 0 ? 1 : 0);
      for (const global of module.globals) writeGlobal(globals, module, global, maps);
      for (const segment of module.elements) writeElement(elements, module, segment, maps);
      for (const segment of module.data) {
        const target = maps.memory[segment.memory] ?? 0;
        if (segment.offset === null) data.u8(1);
        else if (target === 0) data.u8(0);
        else data.u8(2).u32(target);
        if (segment.offset) writeDataOffset(data, module, segment.offset, maps, input.memory_start);
        data
          .u32(segment.content.end - segment.content.start)
          .raw(module.bytes.subarray(segment.content.start, segment.content.end));
      }
      this.#code(code, input, maps);
      counts.tables += module.tables.length;
      counts.memories += module.memories.length;
      counts.globals += module.globals.length;
      counts.elements += module.elements.length;
      counts.data += module.data.length;
    });
    const out = new ByteWriter(code.length + 4096).u8(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const functionSection = new ByteWriter();
    for (const type of functions) functionSection.u32(type);
    const imports = this.#importSection();
    // Types last: imports and wrapped bodies may have added some.
    section(out, SECTION.type, this.#types.size, this.#typeSection());
    section(out, SECTION.import, this.#host.length, imports);
    section(out, SECTION.function, functions.length, functionSection);
    section(out, SECTION.table, counts.tables, tables);
    section(out, SECTION.memory, counts.memories, memories);
    section(out, SECTION.global, counts.globals, globals);
    section(out, SECTION.export, this.#exports.length, this.#exportSection());
    section(out, SECTION.element, counts.elements, elements);
    if (counts.data > 0) out.u8(SECTION.dataCount).sized(new ByteWriter().u32(counts.data));
    section(out, SECTION.code, functions.length, code);
    section(out, SECTION.data, counts.data, data);
    writeNameSection(out, this.#names());
    return { bytes: out.finish(), boundImports: this.#boundImports };
  }

  #typeIndex(type: FuncType): number {
    const key = `${type.params.join()}:${type.results.join()}`;
    let found = this.#types.get(key);
    if (!found) {
      found = { index: this.#types.size, type };
      this.#types.set(key, found);
    }
    return found.index;
  }

  #hostIndex(kind: 'func' | 'global', module: string, name: string): number {
    const sameKind = this.#host.filter(entry => entry.kind === kind);
    return sameKind.findIndex(entry => entry.module === module && entry.name === name);
  }

  #addHost(entry: HostImport): void {
    if (this.#hostIndex(entry.kind, entry.module, entry.name) < 0) this.#host.push(entry);
  }

  #collectHostImports(): void {
    for (const input of this.#inputs) {
      for (const entry of input.module.imports) {
        if (input.bind(entry) !== 'host') continue;
        if (entry.kind === 'func') this.#addHost({ ...entry, kind: 'func', type: input.module.types[entry.type]! });
        else if (entry.kind === 'global') this.#addHost({ ...entry, kind: 'global', type: entry.type });
        else throw new Error(`a ${entry.kind} cannot be left to the host`);
      }
      if (!input.fuel) continue;
      for (const symbol of [input.fuel.global, input.fuel.exhausted]) if ('host' in symbol) this.#addHost(symbol.host);
    }
  }

  /** Gives every definition its new index, then lets imports follow what they are bound to. */
  #number(): void {
    const next: Record<Space, number> = {
      func: this.#host.filter(entry => entry.kind === 'func').length,
      global: this.#host.filter(entry => entry.kind === 'global').length,
      table: 0,
      memory: 0,
    };
    let data = 0;
    let element = 0;
    for (const { module } of this.#inputs) {
      const defined = { func: module.functions, table: module.tables, memory: module.memories, global: module.globals };
      const map = { type: module.types.map(type => this.#typeIndex(type)), data, element } as Record<
        Space,
        number[]
      > & { type: number[]; data: number; element: number };
      for (const space of SPACES) {
        const imported = module.imports.filter(entry => entry.kind === space).map(() => -1);
        map[space] = [...imported, ...defined[space].map(() => next[space]++)];
      }
      data += module.data.length;
      element += module.elements.length;
      this.#maps.push(map);
    }
    this.#inputs.forEach((_, at) => {
      for (const space of SPACES) this.#bindImports(at, space);
    });
  }

  #bindImports(at: number, space: Space): void {
    const input = this.#inputs[at]!;
    input.module.imports
      .filter(entry => entry.kind === space)
      .forEach((entry, index) => {
        this.#maps[at]![space][index] = this.#resolve(at, entry, 0);
      });
  }

  #resolve(at: number, entry: Import, hops: number): number {
    const binding = this.#inputs[at]!.bind(entry);
    if (binding === 'host') return this.#hostIndex(entry.kind as 'func' | 'global', entry.module, entry.name);
    if (entry.kind === 'func' && hops === 0) this.#boundImports += 1;
    const found = findExport(this.#inputs[binding.input]!.module, binding.name, entry.kind);
    const target = this.#inputs[binding.input]!.module;
    const imports = target.imports.filter(one => one.kind === entry.kind);
    // An export may re-export an import: follow it.
    if (found.index < imports.length) {
      if (hops > this.#inputs.length) throw new Error(`import ${entry.module}.${entry.name} is bound to itself`);
      return this.#resolve(binding.input, imports[found.index]!, hops + 1);
    }
    return this.#maps[binding.input]![entry.kind as Space][found.index]!;
  }

  #symbol(symbol: SymbolRef, kind: 'func' | 'global'): number {
    if ('host' in symbol) return this.#hostIndex(kind, symbol.host.module, symbol.host.name);
    const found = findExport(this.#inputs[symbol.input]!.module, symbol.name, kind);
    return this.#maps[symbol.input]![kind][found.index]!;
  }

  #code(out: ByteWriter, input: LinkInput, maps: IndexMaps): void {
    const { module } = input;
    const meters = input.fuel ? meterModule(module, this.#costs.call) : null;
    const fuel: FuelTarget | null = input.fuel && {
      global: this.#symbol(input.fuel.global, 'global'),
      exhausted: this.#symbol(input.fuel.exhausted, 'func'),
      bytes_shift: this.#costs.bytes_shift,
      grow: this.#costs.grow,
      grow_page: this.#costs.grow_page,
      blockType: results => this.#typeIndex({ params: [], results }),
    };
    module.bodies.forEach((body, index) => {
      const type = module.types[module.functions[index]!]!;
      const metering = meters && fuel ? { meter: meters[index]!, fuel, memory_start: input.memory_start } : null;
      out.sized(rewriteBody(module, body, type, maps, metering));
    });
  }

  #typeSection(): ByteWriter {
    const out = new ByteWriter();
    for (const { type } of this.#types.values()) {
      out
        .u8(0x60)
        .u32(type.params.length)
        .u8(...type.params)
        .u32(type.results.length)
        .u8(...type.results);
    }
    return out;
  }

  #importSection(): ByteWriter {
    const out = new ByteWriter();
    for (const entry of this.#host) {
      out.name(entry.module).name(entry.name).u8(KIND_BYTE[entry.kind]);
      if (entry.kind === 'func') out.u32(this.#typeIndex(entry.type));
      else out.u8(entry.type.type, entry.type.mutable ? 1 : 0);
    }
    return out;
  }

  #exportSection(): ByteWriter {
    const out = new ByteWriter();
    for (const { name, input, kind, index } of this.#exports) {
      out
        .name(name)
        .u8(KIND_BYTE[kind])
        .u32(this.#maps[input]![kind as Space][index]!);
    }
    return out;
  }

  #names(): Map<number, string> {
    const names = new Map<number, string>();
    this.#inputs.forEach((input, at) => {
      const own = functionNames(customSection(input.module, 'name'));
      const imported = input.module.imports.filter(entry => entry.kind === 'func').length;
      input.module.functions.forEach((_, index) => {
        const label = own.get(imported + index) ?? `f${index}`;
        names.set(this.#maps[at]!.func[imported + index]!, `${input.name}/${label}`);
      });
    });
    return names;
  }
}

function section(out: ByteWriter, id: number, count: number, content: ByteWriter): void {
  if (count === 0) return;
  out.u8(id).sized(new ByteWriter(content.length + 5).u32(count).raw(content.view()));
}

/** Never below what the table begins with. */
function tableMaximum(
  { module, table_elements_max }: LinkInput,
  table: LinkInput['module']['tables'][number],
): number | null {
  if (table_elements_max === null) return table.max;
  const share = Math.max(table.min, Math.floor(table_elements_max / module.tables.length));
  return Math.min(share, table.max ?? share);
}
