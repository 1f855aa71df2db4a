/** Definitions of a module, written with new indexes. */
import { ByteReader, type ByteWriter } from './bytes.ts';
import { OP } from './instructions.ts';
import { shiftedOffset } from './memory-start.ts';
import type { ElementSegment, Global, MemoryType, Range, WasmModule } from './module.ts';
import type { IndexMaps } from './rewrite.ts';

export function writeConstant(out: ByteWriter, module: WasmModule, range: Range, maps: IndexMaps): void {
  const reader = new ByteReader(module.bytes, range.start, range.end);
  const op = reader.u8();
  if (op === OP.global_get) out.u8(op).u32(maps.global[reader.u32()]!).u8(OP.end);
  else if (op === OP.ref_func) out.u8(op).u32(maps.func[reader.u32()]!).u8(OP.end);
  else out.raw(module.bytes.subarray(range.start, range.end));
}

export function writeGlobal(out: ByteWriter, module: WasmModule, global: Global, maps: IndexMaps): void {
  out.u8(global.type, global.mutable ? 1 : 0);
  writeConstant(out, module, global.init, maps);
}

/** Every segment in its most general form: expressions, with table and type. */
export function writeElement(out: ByteWriter, module: WasmModule, segment: ElementSegment, maps: IndexMaps): void {
  out.u8(segment.mode === 'active' ? 6 : segment.mode === 'passive' ? 5 : 7);
  if (segment.mode === 'active') out.u32(maps.table[segment.table]!);
  if (segment.offset) writeConstant(out, module, segment.offset, maps);
  out.u8(segment.type).u32(segment.items.length);
  for (const item of segment.items) {
    if (item === null) out.u8(OP.ref_null, segment.type, OP.end);
    else out.u8(OP.ref_func).u32(maps.func[item]!).u8(OP.end);
  }
}

/** @param more pages beyond those that the module knows of. */
export function writeMemory(out: ByteWriter, memory: MemoryType, pages_max: number | null, more: number): void {
  const max = pages_max === null ? memory.max : Math.min(memory.max ?? pages_max, pages_max);
  out.u8((max === null ? 0 : 1) | (memory.shared ? 2 : 0)).u32(memory.min + more);
  if (max !== null) out.u32(max + more);
}

/** Offset of a data segment, `start` bytes further. One beyond 32 bits stays out of bounds. */
export function writeDataOffset(
  out: ByteWriter,
  module: WasmModule,
  range: Range,
  maps: IndexMaps,
  start: number,
): void {
  const reader = new ByteReader(module.bytes, range.start, range.end);
  if (start === 0) writeConstant(out, module, range, maps);
  else if (reader.u8() === OP.i32_const) {
    const address = shiftedOffset(reader.s33() >>> 0, start);
    out
      .u8(OP.i32_const)
      .signed(address | 0)
      .u8(OP.end);
  } else {
    out.u8(OP.global_get).u32(maps.global[reader.u32()]!);
    out.u8(OP.i32_const).signed(start).u8(OP.i32_add, OP.end);
  }
}
