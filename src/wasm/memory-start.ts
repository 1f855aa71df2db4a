/** Code of a module whose address 0 is byte `start` of its memory, which has one page that the module does not see. */
import type { ByteWriter } from './bytes.ts';
import { BULK, OP } from './instructions.ts';

const ADDRESS_LIMIT = 0x1_0000_0000;

/** Offset of a load or store. One beyond 32 bits stays out of bounds: no memory reaches so far. */
export const shiftedOffset = (offset: number, start: number): number => Math.min(offset + start, ADDRESS_LIMIT - 1);

/** Whether an opcode takes addresses from the stack without an offset. */
export const takesBareAddress = (op: number, sub: number): boolean =>
  op === OP.prefix_bulk && (sub === BULK.memory_init || sub === BULK.memory_copy || sub === BULK.memory_fill);

/**
 * Before memory.init, copy or fill: moves the addresses among the three operands on the stack. An address that would wrap
 * traps, as it would without a start.
 * @param temporaries three free locals of type i32, the first of them given.
 */
export function shiftOperands(out: ByteWriter, sub: number, start: number, temporaries: number): void {
  const [length, second, target] = [temporaries, temporaries + 1, temporaries + 2];
  out.u8(OP.local_set).u32(length).u8(OP.local_set).u32(second).u8(OP.local_set).u32(target);
  shiftAddress(out, target, start);
  if (sub === BULK.memory_copy) shiftAddress(out, second, start);
  else out.u8(OP.local_get).u32(second);
  out.u8(OP.local_get).u32(length);
}

function shiftAddress(out: ByteWriter, local: number, start: number): void {
  out.u8(OP.local_get).u32(local).u8(OP.i32_const).signed(-start);
  out.u8(OP.i32_ge_u, OP.if, 0x40, OP.unreachable, OP.end);
  out.u8(OP.local_get).u32(local).u8(OP.i32_const).signed(start).u8(OP.i32_add);
}

/** After memory.size: one page less. */
export function hidePage(out: ByteWriter): void {
  out.u8(OP.i32_const).signed(1).u8(OP.i32_sub);
}

/** After memory.grow: one page less, unless it failed (-1). */
export function hideGrownPage(out: ByteWriter, temporary: number): void {
  out.u8(OP.local_tee).u32(temporary);
  hidePage(out);
  out.u8(OP.i32_const).signed(-1).u8(OP.local_get).u32(temporary);
  out.u8(OP.i32_const).signed(-1).u8(OP.i32_ne, OP.select);
}
