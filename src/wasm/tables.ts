/** What code does to tables: it decides what must be saved of them. */
import { ByteReader } from './bytes.ts';
import { BULK, hasPrefix, immediatesOf, OP, skipImmediates } from './instructions.ts';
import type { WasmModule } from './module.ts';

/** Calls `visit` with every instruction; the reader stands at its immediates and is moved on afterwards. */
function eachInstruction(module: WasmModule, visit: (op: number, sub: number, reader: ByteReader) => void): void {
  for (const body of module.bodies) {
    const reader = new ByteReader(module.bytes, body.code, body.end);
    while (!reader.done) {
      const op = reader.u8();
      const sub = hasPrefix(op) ? reader.u32() : 0;
      const at = reader.pos;
      visit(op, sub, reader);
      reader.pos = at;
      skipImmediates(reader, immediatesOf(op, sub) ?? reader.fail('unknown opcode'));
    }
  }
}

/** Whether any function writes to a table or grows one. */
export function changesTables(module: WasmModule): boolean {
  let found = false;
  eachInstruction(module, (op, sub) => {
    if (op === OP.table_set) found = true;
    if (op !== OP.prefix_bulk) return;
    if (sub === BULK.table_init || (sub >= BULK.table_copy && sub !== BULK.table_size)) found = true;
  });
  return found;
}

/** Functions that can be values: in element segments, in initial values of globals, behind ref.func. Sorted. */
export function referencedFunctions(module: WasmModule): number[] {
  const found = new Set<number>();
  for (const segment of module.elements) for (const item of segment.items) if (item !== null) found.add(item);
  for (const { init } of module.globals) {
    const reader = new ByteReader(module.bytes, init.start, init.end);
    if (reader.u8() === OP.ref_func) found.add(reader.u32());
  }
  eachInstruction(module, (op, _sub, reader) => {
    if (op === OP.ref_func) found.add(reader.u32());
  });
  return [...found].sort((a, b) => a - b);
}
