import { ByteReader, MalformedWasm } from './bytes.ts';
import { hasPrefix, immediatesOf, OP, skipImmediates } from './instructions.ts';
import { VALUE_TYPE_NAMES, type WasmModule } from './module.ts';

/** Single-byte opcodes of proposals that a node may not use, by the proposal's name. */
function proposalOf(op: number, sub: number): string {
  if ((op >= 0x06 && op <= 0x0a) || op === 0x18 || op === 0x19 || op === 0x1f) return 'exceptions';
  if (op === 0x14 || op === 0x15 || (op >= 0xd3 && op <= 0xd6)) return 'typed function references';
  if (op === 0xfb) return 'GC';
  if (op >= 0xe0 && op <= 0xe6) return 'stack switching';
  if (op === OP.prefix_simd && sub > 0xff) return 'relaxed SIMD (not deterministic)';
  if (op === OP.prefix_bulk) return 'wide arithmetic';
  return `unknown opcode 0x${op.toString(16)}`;
}

/**
 * Names every feature of the module that a node may not use: threads, memory64, multi-memory, GC, exceptions and so on.
 * Empty: all is allowed. Walks all code once.
 */
export function refusedFeatures(module: WasmModule): string[] {
  const found = new Set<string>();
  for (const memory of module.memories) {
    if (memory.shared) found.add('shared memory (threads)');
    if (memory.is64) found.add('memory64');
  }
  if (module.memories.length > 1) found.add('several memories');
  for (const table of module.tables) if (table.is64) found.add('memory64');
  // JavaScript can neither read nor write their values, so that a flow could not be saved.
  if (module.globals.some(global => global.mutable && global.type < 0x7c))
    found.add('mutable globals of vectors or references');
  const types = [
    ...module.types.flatMap(type => [...type.params, ...type.results]),
    ...module.globals.map(global => global.type),
    ...module.tables.map(table => table.element),
    ...module.elements.map(segment => segment.type),
  ];
  for (const type of types) if (!(type in VALUE_TYPE_NAMES)) found.add(`value type 0x${type.toString(16)} (GC)`);
  for (const body of module.bodies) {
    for (const local of body.locals) {
      if (!(local.type in VALUE_TYPE_NAMES)) found.add(`value type 0x${local.type.toString(16)} (GC)`);
    }
    const reader = new ByteReader(module.bytes, body.code, body.end);
    while (!reader.done) {
      const op = reader.u8();
      const sub = hasPrefix(op) ? reader.u32() : 0;
      const immediates = op === OP.prefix_atomic ? null : immediatesOf(op, sub);
      if (immediates === null) {
        found.add(op === OP.prefix_atomic ? 'threads' : proposalOf(op, sub));
        break; // What follows cannot be read without knowing the opcode.
      }
      try {
        skipImmediates(reader, immediates);
      } catch (error) {
        if (!(error instanceof MalformedWasm)) throw error;
        found.add('unreadable code');
        break;
      }
    }
  }
  return [...found];
}
