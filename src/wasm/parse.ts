import { ByteReader, MalformedWasm } from './bytes.ts';
import { OP } from './instructions.ts';
import type {
  Body,
  DataSegment,
  ElementSegment,
  Export,
  ExternKind,
  FuncType,
  Global,
  GlobalType,
  Import,
  MemoryType,
  Range,
  TableType,
  WasmModule,
} from './module.ts';

const KINDS: readonly ExternKind[] = ['func', 'table', 'memory', 'global', 'tag'];

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

/**
 * Takes a core module apart. Types of code are not checked here: the engine's own validation comes first.
 * Unknown value types and opcodes pass; features.ts names them.
 * @throws MalformedWasm
 */
export function parseModule(bytes: Uint8Array): WasmModule {
  const reader = new ByteReader(bytes);
  if (bytes.length < 8 || reader.view(4).join() !== '0,97,115,109') throw new MalformedWasm('not a wasm file', 0);
  const version = reader.view(4).join();
  if (version === '13,0,1,0') throw new MalformedWasm('a component, not a core module', 4);
  if (version !== '1,0,0,0') throw new MalformedWasm('unknown wasm version', 4);
  const module: Writable<WasmModule> = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    start: null,
    elements: [],
    data: [],
    bodies: [],
    customs: [],
  };
  while (!reader.done) {
    const id = reader.u8();
    const size = reader.u32();
    const start = reader.pos;
    reader.skip(size);
    parseSection(module, id, new ByteReader(bytes, start, start + size));
  }
  if (module.bodies.length !== module.functions.length)
    throw new MalformedWasm('functions without bodies', bytes.length);
  return module;
}

function parseSection(module: Writable<WasmModule>, id: number, r: ByteReader): void {
  switch (id) {
    case 0: {
      const name = r.name();
      module.customs.push({ name, content: { start: r.pos, end: r.end } });
      return;
    }
    case 1:
      return list(r, module.types, funcType);
    case 2:
      return list(r, module.imports, importEntry);
    case 3:
      return list(r, module.functions, reader => reader.u32());
    case 4:
      return list(r, module.tables, tableType);
    case 5:
      return list(r, module.memories, memoryType);
    case 6:
      return list(r, module.globals, global);
    case 7:
      return list(r, module.exports, exportEntry);
    case 8:
      module.start = r.u32();
      return;
    case 9:
      return list(r, module.elements, elementSegment);
    case 10:
      return list(r, module.bodies, body);
    case 11:
      return list(r, module.data, dataSegment);
    case 12:
      return; // data count: written anew
    case 13:
      throw new MalformedWasm('exception tags are not supported', r.pos);
    default:
      throw new MalformedWasm(`unknown section ${id}`, r.pos);
  }
}

function list<T>(r: ByteReader, into: T[], read: (r: ByteReader) => T): void {
  const count = r.u32();
  if (count > r.end - r.pos) r.fail('count larger than the section');
  for (let i = 0; i < count; i += 1) into.push(read(r));
}

function items<T>(r: ByteReader, read: (r: ByteReader) => T): T[] {
  const into: T[] = [];
  list(r, into, read);
  return into;
}

function funcType(r: ByteReader): FuncType {
  const form = r.u8();
  if (form !== 0x60) r.fail(`type form 0x${form.toString(16)} belongs to the GC proposal`);
  return { params: items(r, valueType), results: items(r, valueType) };
}

/** One byte; a typed reference (two bytes and more) belongs to proposals that are refused. */
function valueType(r: ByteReader): number {
  const type = r.u8();
  if (type === 0x63 || type === 0x64) r.fail('typed function references are not supported');
  return type;
}

function limits(r: ByteReader): { min: number; max: number | null; shared: boolean; is64: boolean } {
  const flags = r.u8();
  if (flags > 7) r.fail('unknown limits');
  const is64 = (flags & 4) !== 0;
  if (is64) {
    // Refused by features.ts; the numbers do not matter.
    r.skipLeb();
    if (flags & 1) r.skipLeb();
    return { min: 0, max: null, shared: false, is64 };
  }
  const min = r.u32();
  return { min, max: flags & 1 ? r.u32() : null, shared: (flags & 2) !== 0, is64 };
}

const memoryType = (r: ByteReader): MemoryType => limits(r);

function tableType(r: ByteReader): TableType {
  const element = r.u8();
  if (element === 0x40) r.fail('tables with initial values are not supported');
  const { min, max, is64 } = limits(r);
  return { element, min, max, is64 };
}

const globalType = (r: ByteReader): GlobalType => ({ type: valueType(r), mutable: r.u8() === 1 });

function global(r: ByteReader): Global {
  return { ...globalType(r), init: constExpression(r) };
}

function importEntry(r: ByteReader): Import {
  const module = r.name();
  const name = r.name();
  const kind = KINDS[r.u8()];
  switch (kind) {
    case 'func':
      return { module, name, kind, type: r.u32() };
    case 'table':
      return { module, name, kind, type: tableType(r) };
    case 'memory':
      return { module, name, kind, type: memoryType(r) };
    case 'global':
      return { module, name, kind, type: globalType(r) };
    case 'tag':
      r.u8();
      return { module, name, kind, type: r.u32() };
    default:
      return r.fail('unknown kind of import');
  }
}

function exportEntry(r: ByteReader): Export {
  const name = r.name();
  const kind = KINDS[r.u8()];
  if (!kind) r.fail('unknown kind of export');
  return { name, kind, index: r.u32() };
}

/** A constant expression of one instruction; longer ones belong to the extended-const proposal. */
function constExpression(r: ByteReader): Range {
  const start = r.pos;
  const op = r.u8();
  if (op === OP.i32_const || op === OP.i64_const) r.skipLeb();
  else if (op === OP.f32_const) r.skip(4);
  else if (op === OP.f64_const) r.skip(8);
  else if (op === OP.global_get || op === OP.ref_func) r.u32();
  else if (op === OP.ref_null) r.s33();
  else if (op === OP.prefix_simd && r.u32() === 12) r.skip(16);
  else r.fail('constant expression is not a single constant');
  if (r.u8() !== OP.end) r.fail('extended constant expressions are not supported');
  return { start, end: r.pos };
}

/** An element item given as an expression: ref.func or ref.null. */
function elementItem(r: ByteReader): number | null {
  const op = r.u8();
  let item: number | null = null;
  if (op === OP.ref_func) item = r.u32();
  else if (op === OP.ref_null) r.s33();
  else r.fail('element is neither ref.func nor ref.null');
  if (r.u8() !== OP.end) r.fail('extended constant expressions are not supported');
  return item;
}

function elementSegment(r: ByteReader): ElementSegment {
  const flags = r.u32();
  if (flags > 7) r.fail('unknown kind of element segment');
  const mode = (flags & 1) === 0 ? 'active' : (flags & 2) === 0 ? 'passive' : 'declarative';
  const table = mode === 'active' && flags & 2 ? r.u32() : 0;
  const offset = mode === 'active' ? constExpression(r) : null;
  const expressions = (flags & 4) !== 0;
  let type = 0x70;
  // Flags 0 and 4 have no type byte.
  if ((flags & 3) !== 0) type = expressions ? r.u8() : r.u8() === 0 ? 0x70 : r.fail('unknown kind of element');
  return { mode, table, offset, type, items: expressions ? items(r, elementItem) : items(r, reader => reader.u32()) };
}

function dataSegment(r: ByteReader): DataSegment {
  const flags = r.u32();
  if (flags > 2) r.fail('unknown kind of data segment');
  const memory = flags === 2 ? r.u32() : 0;
  const offset = flags === 1 ? null : constExpression(r);
  const size = r.u32();
  const start = r.pos;
  r.skip(size);
  return { memory, offset, content: { start, end: r.pos } };
}

function body(r: ByteReader): Body {
  const size = r.u32();
  const start = r.pos;
  r.skip(size);
  const end = r.pos;
  const inner = new ByteReader(r.bytes, start, end);
  const locals = items(inner, reader => ({ count: reader.u32(), type: valueType(reader) }));
  return { start, end, locals, code: inner.pos };
}
